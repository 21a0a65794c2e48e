"""Booking: nobody and nothing is booked twice at once, and who comes second is told who is there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.integration.pathway.courses import course_at
from upwell.access.acting import acting_as
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, NotPermitted, RefusedByRule, StaleState
from upwell.base.ids import new_id
from upwell.pathway.calendar.actions import book_appointment, change_appointment, move_appointment
from upwell.pathway.calendar.models import Appointment
from upwell.pathway.calendar.states import Event, Kind
from upwell.people.models import Chair, Membership

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def window(practice):
    return Chair.objects.create(practice=practice, name="Window")


@pytest.fixture
def tomorrow():
    return (now() + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)


@pytest.fixture
def book(staff, tomorrow):
    def do(patient, *, by=None, at=0.0, hours=1.0, kind=Kind.FOLLOW_UP, **fields):
        start = tomorrow + at * HOUR
        with acting_as(by or staff("monitor")) as actor:
            return book_appointment(
                by=actor, patient=patient, kind=kind, starts_at=start, ends_at=start + hours * HOUR, **fields
            )

    return do


@pytest.mark.parametrize(("at", "hours"), [(0, 1), (0.5, 1), (-0.5, 1), (0.25, 0.5), (-1, 3)])
def test_a_chair_is_never_taken_twice(book, patient_factory, window, at, hours):
    book(patient_factory("First", "Ann"), chair_id=window.id)
    with pytest.raises(RefusedByRule, match=r"Window is taken on .* Ann First") as refused:
        book(patient_factory("Second"), at=at, hours=hours, chair_id=window.id)
    assert refused.value.path == "time"


@pytest.mark.parametrize("at", [1, -1])
def test_one_may_end_when_the_next_begins(book, patient_factory, window, at):
    book(patient_factory("First"), chair_id=window.id)
    assert book(patient_factory("Second"), at=at, chair_id=window.id).chair_id == window.id


def test_a_person_is_never_in_two_places(book, patient_factory, window):
    patient = patient_factory()
    book(patient, chair_id=window.id)
    with pytest.raises(RefusedByRule, match="This person is booked already"):
        book(patient)


def test_staff_are_never_in_two_places_not_even_at_two_practices(
    book, staff, patient_factory, other_practice
):
    anna = staff("therapist", name="Anna Both")
    Membership.objects.create(account_id=anna.account_id, practice=other_practice, roles=["therapist"])
    elsewhere = staff("monitor", at=other_practice)
    book(patient_factory("First"), staff_id=anna.account_id)
    with pytest.raises(RefusedByRule, match="Anna Both is booked"):
        book(patient_factory("Second"), staff_id=anna.account_id)
    with pytest.raises(RefusedByRule, match="taken elsewhere") as refused:
        book(patient_factory("Third", at=other_practice), by=elsewhere, staff_id=anna.account_id)
    assert "First" not in refused.value.message


def test_cancelled_and_missed_ones_free_their_place(book, staff, patient_factory, window):
    first = book(patient_factory("First"), chair_id=window.id)
    with acting_as(staff("admin")) as admin:
        with pytest.raises(BadInput, match="why"):
            change_appointment(by=admin, appointment_id=first.id, event=Event.CANCEL)
        change_appointment(by=admin, appointment_id=first.id, event=Event.CANCEL, reason="Has a cold.")
    second = book(patient_factory("Second"), chair_id=window.id)
    with acting_as(staff("admin")) as admin, pytest.raises(RefusedByRule, match="is cancelled"):
        change_appointment(by=admin, appointment_id=first.id, event=Event.ARRIVE)
    assert second.chair_id == first.chair_id


def test_the_database_itself_refuses(book, patient_factory, window, staff):
    first = book(patient_factory("First"), chair_id=window.id)
    second = patient_factory("Second")
    with (
        acting_as(staff("monitor")),
        pytest.raises(IntegrityError, match="chair_booked_once"),
        transaction.atomic(),
    ):
        Appointment.objects.create(
            practice_id=second.practice_id,
            patient=second,
            kind="follow-up",
            chair=window,
            starts_at=first.starts_at,
            ends_at=first.ends_at,
        )


def test_sent_twice_it_is_one(book, patient_factory):
    patient, number = patient_factory(), new_id()
    assert book(patient, appointment_id=number).id == book(patient, appointment_id=number).id == number
    with pytest.raises(StaleState, match="booked an appointment already"):  # after Back, with another time
        book(patient, at=2, appointment_id=number)


def test_moving_asks_again_and_the_second_of_two_is_told(book, staff, patient_factory, window, tomorrow):
    book(patient_factory("First"), chair_id=window.id)
    second = book(patient_factory("Second"), at=3)

    def move(at, **fields):
        start = tomorrow + at * HOUR
        with acting_as(staff("admin")) as admin:
            return move_appointment(
                by=admin,
                appointment_id=second.id,
                starts_at=start,
                ends_at=start + HOUR,
                chair_id=window.id,
                staff_id=None,
                **fields,
            )

    with pytest.raises(RefusedByRule, match="Window is taken"):
        move(0.5)
    assert move(1, seen_version=1).version == 2
    with pytest.raises(StaleState, match="meanwhile"):
        move(2, seen_version=1)


def test_a_dosing_session_needs_a_course_that_came_to_preparation(book, staff, patient_factory):
    patient = patient_factory()
    with pytest.raises(RefusedByRule, match="no open course"):
        book(patient, kind=Kind.DOSING)
    course = course_at(patient, "screening")
    with pytest.raises(RefusedByRule, match="“Screening”"):
        book(patient, kind=Kind.DOSING)
    with acting_as(staff("prescriber")):
        course.state = "preparation"
        course.save()
    assert book(patient, kind=Kind.DOSING).course_id == course.id


def test_the_front_desk_books_for_a_course_that_it_can_not_see(book, staff, patient_factory):
    patient = patient_factory()
    course = course_at(patient, "induction")
    assert book(patient, by=staff("admin"), kind=Kind.DOSING).course_id == course.id


def test_impossible_times(book, patient_factory):
    patient = patient_factory()
    with pytest.raises(BadInput, match="past"):
        book(patient, at=-48)
    with pytest.raises(BadInput, match="end has to come after"):
        book(patient, hours=-1)
    with pytest.raises(BadInput, match="longer than"):
        book(patient, hours=30)
    with pytest.raises(BadInput, match="two years"):
        book(patient, at=24 * 900)
    with pytest.raises(RefusedByRule, match="died"):
        book(patient_factory("Late", deceased=True))


def test_only_our_chairs_staff_and_patients(book, staff, patient_factory, other_practice):
    theirs = Chair.objects.create(practice=other_practice, name="Theirs")
    with pytest.raises(BadInput, match="chair"):
        book(patient_factory(), chair_id=theirs.id)
    with pytest.raises(BadInput, match="works here"):
        book(patient_factory(), staff_id=staff("therapist", at=other_practice).account_id)
    with pytest.raises(NotPermitted):
        book(patient_factory(at=other_practice))
    with pytest.raises(NotPermitted):
        book(patient_factory(), by=staff("researcher"))


def test_another_practice_neither_sees_nor_changes_it(book, staff, patient_factory, other_practice):
    made = book(patient_factory())
    with acting_as(staff("admin", at=other_practice)) as stranger:
        assert not Appointment.objects.exists()
        with pytest.raises(NotFound):
            change_appointment(by=stranger, appointment_id=made.id, event=Event.ARRIVE)
