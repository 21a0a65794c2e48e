"""The dosing day: booked, arrived, ordered, asked, given, watched, home; on the practice's clock, minute by minute."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import Locator, Page, expect

from tests.journeys.course_before import People
from tests.journeys.walking import Walker

CHAIR = "Room with the bed"
AWAKE = "5 Responds readily to name in normal tone"
CALM = "0 Alert and calm"


def book_the_day(people: People, course: str) -> None:
    """The prescriber begins the induction; Today asks to book; the monitor books tomorrow at nine."""
    people.prescriber.go(f"{course}move/begin-induction/")
    people.prescriber.press("Begin induction")
    page = people.monitor.today("Book the first dosing session", people.name, "course-book")
    page.get_by_label("Day").fill(f"{people.here() + timedelta(days=1):%Y-%m-%d}")
    page.get_by_label("Time").fill("09:00")
    page.get_by_label("Chair").select_option(label=CHAIR)
    people.monitor.press("Book", "course-booked")
    phone = people.patient.go("/me/", "course-home-booked")
    expect(phone.get_by_text("dosing session").first).to_be_visible()
    people.patient.go("/me/appointments/", "course-own-appointments")
    expect(phone.get_by_text("9 a.m.").first).to_be_visible()
    expect(phone.get_by_text("Chicago").first).to_be_visible()


def comes_in(people: People) -> str:
    """The person comes, and the session is opened; its address."""
    people.on_another_day(hour=8, minute=50)
    people.patient.go("/me/", "course-home-morning")
    page = people.monitor.today("dosing session", people.name, "course-expected")
    people.monitor.press("Has arrived")
    people.monitor.today("Open the dosing session", people.name, "course-session-new")
    people.monitor.press("Open the session")
    return page.url.removeprefix(people.monitor.url)


def dosing_day(people: People, course: str) -> str:
    session = comes_in(people)
    order(people, session)
    checklist(people, session)
    decide(people, session)
    people.therapist.go(course)
    people.prescriber.go(f"{session}watch/", "course-second-screen")
    give(people, session)
    people.later(minutes=40)
    page = people.monitor.go(session)
    vitals(page, "132", "84")
    written(people.monitor, "Vital signs")
    people.later(minutes=85)
    people.monitor.go(session, "course-bedside-later")
    goes_home(people, session)
    return session


def order(people: People, session: str) -> None:
    page = people.prescriber.go(f"{session}order/")
    page.get_by_label("Protocol").select_option("esketamine-trd")
    page.get_by_label("Dose mg").fill("56")
    people.prescriber.press("Work it out", "course-order")
    people.prescriber.press(re.compile("Sign the order"))
    people.monitor.go(f"{session}order/check/", "course-order-check")
    people.monitor.press(re.compile("It is right"))


def checklist(people: People, session: str) -> None:
    page = people.monitor.go(session)
    people.monitor.press("The person is here")
    people.monitor.go(f"{session}gate/", "course-gate")
    vitals(page, "118", "74")
    page.locator("#id_escort_named_0").check()
    page.get_by_label("Who?").fill(people.say("Her sister Mira"))
    for label, hours in (("Last food", 10), ("Last drink", 5)):
        page.get_by_label(label).fill(f"{people.here() - timedelta(hours=hours):%Y-%m-%dT%H:%M}")
    for one in ("benzodiazepine", "hypnotic", "opioid", "stimulant", "maoi"):
        page.locator(f'[id="id_concomitant.{one}_1"]').check()
    for one in (
        "suicide_risk_0",
        "new_psychosis_or_mania_1",
        "bp_rise_serious_hazard_1",
        "rems_site_certified_0",
        "rems_patient_enrolled_0",
    ):
        page.locator(f"#id_{one}").check()
    people.monitor.press("Write down and ask the rules")


def decide(people: People, session: str) -> None:
    page = people.prescriber.go(f"{session}gate/", "course-gate-decision")
    unknown = page.get_by_text(re.compile("^Go on without knowing"))
    if unknown.count():  # what was left out of the work-up: decided on purpose, one by one
        unknown.click()
    for reason in page.locator("textarea[id^=id_reason]").all():
        reason.fill(people.say("Looked at, and weighed with her."))
    people.prescriber.press("Go")
    assert not page.locator(".notice--danger").count(), page.locator(".notice--danger").all_inner_texts()


def give(people: People, session: str) -> None:
    """Two devices, five minutes apart; each is on the second screen by itself."""
    page = people.monitor.go(session)
    for device in ("1", "2"):
        expect(page.get_by_label("Dose mg")).to_have_value("28")  # as ordered
        expect(page.get_by_label("Device number")).to_have_value(device)
        page.get_by_role("button", name="Given", exact=True).click()
        receipt(page)
        people.clock.put_on(minutes=5)
        people.monitor.go(session, "course-bedside")
    watch = people.prescriber.page
    expect(watch.get_by_text("56 mg").first).to_be_visible()  # live, on the other screen
    people.prescriber.arrive("course-second-screen-dosing")


def written(monitor: Walker, region: str) -> None:
    """Something that is written down at the bedside."""
    page = monitor.page
    page.get_by_role("region", name=region).get_by_role("button", name="Write down").click()
    receipt(page)
    monitor.arrive()


def says_at_the_chair(people: People, session: str) -> None:
    """A note, and an unwanted event, in words."""
    page = people.monitor.go(session)
    note = page.get_by_role("region", name="In words")
    note.get_by_label("In words").fill(people.say("She asks for the other blanket."))
    written(people.monitor, "In words")
    page.get_by_text("An unwanted event", exact=True).click()
    event = page.locator("form").filter(has=page.get_by_label("What happened", exact=True))
    event.get_by_label("What happened").fill(people.say("Nausea")[:500])
    event.get_by_label("What was done").fill(people.say("Waited with her."))
    event.get_by_role("button", name="Write down").click()
    receipt(page)
    people.monitor.arrive("course-bedside-long")


def receipt(page: Page) -> None:
    expect(page.locator("[data-outbox-status]")).to_contain_text(re.compile("Written down|Recorded"))


def vitals(place: Page | Locator, systolic: str, diastolic: str) -> None:
    for label, value in (
        ("Systolic", systolic),
        ("Diastolic", diastolic),
        ("Heart rate", "70"),
        ("SpO2 %", "99"),
        ("Breaths / min", "14"),
        ("Temperature °C", "36.6"),
    ):
        place.get_by_label(label).first.fill(value)


def goes_home(people: People, session: str) -> None:
    page = people.monitor.page
    page.get_by_role("button", name=AWAKE).click()
    receipt(page)
    people.clock.put_on(minutes=16)
    people.monitor.go(f"{session}leave/", "course-leave")
    measured = page.get_by_role("region", name="Vital signs")
    vitals(measured, "116", "72")
    people.monitor.press("Write down", within=measured)
    for rating in (AWAKE, CALM):
        people.monitor.press(rating)
    for item in range(1, 6):
        page.locator(f"#recovery--item-{item}").select_option("2")
    form = page.locator("form").filter(has=page.locator("#recovery--item-1"))
    people.monitor.press(re.compile("Write down"), within=form)
    for one in (
        "oriented",
        "walks-unaided",
        "dissociation",
        "suicidal-intent",
        "written-instructions",
        "contact-number",
    ):
        page.locator(f"#id_{one}_0").check()
    page.get_by_label("Escort: who is here").fill(people.say("Her sister Mira"))
    people.monitor.press("Discharge", "course-discharged")
    assert not page.locator(".notice--danger").count(), page.locator(".notice--danger").all_inner_texts()
    phone = people.patient.go("/me/", "course-home-after")
    expect(phone.get_by_text(re.compile("driv", re.IGNORECASE)).first).to_be_visible()
