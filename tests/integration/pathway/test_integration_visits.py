"""Integration visits: proposed in their window, written, signed once, added to, never overwritten."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from tests.integration.pathway.integration_people import course_at, shared  # noqa: F401
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotPermitted, RefusedByRule, StaleState
from upwell.base.ids import new_id
from upwell.pathway.calendar.models import Appointment
from upwell.pathway.integration.actions import VisitFields, add_addendum, mark_visit_wrong, save_visit
from upwell.pathway.integration.due import due_visits
from upwell.pathway.integration.models import DailyPractice, IntegrationVisit
from upwell.pathway.integration.rules import Timing
from upwell.pathway.parts import is_for, waiting_for
from upwell.pathway.session.models import Session, SessionEvent
from upwell.record.models import Alert

pytestmark = pytest.mark.django_db
TYPED = {"held_at": "2026-03-02T10:00", "way": "video", "words-came-up": "Warmth.", "suicide_asked": "yes"}


def dosed(course, ago: timedelta, *more: timedelta):
    """A session of the course whose first dose was so long ago."""
    at = now() - ago
    with acting_as(system_actor("set-up", course.practice_id)):
        session = Session.objects.create(
            practice_id=course.practice_id,
            patient_id=course.patient_id,
            course=course,
            stands="discharged",
            first_dose_at=at,
            over_at=at + timedelta(hours=3),
        )
        for given in (at, *(now() - one for one in more)):
            SessionEvent.objects.create(
                practice_id=course.practice_id,
                patient_id=course.patient_id,
                session=session,
                type="dose-given",
                observed_at=given,
                body={"dose_mg": 28},
            )
    return session


def fields(**given):
    begin = {
        "held_at": now(),
        "words": {"came-up": "Warmth."},
        "suicide_asked": True,
        "suicide_answer": "none",
    }
    return VisitFields(**(begin | given))


def write(actor, course, visit_id=None, sign=False, seen=None, **given):
    with acting_as(actor):
        return save_visit(
            by=actor,
            course=course,
            visit_id=visit_id or new_id(),
            fields=fields(**given),
            sign=sign,
            seen_version=seen,
        )


def dues(actor, course=None):
    with acting_as(actor):
        return due_visits(actor, now(), course)


@pytest.fixture
def opened(shared):  # noqa: F811
    shared.release(shared.clinic_chart, shared.therapy, "demographics", "course", "sessions")
    shared.release(shared.therapy_chart, shared.clinic, "integration")
    return shared


# ---------------------------------------------------------------------------------------------------- the window
def test_the_window_counts_from_the_last_dose_of_the_session(staff, patient_factory):
    therapist, course = staff("therapist"), course_at(patient_factory())
    dosed(course, timedelta(hours=30), timedelta(hours=20))
    assert [one.timing for one in dues(therapist)] == [Timing.EARLY]


def test_a_dose_entered_in_error_does_not_move_it(staff, patient_factory):
    therapist, course = staff("therapist"), course_at(patient_factory())
    session = dosed(course, timedelta(hours=30), timedelta(hours=20))
    with acting_as(system_actor("set-up", course.practice_id)):
        last = SessionEvent.objects.filter(session=session).latest("observed_at")
        SessionEvent.objects.create(
            practice_id=course.practice_id,
            patient_id=course.patient_id,
            session=session,
            type="correction",
            observed_at=now(),
            body={"corrects": str(last.id), "entered_in_error": True, "reason": "Tapped twice."},
        )
    assert [one.timing for one in dues(therapist)] == [Timing.INSIDE]


@pytest.mark.parametrize(
    ("hours", "timings"),
    [(1, [Timing.EARLY]), (25, [Timing.INSIDE]), (73, [Timing.LATE]), (15 * 24, [])],
)
def test_it_waits_for_the_therapist_until_it_is_held(staff, patient_factory, hours, timings):
    therapist, course = staff("therapist"), course_at(patient_factory())
    dosed(course, timedelta(hours=hours))
    assert [one.timing for one in dues(therapist)] == timings
    write(therapist, course)
    assert dues(therapist) == []


def test_it_waits_at_the_therapists_own_practice_and_the_clinic_knows(opened):
    dosed(opened.course, timedelta(hours=30))
    for actor, mine in ((opened.therapist, True), (opened.prescriber, False), (opened.person, False)):
        with acting_as(actor):
            found = [one for one in waiting_for(actor, now()) if "integration" in one.what]
        assert [one.practice_id for one in found] == [opened.therapy.id], actor.name
        assert [is_for(actor, one) for one in found] == [mine], actor.name
    write(opened.therapist, opened.course, sign=True)
    assert [dues(actor) for actor in (opened.therapist, opened.prescriber, opened.person)] == [[], [], []]


def test_without_the_release_the_clinic_is_not_told_of_what_it_can_not_know(shared):  # noqa: F811
    dosed(shared.course, timedelta(hours=30))
    assert dues(shared.prescriber) == []
    assert dues(shared.therapist) == []  # nor does the therapist know of a dose that is not opened to them


def test_an_appointment_that_is_booked_is_told_by_the_calendar_alone(opened):
    dosed(opened.course, timedelta(hours=30))
    with acting_as(system_actor("set-up", opened.therapy.id)):
        appointment = Appointment.objects.create(
            practice=opened.therapy,
            patient=opened.therapy_chart,
            kind="integration",
            starts_at=now() + timedelta(hours=5),
            ends_at=now() + timedelta(hours=6),
        )
    assert dues(opened.therapist) == []
    with acting_as(system_actor("set-up", opened.therapy.id)):
        Appointment.objects.filter(id=appointment.id).update(
            state="done", starts_at=now() - timedelta(hours=2), ends_at=now() - timedelta(hours=1)
        )
    with acting_as(opened.therapist):
        words = [one.what for one in waiting_for(opened.therapist, now()) if one.icon == "message-circle"]
    assert words == ["Write about the integration visit"]


def test_many_courses_cost_the_same(staff, patient_factory, count_queries):
    therapist = staff("therapist")

    def one_more(n):
        dosed(course_at(patient_factory(f"Rivera{n}")), timedelta(hours=30))

    one_more(0)
    few = count_queries(lambda: dues(therapist))
    for n in range(1, 9):
        one_more(n)
    assert count_queries(lambda: dues(therapist)) == few
    assert len(dues(therapist)) == 9


# ---------------------------------------------------------------------------------------------------- the note
def test_sent_twice_it_is_one_visit(staff, patient_factory):
    therapist, course = staff("therapist"), course_at(patient_factory())
    first = write(therapist, course)
    again = write(therapist, course, visit_id=first.id, words={"came-up": "Warmth, and light."})
    with acting_as(therapist):
        assert [one.words for one in IntegrationVisit.objects.all()] == [{"came-up": "Warmth, and light."}]
    assert again.id == first.id


def test_a_signed_note_is_added_to_and_never_overwritten(staff, patient_factory):
    therapist, course = staff("therapist"), course_at(patient_factory())
    visit = write(therapist, course, sign=True)
    with pytest.raises(StaleState, match="Add to it instead"):
        write(therapist, course, visit_id=visit.id, words={"came-up": "Other."})
    with acting_as(therapist):
        with pytest.raises(DatabaseError), transaction.atomic():
            IntegrationVisit.objects.filter(id=visit.id).update(words={"came-up": "Other."})
        add_addendum(by=therapist, visit_id=visit.id, addendum_id=(number := new_id()), text="She called.")
        add_addendum(by=therapist, visit_id=visit.id, addendum_id=number, text="She called.")
        assert visit.addenda.count() == 1
        mark_visit_wrong(by=therapist, visit_id=visit.id, reason="Another person's.")
        assert IntegrationVisit.objects.get(id=visit.id).words == {"came-up": "Warmth."}
        with pytest.raises(StaleState):
            add_addendum(by=therapist, visit_id=visit.id, addendum_id=new_id(), text="More.")


def test_nothing_is_signed_without_the_question_about_suicide(staff, patient_factory):
    therapist, course = staff("therapist"), course_at(patient_factory())
    with pytest.raises(BadInput, match="thoughts of suicide"):
        write(therapist, course, sign=True, suicide_asked=None, suicide_answer="")
    with pytest.raises(BadInput, match="what was done"):
        write(therapist, course, sign=True, suicide_answer="present")


def test_what_is_told_alerts_the_team_of_both_practices_once(opened):
    visit = write(opened.therapist, opened.course, suicide_answer="present", risk_done="Called his brother.")
    write(
        opened.therapist,
        opened.course,
        visit_id=visit.id,
        sign=True,
        suicide_answer="present",
        risk_done="Called his brother; meets tomorrow.",
    )
    with acting_as(opened.therapist):
        alert = Alert.objects.get()
        assert alert.acknowledged_by_id == opened.therapist.account_id
        assert alert.closed_at is None
    with acting_as(opened.prescriber):
        assert [one.kind for one in Alert.objects.filter(practice=opened.clinic)] == ["suicide-told"]


def test_only_its_writer_goes_on_with_a_draft(staff, patient_factory):
    therapist, course = staff("therapist"), course_at(patient_factory())
    visit = write(therapist, course)
    with pytest.raises(NotPermitted, match="Only its writer"):
        write(staff("prescriber"), course, visit_id=visit.id)


def test_two_windows_of_one_writer(staff, patient_factory):
    therapist, course = staff("therapist"), course_at(patient_factory())
    visit = write(therapist, course)
    write(therapist, course, visit_id=visit.id, seen=visit.version, words={"body": "Soft."})
    with pytest.raises(StaleState, match="another window"):
        write(therapist, course, visit_id=visit.id, seen=visit.version)


def test_a_practice_without_a_chart_of_the_person_keeps_no_note(patient_factory, staff, other_practice):
    course = course_at(patient_factory())
    with pytest.raises(RefusedByRule, match="no chart"):
        write(staff("therapist", at=other_practice), course)


def test_a_visit_of_tomorrow_is_no_visit(staff, patient_factory):
    with pytest.raises(BadInput, match="future"):
        write(staff("therapist"), course_at(patient_factory()), held_at=now() + timedelta(hours=1))


# ---------------------------------------------------------------------------------------------------- the pages
def page(client, url, **posted) -> str:
    answer = client.post(url, posted, follow=True) if posted else client.get(url, follow=True)
    assert answer.status_code in {200, 422, 409}, answer.status_code
    return unescape(answer.content.decode())


def test_from_an_empty_form_to_a_signed_note(opened, client_as, staff):
    client = client_as(opened.therapist)
    form = client.get(reverse("integration_new", args=[opened.course.id]))
    address = form["Location"]
    text = page(client, address, **TYPED, event="sign")
    assert "Say what the person answered." in text
    assert "Warmth." in text  # every word is still there
    text = page(client, address, **TYPED, event="save", process="My own wish to rescue.")
    assert "Kept as a draft" in text
    visit = IntegrationVisit.objects.none()
    with acting_as(opened.therapist):
        visit = IntegrationVisit.objects.get()
    here = reverse("integration_visit", args=[opened.course.id, visit.id])
    assert client.get(address)["Location"] == here  # Back leads to the draft, not to a second one
    text = page(client, here, **TYPED, suicide_answer="none", event="sign", process="My own wish to rescue.")
    assert "Signed by Toni Tide" in text
    assert "My own wish to rescue." in text
    text = page(client, here, event="agree", what="Call a friend", how_often="Sundays")
    assert "Call a friend" in text
    other = page(client_as(opened.prescriber), here)
    assert "Warmth." in other
    assert "My own wish to rescue." not in other
    assert "Add to this note" not in other
    own = page(client_as(opened.person), reverse("my_visit", args=[visit.id]))
    assert "Warmth." in own
    assert "rescue" not in own
    with acting_as(opened.person):
        assert [one.what for one in DailyPractice.objects.all()] == ["Call a friend"]


@pytest.mark.parametrize(
    "typed",
    [
        {"held_at": "yesterday"},
        {"held_at": "2026-03-08T02:30"},  # the clocks jump over it
        {"held_at": "2026-03-02T10:00", "way": "telepathy"},
        {"held_at": "2026-03-02T10:00", "way": "video", "words-body": "x" * 10_001},
        {"held_at": "2026-03-02T10:00", "way": "video", "words-body": "a\x00b"},
        {"held_at": "2026-03-02T10:00", "way": "video", "suicide_asked": "maybe"},
        {"held_at": "2026-03-02T10:00", "way": "video", "version": "many"},
        {"event": "dance"},
        {},
    ],
)
def test_what_can_not_be_is_said_and_nothing_falls_over(staff, patient_factory, client_as, typed):
    course = course_at(patient_factory())
    address = reverse("integration_new", args=[course.id]) + f"?form={new_id()}"
    answer = client_as(staff("therapist")).post(address, typed)
    assert answer.status_code == 422
    assert "Please look at this again" in answer.content.decode()


def test_the_course_page_shows_window_visits_and_practices(opened, client_as):
    dosed(opened.course, timedelta(hours=30))
    write(opened.therapist, opened.course, sign=True, held_at=now() - timedelta(days=9))
    text = page(client_as(opened.therapist), reverse("course", args=[opened.course.id]))
    assert "The visit is due now" in text
    assert "Last visit" in text
    assert "Integration visit, in person" in text
    text = page(client_as(opened.prescriber), reverse("integration", args=[opened.course.id]))
    assert "Toni Tide" in text
