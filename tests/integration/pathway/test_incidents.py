"""Unwanted events, near misses and deviations: a list to learn from, and the reports that a serious one opens."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse

from tests.integration.pathway.session.conftest import Day, entry
from tests.integration.pathway.session.test_pages import text
from upwell.access.acting import acting_as
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotPermitted, StaleState
from upwell.pathway.incidents.actions import draft_report, drop_report, reopen_report, send_report
from upwell.pathway.incidents.models import Incident, IncidentReport
from upwell.pathway.local_time import local_time, today
from upwell.pathway.parts import Urgency, waiting_for
from upwell.pathway.session.actions import correct_event

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def day(practice, staff, patient_factory, account_factory):
    from tests.integration.pathway.courses import course_at

    patient = patient_factory("Ferreira", "Maya", sex="female", account=account_factory("Maya Ferreira"))
    course = course_at(patient, "induction", substance="esketamine", route="intranasal")
    day = Day(practice, patient, staff, course)
    day.order()
    day.arrive(ago=120)
    day.go()
    day.dose(ago=60, device=1)
    return day


@pytest.fixture
def prescriber(day, client_as):
    return client_as(day.prescriber)


def incidents(day, **wanted):
    """Those that somebody wrote down, or that the ending tells; what the rules saw only where it is asked for."""
    with acting_as(day.prescriber):
        if "kind" not in wanted:
            return list(Incident.objects.exclude(kind="deviation").filter(**wanted))
        return list(Incident.objects.filter(**wanted).order_by("happened_at"))


def reports(day, **wanted):
    with acting_as(day.prescriber):
        return {one.report: one for one in IncidentReport.objects.filter(**wanted)}


def serious(day, **body):
    event = entry("adverse-event", {"term": "Fainted", "serious_because": ["hospitalisation"], **body}, 10)
    day.record(event)
    return event


def test_a_serious_event_opens_its_reports_and_says_what_no_source_gives(day, prescriber):
    serious(day)
    found = reports(day)
    assert set(found) == {"incident", "rems", "medwatch"}
    assert found["incident"].due_at is not None
    assert found["rems"].due_at is found["medwatch"].due_at is None
    with acting_as(day.prescriber) as by:
        lines = {one.what: one for one in waiting_for(by, now()) if one.what.startswith("Send a report")}
    assert len(lines) == 3
    assert lines["Send a report: MedWatch report to the FDA"].due is None
    with acting_as(day.prescriber) as by:
        late = [
            one.urgency
            for one in waiting_for(by, now() + timedelta(days=2))
            if one.what == "Send a report: Incident report at the practice"
        ]
    assert late == [Urgency.WORRYING]
    page = text(prescriber.get(reverse("incident_report", args=[found["medwatch"].id])))
    assert "No time was recovered from a source" in page
    assert "[NR]" in page


def test_what_is_not_serious_opens_none(day):
    day.record(entry("adverse-event", {"term": "Nausea", "ctcae_grade": 2}, 10))
    assert reports(day) == {}
    assert [(one.term, one.grade, one.serious) for one in incidents(day)] == [("Nausea", 2, False)]


def test_a_report_goes_from_due_over_drafted_to_sent(day, prescriber):
    serious(day)
    report = reports(day)["rems"]
    where = reverse("incident_report", args=[report.id])
    assert prescriber.post(where, {"do": "draft", "text": "What happened"}).status_code == 302
    assert reports(day)["rems"].state == "drafted"
    tomorrow = (now() + timedelta(days=2)).date().isoformat()
    assert prescriber.post(where, {"do": "send", "sent_on": tomorrow}).status_code == 422
    assert prescriber.post(where, {"do": "send", "sent_on": ""}).status_code == 422
    with local_time(day.row.practice.time_zone):
        sent = {"do": "send", "sent_on": today().isoformat(), "reference": "R-77"}
    assert prescriber.post(where, sent).status_code == 302
    row = reports(day)["rems"]
    assert (row.state, row.reference, row.sent_by_name) == ("sent", "R-77", "Dr. Daniel Cho")
    again = prescriber.post(where, sent)
    assert again.status_code == 409
    assert "meanwhile" in text(again)
    with acting_as(day.prescriber) as by:
        assert not any("REMS" in one.what for one in waiting_for(by, now()))
        reopen_report(by=by, report_id=report.id)
    assert reports(day)["rems"].state == "drafted"


def test_not_needed_needs_a_reason_and_a_stranger_sends_nothing(day, staff, other_practice):
    serious(day)
    report = reports(day)["medwatch"]
    with acting_as(day.prescriber) as by:
        with pytest.raises(BadInput):
            drop_report(by=by, report_id=report.id, reason="  ")
        with pytest.raises(BadInput):
            draft_report(by=by, report_id=report.id, text="")
        drop_report(by=by, report_id=report.id, reason="Reported by the hospital")
        with pytest.raises(StaleState):
            draft_report(by=by, report_id=report.id, text="x")
    with acting_as(staff("therapist")) as by, pytest.raises(NotPermitted):
        send_report(by=by, report_id=report.id, sent_on=None, reference="")
    with acting_as(staff("prescriber", at=other_practice)):
        assert not IncidentReport.objects.exists()
        assert not Incident.objects.exists()


def test_an_update_names_the_first_and_one_row_stands(day, prescriber):
    first = entry("adverse-event", {"term": "Nausea", "ctcae_grade": 1}, 10)
    day.record(first)
    where = reverse("incident", args=[first["id"]])
    sent = {"term": "Nausea", "ctcae_grade": "3", "outcome": "recovering", "because-life-threatening": "on"}
    assert prescriber.post(where, sent).status_code == 302
    (one,) = incidents(day)
    assert (one.grade, one.outcome, one.serious) == (3, "recovering", True)
    assert set(reports(day)) == {"incident", "rems", "medwatch"}
    update = day.state.timeline[-1]
    assert update.body["updates"] == first["id"]
    assert "term" not in update.body
    same = prescriber.post(where, sent)
    assert same.status_code == 422
    assert "Nothing is different" in text(same)
    assert prescriber.post(where, {**sent, "because-life-threatening": ""}).status_code == 302
    assert [one.serious for one in incidents(day)] == [False]
    assert {one.state for one in reports(day).values()} == {"not-needed"}


def test_a_criterion_is_taken_back_while_it_stays_serious(day, prescriber):
    event = serious(day)
    where = reverse("incident", args=[event["id"]])
    assert prescriber.post(where, {"term": "Fainted", "serious": "on"}).status_code == 302
    (one,) = incidents(day)
    assert (one.serious, one.because) == (True, [])
    assert {one.state for one in reports(day).values()} == {"due"}


def test_it_can_be_resolved_after_the_session(day, prescriber):
    first = entry("adverse-event", {"term": "Headache"}, 10)
    day.record(first)
    day.record(entry("ended", {"disposition": "against-advice"}))
    with local_time(day.row.practice.time_zone):
        from django.utils import timezone

        over = timezone.localtime(now()).strftime("%Y-%m-%dT%H:%M")
    sent = {"term": "Headache", "resolved_at": over, "outcome": "resolved"}
    assert prescriber.post(reverse("incident", args=[first["id"]]), sent).status_code == 302
    (one,) = incidents(day)
    assert one.resolved_at is not None
    assert "event-after-end" not in [flag.flag for flag in day.state.flags]


def test_an_event_entered_in_error_leaves_the_list_and_needs_no_report(day):
    event = serious(day)
    with acting_as(day.monitor) as by:
        correct_event(by=by, session_id=day.id, event_id=event["id"], reason="Another person")
    assert incidents(day, withdrawn=False) == []
    assert {one.state for one in reports(day).values()} == {"not-needed"}


def test_a_death_is_serious_though_nobody_wrote_an_event_down(day):
    day.record(entry("ended", {"disposition": "died"}))
    (one,) = incidents(day)
    assert (one.serious, one.because, one.outcome) == (True, ["death"], "fatal")
    assert set(reports(day)) == {"incident", "rems", "medwatch"}


def test_near_misses_and_deviations_are_listed_without_who_wrote_them(day, prescriber, client_as):
    day.record(
        entry("near-miss", {"term": "=Two syringes"}, 10), entry("deviation", {"term": "Late cuff"}, 9)
    )
    page = text(prescriber.get(reverse("incidents")))
    assert "Two syringes" in page
    assert "Late cuff" in page
    assert "nobody is judged" in page
    assert day.monitor.name not in page
    only = text(prescriber.get(reverse("incidents"), {"kind": "near-miss"}))
    assert "Two syringes" in only
    assert "Late cuff" not in only
    file = prescriber.get(reverse("incidents_file"), {"kind": "near-miss"})
    (row,) = csv.DictReader(io.StringIO(file.content.decode()))
    assert row["term"] == "'=Two syringes"  # never read as a formula
    assert row["kind"] == "near-miss"
    assert "Luis" not in file.content.decode()
    assert reports(day) == {}


def test_a_dose_that_nobody_released_is_on_the_list_by_itself(
    practice, staff, patient_factory, account_factory
):
    from tests.integration.pathway.courses import course_at

    patient = patient_factory("Okafor", "Ada", account=account_factory("Ada Okafor"))
    day = Day(
        practice, patient, staff, course_at(patient, "induction", substance="esketamine", route="intranasal")
    )
    day.record(entry("arrived", {}, 20))
    given = day.dose(ago=10)
    found = incidents(day, kind="deviation", withdrawn=False)
    assert found
    assert all(one.by_rules for one in found)
    with acting_as(day.monitor) as by:
        correct_event(by=by, session_id=day.id, event_id=given.id, reason="It was not given")
    assert incidents(day, kind="deviation", withdrawn=False) == []


@pytest.mark.parametrize("query", [{"since": "never"}, {"kind": "x"}, {"page": "999"}, {"session": "no"}])
def test_a_filter_that_cannot_be_read_filters_nothing(day, prescriber, query):
    day.record(entry("deviation", {"term": "Late cuff"}, 9))
    page = prescriber.get(reverse("incidents"), query)
    assert page.status_code == 200
    assert "Late cuff" in text(page)


def test_the_bedside_form_takes_it_all(day, client_as):
    monitor = client_as(day.monitor)
    with local_time(day.row.practice.time_zone):
        from django.utils import timezone

        onset = timezone.localtime(now() - timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M")
    where = reverse("session_record", args=[day.id, "adverse"])
    sent = {
        "term": "Fainted",
        "ctcae_grade": "3",
        "onset_at": onset,
        "action": "Legs up",
        "outcome": "resolved",
        "because-hospitalisation": "on",
    }
    assert monitor.post(where, sent).status_code == 302
    (one,) = incidents(day)
    assert (one.term, one.grade, one.action, one.because) == ("Fainted", 3, "Legs up", ["hospitalisation"])
    assert one.onset_at is not None
    wrong = monitor.post(where, {**sent, "resolved_at": "2020-01-01T10:00"})
    assert wrong.status_code == 422
    assert "over before it begins" in text(wrong)
