"""The papers of a session: REMS form, summary, times and units. Nothing leaves that was said in trust."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse

from tests.integration.pathway.courses import course_at
from tests.integration.pathway.session.conftest import CALM, Day, entry
from tests.integration.pathway.session.test_pages import text
from tests.pdf_reader import says
from upwell.access.acting import acting_as
from upwell.access.models import CareLink, Release
from upwell.access.system import system_actor
from upwell.audit.models import AuditEntry
from upwell.base.clock import now
from upwell.base.errors import NotPermitted, RefusedByRule
from upwell.pathway.local_time import local_time, today
from upwell.pathway.papers.models import RemsRecord, SessionSummary
from upwell.pathway.papers.summary import make_summary
from upwell.pathway.parts import Urgency, waiting_for
from upwell.pathway.session.actions import correct_event

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def day(practice, staff, patient_factory, account_factory):
    """A session that is over, with a therapist's words and an answer about alcohol in its log."""
    patient = patient_factory("Ferreira", "Maya", sex="female", account=account_factory("Maya Ferreira"))
    course = course_at(patient, "induction", substance="esketamine", route="intranasal")
    day = Day(practice, patient, staff, course)
    day.therapist = staff("therapist", name="Toni Therapist")
    day.order()
    day.arrive(ago=240, last_alcohol_at=(now() - timedelta(days=3)).isoformat())
    day.go()
    day.dose(ago=200, device=1, lot="H2411")
    day.dose(ago=195, device=2)
    day.record(entry("note", {"text": "Blanket asked for"}, 150))
    day.record(entry("note", {"text": "Spoke of her brother"}, 140), by=day.therapist)
    day.record(entry("therapist", {"text": "Held her hand", "present": True}, 139))
    day.record(entry("near-miss", {"term": "Two trays"}, 130))
    day.record(entry("vitals", {**CALM, "bp_systolic_mmhg": 147}, 155), entry("vitals", CALM, 60))
    day.record(entry("scale", {"instrument": "moaa-s", "total": 4}, 150))
    return day


def end(day, how="against-advice"):
    day.record(entry("ended", {"disposition": how, "who_was_called": "Her sister Joana"}, 10))


@pytest.fixture
def browser(day, client_as):
    return client_as(day.prescriber)


def rems(day):
    with acting_as(day.prescriber):
        return RemsRecord.objects.filter(session_id=day.id).first()


def at(name, day, *more):
    return reverse(name, args=[day.id, *more])


def open_to(day, practice, patient_factory, *kinds):
    own = patient_factory("Ferreira", "Maya", at=practice)
    with acting_as(system_actor("set-up")):
        CareLink.objects.create(
            practice=practice, patient=own, other_practice=day.course.practice, other_patient=day.patient
        )
        for kind in kinds:
            Release.objects.create(
                practice=day.course.practice,
                patient=day.patient,
                to_practice=practice,
                kind=kind,
                starts_at=now() - timedelta(hours=1),
            )


# ---- the REMS form


def test_a_session_that_is_over_owes_a_form_and_says_what_is_missing(day, browser):
    assert rems(day) is None
    end(day)
    row = rems(day)
    assert (row.state, row.missing) == ("due", 2)  # dissociation, serious adverse event
    assert row.due_at - day.row.first_dose_at == timedelta(days=7)
    with acting_as(day.prescriber) as by:
        (line,) = [one for one in waiting_for(by, now()) if "REMS monitoring" in one.what]
        assert line.due == row.due_at
        assert "2 answers are missing" in line.detail
        (late,) = [one for one in waiting_for(by, now() + timedelta(days=8)) if "REMS monitoring" in one.what]
        assert late.urgency is Urgency.WORRYING
    page = text(browser.get(at("session_rems", day)))
    assert "Whether there was dissociation is missing." in page
    assert "Whether there was a serious adverse event is missing." in page
    assert "147/78 mmHg, 45 minutes after the first dose" in page


def test_it_goes_from_due_over_complete_to_submitted(day, browser):
    end(day)
    where = at("session_rems", day)
    assert browser.post(where, {"do": "answer"}).status_code == 422
    browser.post(where, {"do": "answer", "serious_adverse_event": "no"})
    assert (rems(day).state, rems(day).missing) == ("due", 1)
    browser.post(where, {"do": "answer", "dissociation_significant": "yes"})
    assert rems(day).state == "complete"
    with local_time(day.row.practice.time_zone):
        sent = {"do": "submit", "submitted_on": today().isoformat(), "reference": "R-1"}
    future = (now() + timedelta(days=3)).date().isoformat()
    assert browser.post(where, {**sent, "submitted_on": future}).status_code == 422
    assert browser.post(where, sent).status_code == 302
    row = rems(day)
    assert (row.state, row.reference, row.submitted_by_name) == ("submitted", "R-1", "Dr. Daniel Cho")
    assert browser.post(where, sent).status_code == 409
    with acting_as(day.prescriber) as by:
        assert not [
            one for one in waiting_for(by, now() + timedelta(days=8)) if "REMS monitoring" in one.what
        ]
    data = browser.get(at("session_rems_file", day), {"as": "json"}).json()
    assert (data["status"], data["overdue"]) == ("complete", False)


def test_with_something_missing_it_is_submitted_only_with_the_reason(day, browser):
    end(day)
    with local_time(day.row.practice.time_zone):
        sent = {"do": "submit", "submitted_on": today().isoformat()}
    refused = browser.post(at("session_rems", day), sent)
    assert refused.status_code == 422
    assert "Something is missing" in text(refused)
    assert browser.post(at("session_rems", day), {**sent, "note": "Nobody asked"}).status_code == 302
    assert rems(day).state == "submitted"


def test_a_late_entry_in_the_log_completes_it(day):
    end(day)
    day.record(entry("adverse-event", {"term": "Fainted", "serious": True}, 100))
    assert rems(day).missing == 1
    day.record(entry("criterion", {"id": "dissociation", "met": True}, 100))
    assert rems(day).state == "complete"


def test_the_paper_says_what_is_missing_and_is_on_record(day, browser):
    end(day)
    answer = browser.get(at("session_rems_file", day))
    assert answer["Content-Type"] == "application/pdf"
    for words in ("Maya Ferreira", "MISSING", "This form is not complete.", "56 mg"):
        assert says(answer.content, words), words
    with acting_as(system_actor("count", day.course.practice_id)):
        assert AuditEntry.objects.filter(action="rems.taken-out", patient_id=day.patient.id).count() == 1


def test_none_is_owed_for_ketamine(practice, staff, patient_factory, account_factory, client_as):
    patient = patient_factory("Okafor", "Ada", account=account_factory("Ada Okafor"))
    course = course_at(patient, "induction", substance="racemic-ketamine", route="im")
    day = Day(practice, patient, staff, course)
    day.record(entry("arrived", {}, 120))
    day.dose(ago=100)
    day.record(entry("ended", {"disposition": "against-advice"}))
    assert rems(day) is None
    page = text(client_as(day.prescriber).get(at("session_rems", day)))
    assert "None is owed" in page


# ---- the summary


def test_the_summary_says_what_the_body_did_and_nothing_that_was_said_in_trust(day, browser):
    end(day)
    made = browser.post(at("session_papers", day), {})
    assert made.status_code == 302
    pdf = browser.get(at("session_summary_file", day, 1))
    assert pdf["Content-Type"] == "application/pdf"
    for words in ("Maya Ferreira", "56 mg", "147/", "MOAA/S", "Left against advice", "H2411"):
        assert says(pdf.content, words), words
    for words in ("brother", "hand", "Blanket", "alcohol 2", "Joana", "Two trays", "Toni"):
        assert not says(pdf.content, words), words
    assert says(pdf.content, "3 notes in words.")
    with acting_as(system_actor("count", day.course.practice_id)):
        found = AuditEntry.objects.filter(action__in=["summary.made", "summary.taken-out"])
        assert found.count() == 2


def test_notes_are_opened_on_purpose_and_never_the_therapists(day, browser):
    end(day)
    browser.post(at("session_papers", day), {"with_notes": "yes"})
    pdf = browser.get(at("session_summary_file", day, 1)).content
    assert says(pdf, "Blanket")
    assert not says(pdf, "brother")
    assert not says(pdf, "hand")
    assert says(pdf, "2 notes in words.")


def test_each_version_stays_as_it_was(day, browser):
    end(day)
    browser.post(at("session_papers", day), {})
    first = browser.get(at("session_summary_file", day, 1)).content
    wrong = next(one for one in day.state.counting if one.body.get("bp_systolic_mmhg") == 147)
    with acting_as(day.monitor) as by:
        correct_event(
            by=by,
            session_id=day.id,
            event_id=wrong.id,
            reason="Read wrongly",
            replacement={**wrong.body, "bp_systolic_mmhg": 141},
        )
    browser.post(at("session_papers", day), {})
    assert browser.get(at("session_summary_file", day, 1)).content == first
    assert says(browser.get(at("session_summary_file", day, 2)).content, "141/78")
    with acting_as(day.prescriber), pytest.raises(ProgrammingError), transaction.atomic():
        SessionSummary.objects.update(number=9)


def test_the_person_takes_out_their_own_in_plain_words_and_nothing_of_the_teams(
    day, browser, client_as, patient_factory, account_factory
):
    end(day)
    me = client_as(day.patient.account)
    assert "There is no summary yet" in text(me.get(reverse("my_course")))
    browser.post(at("session_papers", day), {"with_notes": "yes"})
    mine = reverse("own_summary_file", args=[day.id, 1])
    assert mine in me.get(reverse("my_course")).content.decode()
    pdf = me.get(mine)
    assert pdf["Content-Type"] == "application/pdf"
    for words in ("What you were given", "56 mg", "147/", "Heartbeats a minute", "You left", "Maya Ferreira"):
        assert says(pdf.content, words), words
    for words in ("brother", "hand", "Blanket", "alcohol 2", "Joana", "Two trays", "Toni", "MOAA", "advice"):
        assert not says(pdf.content, words), words
    with acting_as(system_actor("count", day.course.practice_id)):
        taken = AuditEntry.objects.get(action="summary.taken-out")
    assert (taken.patient_id, taken.account_id) == (day.patient.id, day.patient.account_id)
    other = patient_factory("Rivera", "Alex", account=account_factory("Alex Rivera"))
    assert client_as(other.account).get(mine).status_code == 404
    assert me.get(reverse("own_summary_file", args=[day.id, 2])).status_code == 404


def test_before_the_end_there_is_none(day, browser):
    assert browser.post(at("session_papers", day), {}).status_code == 409
    with acting_as(day.prescriber) as by, pytest.raises(RefusedByRule):
        make_summary(by=by, session=day.row)


def test_another_practice_reads_it_only_while_sessions_are_open_to_it(
    day, browser, staff, other_practice, patient_factory, client_as
):
    end(day)
    browser.post(at("session_papers", day), {})
    therapist = staff("therapist", at=other_practice)
    there = client_as(therapist)
    assert there.get(at("session_summary_file", day, 1)).status_code == 404
    open_to(day, other_practice, patient_factory, "course", "sessions")
    assert there.get(at("session_summary_file", day, 1)).status_code == 404  # who they are is not open
    with acting_as(system_actor("set-up")):
        Release.objects.create(
            practice=day.course.practice,
            patient=day.patient,
            to_practice=other_practice,
            kind="demographics",
            starts_at=now() - timedelta(hours=1),
        )
    assert says(there.get(at("session_summary_file", day, 1)).content, "56 mg")
    page = text(there.get(at("session_papers", day)))
    assert "Version 1" in page
    assert "REMS" not in page
    for name in ("session_rems", "session_rems_file", "session_coding", "session_coding_file"):
        assert there.get(at(name, day)).status_code == 404
    with acting_as(therapist) as by, pytest.raises(NotPermitted):
        make_summary(by=by, session=day.row)
    with acting_as(system_actor("set-up")):
        Release.objects.update(ends_at=now() - timedelta(minutes=30))
    assert there.get(at("session_summary_file", day, 1)).status_code == 404


# ---- times and units


def test_times_and_units_as_page_table_and_data(day, browser, staff, client_as):
    end(day)
    page = text(browser.get(at("session_coding", day)))
    assert "2119365" in page
    assert "to be verified" in page
    assert "no billing code was recovered" in page
    admin = client_as(staff("admin"))
    code = {"substance": "esketamine", "route": "intranasal", "code": "=X1", "mg_per_unit": "28"}
    assert admin.post(reverse("drug_codes"), {**code, "mg_per_unit": "0"}).status_code == 422
    assert admin.post(reverse("drug_codes"), code).status_code == 302
    assert admin.post(reverse("drug_codes"), {**code, "mg_per_unit": "14"}).status_code == 302
    (row,) = csv.DictReader(io.StringIO(browser.get(at("session_coding_file", day)).content.decode()))
    assert (row["billing_code"], row["units"], row["minutes_from_first_dose"]) == ("'=X1", "4.0", "190.0")
    data = browser.get(at("session_coding_file", day), {"as": "json"}).json()
    assert data["drug"]["given_mg"] == 56
    assert data["billing"]["code"] == "=X1"
    assert browser.get(reverse("drug_codes")).status_code == 403
