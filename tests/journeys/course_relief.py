"""After the dose: check-ins, the integration visit, relief, maintenance, a relapse, and the end of the sharing."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import expect

from tests.journeys.course_before import BADLY, HARBOR, WELL, People, answer_all


def first_hours(people: People, course: str) -> None:
    """Four hours after the dose the phone asks how it is; the team reads it on the course page."""
    people.later(hours=1, minutes=30)
    people.patient.go("/me/", "course-home-check-in")
    answer_all(people.patient, {"Check-in": WELL})
    page = people.prescriber.go(course, "course-after-dose")
    expect(page.get_by_text("4 hours").first).to_be_visible()
    page = people.prescriber.go(f"{course}measures/", "course-measures")
    expect(page.get_by_text(re.compile("24 hours")).first).to_be_visible()


def book_integration(people: People, course: str) -> None:
    """The visit is proposed between 24 and 72 hours after the dose; the therapist books it inside."""
    page = people.therapist.today("Book the integration visit", people.name, "course-book-integration")
    expect(page.get_by_label("Day")).to_have_value(f"{people.here() + timedelta(days=2):%Y-%m-%d}")
    page.get_by_label("Time").fill("10:00")
    page.get_by_label("With").select_option(label="Elena Marsh")
    people.therapist.press("Book", "course-integration-booked")
    people.patient.go("/me/appointments/")
    expect(people.patient.page.get_by_text("Integration").first).to_be_visible()


def next_day(people: People) -> None:
    people.on_another_day(days=1, hour=9, minute=30)
    answer_all(people.patient, {"Check-in": WELL})


def integration(people: People, course: str) -> None:
    """The therapist holds the visit and writes about it; the patient keeps a journal of their own."""
    people.on_another_day(days=1, hour=9, minute=5)  # ten past ten where the therapist works
    people.therapist.today("integration visit", people.name, "course-integration-expected")
    people.therapist.press("Has arrived")
    people.later(hours=1)
    people.therapist.today("See: integration visit", people.name)
    people.therapist.press("Is over")
    people.therapist.today("Write about the integration visit", people.name, "course-visit")
    page = people.therapist.page
    page.get_by_label("What came up").fill("Water, and her grandmother's kitchen.")
    page.get_by_label("Yes, I asked").check()
    page.get_by_label("No thoughts of suicide").check()
    people.therapist.press("Sign the note", "course-visit-signed")
    phone = people.patient.go("/me/journal/new/", "course-journal")
    phone.get_by_role("textbox").first.fill("I slept through.")
    people.patient.by_keyboard(phone.get_by_role("main").get_by_role("button", name="Save"))
    assert "I slept through." not in people.therapist.go(course).content()


def missed_one_is_followed_up(people: People, course: str) -> None:
    """Nobody answered at 72 hours: the team asks after it, and writes down what was done."""
    people.on_another_day(days=3, hour=9, minute=0)
    page = people.prescriber.today(re.compile("which was missed"), people.name, "course-missed")
    page.get_by_label("What was done").fill("Called her: she slept well, and forgot the phone.")
    people.prescriber.press("Save", "course-followed-up")
    expect(
        page.get_by_text("Called her: she slept well").or_(page.get_by_text("followed up")).first
    ).to_be_visible()
    page = people.prescriber.go(course)
    expect(page.get_by_text("Called her: she slept well").first).to_be_visible()


def relief(people: People, course: str) -> None:
    """Two weeks after the dose the phone asks again; response, remission and the time to them are on the course."""
    people.on_another_day(days=9, hour=18, minute=0)
    answer_all(people.patient, {"PHQ-9": WELL, "GAD-7": WELL})
    page = people.therapist.go(course, "course-relief")
    expect(page.get_by_text("first seen 14 days after the first dose").first).to_be_visible()


def maintenance(people: People, course: str) -> None:
    """The rule for a relapse is declared before maintenance begins; a relapse then alerts both practices."""
    page = people.prescriber.today("Declare what will count as a relapse", people.name, "course-relapse-rule")
    page.get_by_role("radio", name="One score clearly worse than the best").check()
    people.prescriber.press("Declare")
    page = people.prescriber.go(f"{course}move/begin-maintenance/")
    page.get_by_label("Why?").fill("Better, and steady.")
    people.prescriber.press("Begin maintenance", "course-in-maintenance")
    people.on_another_day(days=14, hour=20)
    answer_all(people.patient, {"PHQ-9": BADLY, "GAD-7": BADLY})
    for person in (people.prescriber, people.therapist):
        page = person.today("Relapse", people.name, "course-relapse-alert")
        page.get_by_label("What was done").fill("Called her the same hour; a visit is agreed.")
        person.press("Close the alert")


def sharing_ends(people: People, course: str) -> None:
    """The patient ends the sharing: the therapist's practice sees the course no more."""
    phone = people.patient.go("/me/sharing/", "course-sharing")
    assert people.therapist.go(course).get_by_role("heading", name=people.name).is_visible()
    shared = phone.get_by_role("region", name=f"What Tidewater Psychotherapy sees of your record at {HARBOR}")
    people.patient.by_keyboard(shared.get_by_role("button", name="Stop My course of care"))
    people.patient.by_keyboard(phone.get_by_role("button", name="Yes, go on"))  # asked once more
    page = people.therapist.page
    answer = page.goto(people.therapist.url + course)
    assert answer is not None
    assert answer.status == 404
    people.therapist.problems.clear()  # the browser itself notes the 404
    people.therapist.arrive()
