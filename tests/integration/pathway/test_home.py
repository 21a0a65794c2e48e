"""A person's home: one next thing, what comes after, who has the ball, and what holds after a dose."""

from __future__ import annotations

from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from tests.integration.pathway.integration_people import course_at, shared  # noqa: F401
from tests.integration.pathway.test_integration_visits import dosed
from tests.people import account_of
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.base.clock import now, playing_at
from upwell.pathway.calendar.models import Appointment
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import State

pytestmark = [pytest.mark.django_db, pytest.mark.once]
CHICAGO = ZoneInfo("America/Chicago")


def text_of(client, name="me") -> str:
    return unescape(client.get(reverse(name)).content.decode())


def booked(chart, course=None, **into):
    start = now() + timedelta(**into)
    with acting_as(system_actor("set-up", chart.practice_id)):
        return Appointment.objects.create(
            practice_id=chart.practice_id,
            patient=chart,
            course=course,
            kind="screening",
            starts_at=start,
            ends_at=start + timedelta(hours=1),
        )


def test_what_can_be_done_now_comes_before_what_is_booked(asked, alex, alex_browses):
    booked(alex, days=3)
    text = text_of(alex_browses)
    order = ("Your next step", "Toni Asks", "Start", "After that", "Come to the screening visit")
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_with_nothing_to_do_what_is_coming_is_said(alex, alex_browses):
    booked(alex, days=3)
    text = text_of(alex_browses)
    assert "There is nothing to do right now." in text
    assert text.index("Coming up") < text.index("Come to the screening visit")


def test_what_has_no_day_is_the_next_step_when_nothing_presses(alex, alex_browses):
    booked(alex, course_at(alex, State.PREPARATION), days=3)
    text = text_of(alex_browses)
    assert "nothing to do right now" not in text
    assert (
        text.index("Your next step") < text.index("Write down what you hope for") < text.index("After that")
    )


@pytest.mark.parametrize("name", ["me", "my_course"])
def test_an_appointment_has_one_time_and_its_zone_whatever_clock_the_page_lives_by(alex, alex_browses, name):
    """Somebody of two practices, or on a journey: the time is that of the place where they are expected."""
    course = course_at(alex, State.PREPARATION)
    booked(alex, course, days=1)
    text = text_of(alex_browses, name)
    assert "(Chicago, C" in text
    assert "tomorrow" not in text[text.index("Come to the screening visit") :][:200]


def test_who_has_the_ball_is_said_in_plain_words(alex, alex_browses):
    course_at(alex, State.SCREENING)
    for name in ("me", "my_course"):
        text = text_of(alex_browses, name)
        assert "finding out if this treatment is right and safe for you" in text
        assert "Your prescriber is looking at what you told us" in text


def test_a_course_that_is_over_is_still_there(alex, alex_browses):
    course = course_at(alex)
    with acting_as(system_actor("set-up", alex.practice_id)):
        Course.objects.filter(id=course.id).update(state="closed", closed_as="completed", closed_at=now())
    assert "You have completed this course of care." in text_of(alex_browses)
    assert "You have completed this course of care." in text_of(alex_browses, "my_course")
    course_at(alex, State.SCREENING)  # a second course
    assert "You have completed this course of care." not in text_of(alex_browses)
    assert "You have completed this course of care." in text_of(alex_browses, "my_course")


def test_without_a_course_nothing_is_missing(alex_browses):
    assert "Your next step" in text_of(alex_browses)
    assert "No course of care yet" in text_of(alex_browses, "my_course")


def test_two_practices_are_one_home(shared, client_as):  # noqa: F811
    client = client_as(shared.person)
    text = text_of(client)
    assert "Harbor Clinic" in text
    assert "Tidewater Therapy" in text
    assert text.count("Your treatment has begun.") == 1


@pytest.mark.parametrize(
    ("dose", "looked", "said", "not_said"),
    [
        ("2026-03-02T10:00", "2026-03-02T15:00", "Don't drive until tomorrow", "You may drive again"),
        ("2026-03-02T10:00", "2026-03-02T23:59", "Don't drive until tomorrow", "You may drive again"),
        ("2026-03-02T10:00", "2026-03-03T00:01", "You may drive again if you have slept", "Don't drive"),
        ("2026-03-02T10:00", "2026-03-03T23:59", "You may drive again if you have slept", "Don't drive"),
        ("2026-03-02T10:00", "2026-03-04T00:01", "Your next step", "You may drive again"),
    ],
)
def test_what_holds_after_a_dose(alex, alex_browses, dose, looked, said, not_said):
    """By the calendar of the practice's clock (Chicago)."""
    course = course_at(alex)
    with playing_at(datetime.fromisoformat(dose).replace(tzinfo=CHICAGO)):
        dosed(course, timedelta(0))
    with playing_at(datetime.fromisoformat(looked).replace(tzinfo=CHICAGO)):
        text = text_of(alex_browses)
    assert said in text
    assert not_said not in text


def test_the_clock_is_that_of_the_practice_that_treats(alex, alex_browses, patient_factory, other_practice):
    """The older chart is in Chicago, the treatment in New York, where the day after the dose begins earlier."""
    treated = patient_factory("Rivera", "Alex", at=other_practice, account=alex.account)
    course, new_york = course_at(treated), ZoneInfo("America/New_York")
    with playing_at(datetime(2026, 3, 2, 10, tzinfo=new_york)):
        dosed(course, timedelta(0))
    with playing_at(datetime(2026, 3, 3, 0, 30, tzinfo=new_york)):
        assert "You may drive again if you have slept" in text_of(alex_browses)


def test_process_notes_and_drafts_are_not_on_the_persons_timeline(alex, alex_browses, staff):
    from tests.integration.pathway.test_integration_visits import write

    course, therapist = course_at(alex), staff("therapist")
    write(therapist, course, process="Mine alone.")
    assert "Integration visit" not in text_of(alex_browses, "my_course")
    write(therapist, course, sign=True, process="Mine alone.")
    text = text_of(alex_browses, "my_course")
    assert "Integration visit" in text
    assert "Mine alone." not in text


def test_the_way_about(alex_browses):
    text = text_of(alex_browses)
    nav = text.split('class="tabbar"')[1].split("</nav>")[0]
    places = [nav.index(reverse(name)) for name in ("my_course", "journal", "help_now")]
    assert places == sorted(places)


def test_a_prescriber_whose_name_is_closed_to_the_person_is_left_out(
    alex, alex_browses, staff, other_practice
):
    """Somebody who never worked where the person is in care: row security shows no log-in of theirs."""
    stranger = account_of(staff("prescriber", at=other_practice, name="Dr. Sam Stranger"))
    with acting_as(system_actor("set-up", alex.practice_id)):
        Course.objects.create(
            practice=alex.practice, patient=alex, state=State.INDUCTION, prescriber_id=stranger.id
        )
    assert "Dr. Sam Stranger" not in text_of(alex_browses)
