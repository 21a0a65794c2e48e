"""One person through the whole course of care: a patient on a phone, a therapist and a prescriber at desks of two
practices, a monitor with a tablet. Every page that anybody opens is looked at by axe, the patient's part is done by
keyboard alone, and the clock goes on from the first dose to a relapse weeks later.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys import course_before, course_dosing, course_relief
from tests.journeys.conftest import serving
from tests.journeys.course_before import BADLY, People
from tests.journeys.walking import Clock, Walker

LONG = f"{'هذا نص طويل جدا، ' * 25} {'m' * 240} {'שלום ' * 30}"


@pytest.fixture(scope="module")
def clocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Clock]]:
    """A server whose clock the journey moves; ``UPWELL_SERVED`` and ``UPWELL_JOURNEY_CLOCK`` name one that runs."""
    running, named = os.environ.get("UPWELL_SERVED"), os.environ.get("UPWELL_JOURNEY_CLOCK")
    if running and named:
        yield running, Clock(Path(named))
        return
    file = tmp_path_factory.mktemp("clock") / "ahead"
    file.write_text("0")
    with serving(file) as url:
        yield url, Clock(file)


def test_from_referral_to_relief(visitor: Callable[..., Walker], clocked: tuple[str, Clock]) -> None:
    people = People(visitor, *clocked)
    chart = course_before.therapist_adds_and_invites(people)
    course_before.refer(people, chart)
    course = course_before.accept(people)
    course_before.screen(people, course)
    course_before.consent(people, course)
    course_before.answer_all(people.patient, {"PHQ-9": BADLY, "GAD-7": BADLY})  # what all is held against
    course_before.intentions(people)
    course_dosing.book_the_day(people, course)
    course_dosing.dosing_day(people, course)
    course_relief.first_hours(people, course)
    course_relief.book_integration(people, course)
    course_relief.next_day(people)
    course_relief.integration(people, course)
    course_relief.missed_one_is_followed_up(people, course)
    course_relief.relief(people, course)
    course_relief.maintenance(people, course)
    course_relief.sharing_ends(people, course)
    for one in people.everybody():
        assert one.unseen() == set(), one.name


def test_very_long_and_right_to_left(visitor: Callable[..., Walker], clocked: tuple[str, Clock]) -> None:
    """Another name and other words, everywhere: no page grows wider than its window, and nothing is cut off."""
    people = People(visitor, *clocked, given="نادية عبد الرحمن", letters=70, more=LONG)
    chart = course_before.therapist_adds_and_invites(people)
    course_before.refer(people, chart)
    course = course_before.accept(people)
    course_before.screen(people, course)
    course_before.consent(people, course)
    course_before.intentions(people)
    course_dosing.book_the_day(people, course)
    session = course_dosing.comes_in(people)
    course_dosing.order(people, session)
    course_dosing.says_at_the_chair(people, session)
    for path in (session, f"{session}log/", f"{session}watch/", course, f"{course}intentions/", "/calendar/"):
        people.prescriber.go(path)
    people.therapist.go(course, "course-page-long")
    for path in ("/me/", "/me/course/", "/me/intentions/", "/me/sharing/", "/me/looks/", "/me/appointments/"):
        people.patient.go(path)
    people.patient.go("/me/", "course-home-long")
    for one in people.everybody():
        assert one.unseen() == set(), one.name
