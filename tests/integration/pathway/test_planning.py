"""Measures planned by the schedule: made once, moved, withdrawn, answered, missed and followed up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.integration.pathway.answers import CALM, MODERATE, fields
from tests.integration.pathway.dosed_courses import course_in, days_ago, dosing_days
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.audit.models import AuditEntry
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotPermitted, RefusedByRule, StaleState
from upwell.base.ids import new_id
from upwell.pathway.parts import Urgency, is_for, waiting_for
from upwell.pathway.response import plan_measures
from upwell.pathway.response.actions import follow_up_measure, record_measure
from upwell.record.actions_requests import ask_patient, cancel_request
from upwell.record.models import Alert, AssessmentRequest
from upwell.science.measures import Dose

pytestmark = pytest.mark.django_db

FINE = {str(item): 0 for item in (1, 2, 3, 4, 6, 7)}


@pytest.fixture
def therapist(staff):
    return staff("therapist", name="Toni Asks")


def rows(course, **wanted):
    found = AssessmentRequest.objects.filter(course_id=course.id, **wanted).exclude(slot="")
    return {row.slot: row for row in found}


def row_of(course, part):
    return next(row for slot, row in rows(course).items() if slot.startswith(part))


def plan(by, course):
    with acting_as(by):
        return plan_measures(by=by, course=course)


def at_dose(monkeypatch, patient, *, hours):
    course = course_in("induction", patient, days_ago=hours / 24 + 2, since_days=hours / 24 + 1)
    dosing_days(monkeypatch, now() - timedelta(hours=hours))
    return course


# --- planning ---
def test_a_dose_brings_three_check_ins_and_the_instruments(monkeypatch, therapist, alex):
    course = at_dose(monkeypatch, alex, hours=1)
    assert plan(therapist, course)
    with acting_as(therapist):
        made = rows(course)
        assert sorted(slot.split("/")[0] for slot in made) == ["24h", "4h", "72h", *["induction"] * 4]
        check_in = row_of(course, "4h")
        assert (check_in.instrument, check_in.requested_by_id) == ("check-in", None)
        assert check_in.session_id is not None
        assert timedelta(hours=2.9) < check_in.due_at - now() < timedelta(hours=3.1)
        entry = AuditEntry.objects.filter(action="measures.planned").get()
        assert (entry.patient_id, entry.object_id) == (alex.id, course.id)


def test_planned_twice_nothing_is_there_twice(monkeypatch, therapist, alex):
    course = at_dose(monkeypatch, alex, hours=1)
    plan(therapist, course)
    with acting_as(therapist):
        before = {slot: row.id for slot, row in rows(course).items()}
    assert not plan(therapist, course)
    with acting_as(therapist):
        assert {slot: row.id for slot, row in rows(course).items()} == before
        assert AuditEntry.objects.filter(action="measures.planned").count() == 1


def test_what_closed_before_it_was_planned_is_not_asked(monkeypatch, therapist, alex):
    """A dose that was recorded two days late: nobody has missed what nobody was asked."""
    course = at_dose(monkeypatch, alex, hours=49)
    plan(therapist, course)
    with acting_as(therapist):
        assert [slot.split("/")[0] for slot in rows(course) if not slot.startswith("induction")] == ["72h"]


def test_the_next_dose_withdraws_what_can_wait_no_longer(monkeypatch, therapist, alex):
    course = at_dose(monkeypatch, alex, hours=50)
    doses = dosing_days(monkeypatch, now() - timedelta(hours=50))
    plan(therapist, course)
    doses.append(Dose(str(new_id()), now() - timedelta(minutes=5)))
    changes = plan(therapist, course)
    with acting_as(therapist):
        assert [row.slot.split("/")[0] for row in changes.withdrawn] == ["72h"]
        assert rows(course, cancelled_because="plan").keys() == {changes.withdrawn[0].slot}
        assert sum(slot.endswith(doses[1].id) for slot in rows(course)) == 3
    doses.pop()  # the second dose was entered in error
    plan(therapist, course)
    with acting_as(therapist):
        assert rows(course)[changes.withdrawn[0].slot].cancelled_at is None


def test_what_a_person_took_back_stays_back(monkeypatch, therapist, alex):
    course = at_dose(monkeypatch, alex, hours=1)
    plan(therapist, course)
    with acting_as(therapist):
        cancel_request(by=therapist, request_id=row_of(course, "24h").id)
    plan(therapist, course)
    with acting_as(therapist):
        assert row_of(course, "24h").cancelled_at is not None


def test_a_score_entered_by_hand_stands_for_the_one_that_was_planned(therapist, alex):
    course = course_in("preparation", alex, days_ago=1)
    plan(therapist, course)
    with acting_as(therapist):
        recorded = record_measure(
            by=therapist, patient=alex, instrument="phq-9", answers=MODERATE, submission_id=new_id()
        )
        assert rows(course)["baseline/1/1/phq-9"].assessment_id == recorded.assessment.id
        assert rows(course)["baseline/1/1/gad-7"].assessment_id is None


def test_a_late_answer_puts_the_next_one_off(monkeypatch, therapist, alex, alex_acts):
    course = course_in("induction", alex, days_ago=40, since_days=21)
    dosing_days(monkeypatch, days_ago(20))
    plan(therapist, course)
    with acting_as(alex_acts):
        asked = rows(course)["induction/1/1/phq-9"]
        record_measure(
            by=alex_acts,
            patient=alex,
            instrument="phq-9",
            answers=CALM,
            submission_id=new_id(),
            request=asked,
        )
    with acting_as(therapist):
        following = rows(course)["induction/1/2/phq-9"]
        assert following.opens_at - now() > timedelta(days=13.9)


def test_nobody_who_has_died_is_asked(monkeypatch, therapist, alex):
    course = at_dose(monkeypatch, alex, hours=1)
    plan(therapist, course)
    with acting_as(system_actor("set-up", alex.practice_id)):
        alex.deceased = True
        alex.save()
    plan(therapist, course)
    with acting_as(therapist):
        assert not rows(course, cancelled_at__isnull=True)


def test_another_practice_plans_nothing(monkeypatch, staff, other_practice, alex):
    course = at_dose(monkeypatch, alex, hours=1)
    stranger = staff("therapist", at=other_practice)
    with acting_as(stranger), pytest.raises(NotPermitted):
        plan_measures(by=stranger, course=course)


def test_asked_by_hand_while_it_is_planned_changes_nothing(therapist, alex):
    course = course_in("preparation", alex, days_ago=1)
    plan(therapist, course)
    with acting_as(therapist):
        asked = ask_patient(by=therapist, patient=alex, instrument="phq-9")
        assert (asked.created, asked.request.slot) == (False, "baseline/1/1/phq-9")
        by_hand = ask_patient(by=therapist, patient=alex, instrument="phq-2")
        assert by_hand.created
        assert not ask_patient(by=therapist, patient=alex, instrument="phq-2").created


def test_the_database_refuses_a_plan_without_its_moments(therapist, alex):
    course = course_in("preparation", alex)
    with acting_as(therapist):
        for wrong in (
            {"opens_at": None},
            {"closes_at": None},
            {"course_id": None},
            {"late_at": now() - timedelta(days=9)},
            {"followed_up_at": now()},
        ):
            moments = dict.fromkeys(("opens_at", "due_at", "late_at", "closes_at"), now())
            made = {"slot": "x/1", "course_id": course.id, "instrument": "phq-9", **moments, **wrong}
            with pytest.raises(IntegrityError), transaction.atomic():
                AssessmentRequest.objects.create(practice_id=alex.practice_id, patient=alex, **made)


# --- on the phone ---
def test_before_it_opens_it_can_not_be_answered(monkeypatch, therapist, alex, alex_acts, alex_browses):
    course = at_dose(monkeypatch, alex, hours=1)
    plan(therapist, course)
    with acting_as(therapist):
        later = row_of(course, "4h")
    page = alex_browses.get(f"/me/answer/{later.id}/", follow=True)
    assert b"too early" in page.content
    with acting_as(alex_acts), pytest.raises(RefusedByRule):
        record_measure(
            by=alex_acts,
            patient=alex,
            instrument="check-in",
            answers=FINE,
            submission_id=new_id(),
            request=later,
        )
    sent = alex_browses.post(f"/me/answer/{later.id}/", fields(FINE, submission=str(new_id())))
    assert sent.status_code == 409
    home = alex_browses.get("/me/").content.decode()
    assert "Tell us how you are right now" in home


def test_open_it_is_answered_on_the_phone(monkeypatch, therapist, alex, alex_browses):
    course = at_dose(monkeypatch, alex, hours=4)
    plan(therapist, course)
    with acting_as(therapist):
        now_open = row_of(course, "4h")
    form = alex_browses.get(f"/me/answer/{now_open.id}/").content.decode()
    assert "How is your mood?" in form
    sent = alex_browses.post(
        f"/me/answer/{now_open.id}/", fields(FINE, submission=str(new_id()), left_out="5"), follow=True
    )
    assert "Thank you for telling us how you are" in sent.content.decode()
    with acting_as(therapist):
        assert row_of(course, "4h").assessment.total is None
        assert not Alert.objects.exists()


def test_closed_it_says_so_and_what_was_being_written_is_taken_all_the_same(
    monkeypatch, time_machine, therapist, alex, alex_browses
):
    """Thoughts of not wanting to live are not lost because a window closed while they were written down."""
    course = at_dose(monkeypatch, alex, hours=4)
    plan(therapist, course)
    with acting_as(therapist):
        row = row_of(course, "4h")
    time_machine.move_to(row.closes_at + timedelta(minutes=1), tick=False)
    page = alex_browses.get(f"/me/answer/{row.id}/", follow=True)
    assert "The time for these questions is over" in page.content.decode()
    sent = alex_browses.post(
        f"/me/answer/{row.id}/", fields({**FINE, "7": 2}, submission=str(new_id())), follow=True
    )
    assert "You do not have to answer first" in sent.content.decode()
    with acting_as(therapist):
        assert AssessmentRequest.objects.get(id=row.id).assessment_id is None
        assert Alert.objects.get().kind == "suicide-item"


# --- on Today ---
def waiting(actor):
    with acting_as(actor):
        return [(one.owners, one.urgency, one.what) for one in waiting_for(actor, now())]


TODAY = [
    # hours since the dose, who has the ball of the 4 h check-in
    (2.9, set()),
    (4.1, {"patient"}),
    (8.1, {"patient", "team"}),
    (12.1, {"team"}),
]


@pytest.mark.parametrize(("hours", "owners"), TODAY)
def test_today_shows_what_is_due_late_and_missed(
    monkeypatch, time_machine, therapist, alex, alex_acts, hours, owners
):
    course = at_dose(monkeypatch, alex, hours=0.5)
    plan(therapist, course)
    time_machine.move_to(now() + timedelta(hours=hours - 0.5), tick=False)
    with acting_as(therapist):
        found = [
            one
            for one in waiting_for(therapist, now())
            if "4 hours" in f"{one.what} {one.detail}" and "24" not in one.detail
        ]
        who = {"patient" if one.owners == {"patient"} else "team" for one in found}
        assert who == owners
        assert all(one.urgency is Urgency.DUE and one.course_id == course.id for one in found)
        assert any(is_for(therapist, one) for one in found) is ("team" in owners)
    with acting_as(alex_acts):
        mine = [one for one in waiting_for(alex_acts, now()) if one.detail == "4 hours after the dose"]
        assert [one.urgency for one in mine] == (
            [Urgency.LATER] if hours < 3 else [Urgency.DUE] if hours < 12 else []
        )


def test_todays_questions_do_not_grow(monkeypatch, therapist, patient_factory, count_queries):
    def see():
        with acting_as(therapist):
            waiting_for(therapist, now())

    dosing_days(monkeypatch, now() - timedelta(hours=9))
    for number in range(2):
        plan(therapist, course_in("induction", patient_factory(f"Few{number}"), days_ago=1))
    few = count_queries(see)
    for number in range(6):
        plan(therapist, course_in("induction", patient_factory(f"Many{number}"), days_ago=1))
    assert count_queries(see) == few
    asked = [what for _, _, what in waiting(therapist) if "right now" in what or "4 hours" in what]
    assert len(asked) == 16  # each late on the phone, and for the team


def test_all_that_one_person_missed_is_one_line(monkeypatch, time_machine, therapist, alex):
    course = at_dose(monkeypatch, alex, hours=0.5)
    plan(therapist, course)
    time_machine.move_to(now() + timedelta(hours=49), tick=False)
    with acting_as(therapist):
        (line,) = [
            one for one in waiting_for(therapist, now()) if "therapist" in one.owners and one.icon == "phone"
        ]
        assert line.what == "Follow up 2 questions that were missed or are late"
        assert line.url == f"/courses/{course.id}/measures/"


def test_the_first_dose_closes_the_baseline(monkeypatch, therapist, alex):
    course = course_in("induction", alex, days_ago=10, since_days=9)
    plan(therapist, course)
    with acting_as(therapist):
        assert row_of(course, "baseline").closes_at > now()
    dosing_days(monkeypatch, now() - timedelta(hours=1))
    plan(therapist, course)
    with acting_as(therapist):
        assert row_of(course, "baseline").closes_at <= now()


# --- followed up ---
@pytest.fixture
def missed(monkeypatch, time_machine, therapist, alex):
    course = at_dose(monkeypatch, alex, hours=0.5)
    plan(therapist, course)
    time_machine.move_to(now() + timedelta(hours=13), tick=False)
    with acting_as(therapist):
        return row_of(course, "4h")


def test_a_missed_one_is_followed_up_once(missed, therapist, staff, alex):
    with acting_as(therapist):
        with pytest.raises(BadInput):
            follow_up_measure(by=therapist, request_id=missed.id, what="  ")
        done = follow_up_measure(by=therapist, request_id=missed.id, what="Rang: asleep, all well.")
        assert done.follow_up == "Rang: asleep, all well."
    other = staff("monitor")
    with acting_as(other), pytest.raises(StaleState, match="Toni Asks followed this up"):
        follow_up_measure(by=other, request_id=missed.id, what="Rang, too.")
    assert not [one for one in waiting(therapist) if ", 4 hours" in one[2]]


def test_what_is_not_late_is_not_followed_up(missed, therapist):
    with acting_as(therapist):
        early = AssessmentRequest.objects.filter(slot__startswith="24h").get()
        with pytest.raises(RefusedByRule):
            follow_up_measure(by=therapist, request_id=early.id, what="Rang.")


def test_who_may_follow_up(missed, staff, other_practice, alex_acts):
    admin = staff("admin")
    with acting_as(admin), pytest.raises(NotPermitted):
        follow_up_measure(by=admin, request_id=missed.id, what="Rang.")
    with acting_as(alex_acts), pytest.raises(NotPermitted):
        follow_up_measure(by=alex_acts, request_id=missed.id, what="Rang.")


def test_the_pages_of_measures(missed, therapist, client_as, alex, django_assert_max_num_queries):
    browser = client_as(therapist)
    with django_assert_max_num_queries(22):
        plan_page = browser.get(f"/courses/{missed.course_id}/measures/").content.decode()
    assert "missed" in plan_page
    assert "Check-in, 24 hours after the dose" in plan_page
    url = f"/measures/{missed.id}/follow-up/"
    page = browser.get(url).content.decode()
    assert "Check-in, 4 hours after the dose" in page
    assert browser.post(url, {"what": ""}).status_code == 422
    too_long = browser.post(url, {"what": "x" * 10_001})
    assert too_long.status_code == 422
    assert "x" * 10_001 in too_long.content.decode()
    assert browser.post(url, {"what": "Rang. <b>All well</b> \u202e"}, follow=True).status_code == 200
    again = browser.post(url, {"what": "Rang again."})
    assert again.status_code == 409
    assert "Rang again." in again.content.decode() or "followed this up" in again.content.decode()
    assert browser.get(f"/measures/{new_id()}/follow-up/").status_code == 404
    course_page = browser.get(f"/courses/{missed.course_id}/").content.decode()
    assert "Followed up: Check-in, 4 hours after the dose" in course_page
    assert "Rang. &lt;b&gt;All well&lt;/b&gt;" in course_page
