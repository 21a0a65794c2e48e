"""One person through the whole course of care: a patient on a phone, a therapist and a prescriber at desks of two
practices, a monitor with a tablet; every page is looked at by axe, and the patient's part is done by keyboard alone.
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import DESK, PHONE, TABLET, Visitor

PASSWORD = "a quiet harbour at dawn"
HARBOR = "Harbor KAP Clinic"
CHICAGO = ZoneInfo("America/Chicago")


class People:
    """Everybody on the way, each with a device."""

    def __init__(self, visitor: Callable[..., Visitor]) -> None:
        self.family = "".join(random.choices(string.ascii_lowercase, k=9)).title()  # like nobody who is there
        self.name = f"Nadia {self.family}"
        self.email = f"nadia.{self.family.lower()}@example.org"
        self.therapist = visitor("therapist", DESK)
        self.prescriber = visitor("prescriber", DESK)
        self.monitor = visitor("monitor", TABLET)
        self.patient = visitor("patient", PHONE)
        self.therapist.enter_as("Elena Marsh")
        self.prescriber.enter_as("Dr. Daniel Cho")
        self.monitor.enter_as("Luis Ortega")


def by_keyboard(target: Locator) -> None:
    """Press what has the focus, as somebody without a mouse or a touch screen does."""
    target.focus()
    target.press("Enter")


def today_line(person: Visitor, words: str, name: str) -> None:
    """From Today to where the thing is done."""
    person.open("/today/")
    person.page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    line = person.page.get_by_role("listitem").filter(has_text=name).filter(has_text=words).first
    line.get_by_role("link").first.click()
    person.page.wait_for_load_state("networkidle")


def test_from_referral_to_relief(visitor: Callable[..., Visitor]) -> None:
    people = People(visitor)
    chart = therapist_adds_and_invites(people)
    refer(people, chart)
    course = accept(people)
    screen(people, course)
    consent_and_intentions(people, course)
    dosing_day(people, course)
    relief(people, course)
    integration(people, course)
    maintenance(people, course)
    sharing_ends(people, course)


def therapist_adds_and_invites(people: People) -> str:
    page = people.therapist.open("/patients/new/")
    page.get_by_label("Given names").fill("Nadia")
    page.get_by_label("Family name").fill(people.family)
    page.get_by_label("Birth date (optional)").fill("1988-04-09")
    page.get_by_label("Sex").select_option("female")
    page.get_by_role("button", name="Add the patient").click()
    page.wait_for_url(re.compile(r"/patients/[0-9a-f-]{36}/"))
    chart = page.url.removeprefix(people.therapist.url).split("?")[0]
    people.therapist.open(f"{chart}invite/")
    page.get_by_label("e-mail address").fill(people.email)
    page.get_by_role("button", name="Make the invitation").click()
    page.wait_for_load_state("networkidle")
    people.therapist.check("course-invited")
    link = re.search(r"/invitation/[\w-]+/", page.content())
    assert link
    phone = people.patient.open(link[0])
    people.patient.check("course-invitation")
    phone.get_by_label("Choose a password").fill(PASSWORD)
    phone.get_by_label("The same password again").fill(PASSWORD)
    by_keyboard(phone.get_by_role("button", name="Accept and go on"))
    phone.wait_for_load_state("networkidle")
    people.patient.open("/me/")
    return chart


def refer(people: People, chart: str) -> None:
    page = people.therapist.open(f"{chart}refer/")
    people.therapist.check("course-refer")
    page.get_by_label(HARBOR).check()
    page.get_by_label("Why do you refer this person?").fill(
        "Two years low; two medicines did not help. مرحبا"
    )
    for group in ("What may that practice see of this chart?", "What may you see of that practice's chart?"):
        for box in page.get_by_role("group", name=group).get_by_role("checkbox").all():
            box.check()
    page.get_by_label("They are asked on their own phone").check()
    page.get_by_role("button", name="Refer").last.click()
    page.wait_for_load_state("networkidle")
    people.therapist.check("course-referred")
    phone = people.patient.open("/me/")
    people.patient.check("course-home-asked")
    by_keyboard(phone.get_by_role("main").get_by_role("link").first)
    phone.wait_for_url("**/me/referrals/**")
    people.patient.check("course-agree")
    by_keyboard(phone.get_by_role("button", name="Yes, I agree"))
    phone.wait_for_load_state("networkidle")


def accept(people: People) -> str:
    today_line(people.prescriber, "referral", people.name)
    people.prescriber.check("course-decide-referral")
    page = people.prescriber.page
    page.get_by_role("button", name="Accept, and begin the screening").click()
    page.wait_for_load_state("networkidle")
    today_line(people.prescriber, "screening", people.name)
    course = re.search(r"/courses/[0-9a-f-]{36}/", page.url)
    assert course
    people.therapist.open(course[0])  # both see the course now
    people.therapist.check("course-page")
    return course[0]


def screen(people: People, course: str) -> None:
    page = people.monitor.open(f"{course}screening/vitals/")
    people.monitor.check("course-vitals")
    for label, value in (
        ("Systolic", "118"),
        ("Diastolic", "74"),
        ("Heart rate", "70"),
        ("Oxygen", "99"),
        ("Respiratory", "14"),
        ("Temperature", "36.6"),
        ("Weight", "64"),
    ):
        page.get_by_label(label).first.fill(value)
    page.get_by_role("button", name="Save").click()
    page.wait_for_load_state("networkidle")
    page = people.monitor.open(f"{course}screening/history/")
    people.monitor.check("course-history")
    for question in page.locator("fieldset.asked").all():
        can_consent = question.locator('input[name*="can-consent"]').count()
        question.get_by_text("Yes" if can_consent else "No", exact=True).click()
    page.get_by_role("button", name="Save").click()
    page.wait_for_load_state("networkidle")
    page = people.prescriber.open(f"{course}screening/plan/")
    people.prescriber.check("course-plan")
    page.locator('input[name="plan"][value*="esketamine"]').first.check()
    page.get_by_role("button", name="Save").click()
    page.wait_for_load_state("networkidle")
    people.prescriber.open(f"{course}screening/")
    people.prescriber.check("course-screening")
    page = people.prescriber.open(f"{course}screening/decide/")
    people.prescriber.check("course-screening-decide")
    for box in page.locator('input[name="weighed"]').all():
        box.check()
    page.get_by_role("radio", name="Eligible", exact=True).check()
    page.locator("#id_reason").fill("Two adequate trials, nothing against it, a therapist on board.")
    page.get_by_role("button", name="Decide").click()
    page.wait_for_load_state("networkidle")
    assert "/decide/" not in page.url, page.locator(".notice, .field__error").all_inner_texts()


def consent_and_intentions(people: People, course: str) -> None:
    page = people.prescriber.open(f"{course}consent/")
    page.get_by_role("button", name="Offer the consent").click()
    page.wait_for_load_state("networkidle")
    people.prescriber.check("course-consent-offered")
    phone = people.patient.open("/me/")
    people.patient.check("course-home-consent")
    by_keyboard(phone.get_by_role("main").locator('a[href*="/me/consent/"]').first)
    phone.wait_for_url("**/me/consent/**")
    by_keyboard(phone.get_by_role("link", name="Begin to read"))
    while "/read/" in settled(phone):
        if "/read/1/" in phone.url:
            people.patient.check("course-consent-chapter")
        by_keyboard(phone.get_by_role("button", name="Next"))
    people.patient.check("course-consent-question")
    while "/question/" in settled(phone):
        answer_until_right(phone)
    people.patient.check("course-consent-sign")
    phone.get_by_label("Type your full name").fill(people.name)
    phone.get_by_label("I agree").press("Space")
    by_keyboard(phone.get_by_role("button", name="Sign"))
    settled(phone)
    people.patient.check("course-consent-signed")
    people.patient.open("/me/intentions/")
    if phone.url.removeprefix(people.patient.url) == "/me/intentions/":
        by_keyboard(phone.get_by_role("main").get_by_role("link").first)
        settled(phone)
    phone.get_by_label("What do you hope to achieve?").fill("To wake up without dread.")
    phone.get_by_label("What would you like to see change?").fill("To sing again.")
    phone.get_by_label(re.compile("session")).first.press("Space")
    people.patient.check("course-intentions")
    by_keyboard(phone.get_by_role("main").get_by_role("button", name="Save").first)
    settled(phone)


def settled(page: Page) -> str:
    """The address, once the page has come to rest."""
    page.wait_for_load_state("networkidle")
    return page.url


def answer_until_right(phone: Page) -> None:
    """A question after reading: tried, explained, tried again; then on to the next."""
    number = phone.url
    for choice in range(6):
        if phone.get_by_role("link", name="Next").count():
            by_keyboard(phone.get_by_role("link", name="Next"))
            return
        if settled(phone) != number:
            return
        phone.get_by_role("radio").nth(choice).press("Space")
        by_keyboard(phone.get_by_role("button", name=re.compile("Check|Try again")))
        settled(phone)


def minutes_ago(minutes: int) -> str:
    """A moment on the practice's clock, as a date-and-time field takes it."""
    return (datetime.now(CHICAGO) - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M")


def dosing_day(people: People, course: str) -> None:
    page = people.prescriber.open(f"{course}move/begin-induction/")
    page.get_by_role("button", name="Begin induction").click()
    settled(page)
    chart = page.get_by_role("link", name="Chart").get_attribute("href")
    book_ahead(people, f"{chart}appointments/new/")
    page = people.monitor.open(f"{course}sessions/new/")
    people.monitor.check("course-session-new")
    page.get_by_label("Chair").select_option(label="Room with the bed")
    page.get_by_role("button", name="Open the session").click()
    page.wait_for_url("**/sessions/**")
    session = page.url.removeprefix(people.monitor.url)
    record(people.monitor, "The person is here", "arrived", minutes_ago(170))
    before_the_dose(people, session)
    people.therapist.open(f"{course}")
    people.prescriber.open(f"{session}watch/")
    people.prescriber.check("course-second-screen")
    people.monitor.open(session)
    page.get_by_label("Dose mg").fill("28")
    page.get_by_label("Device number").fill("1")
    page.on("dialog", lambda dialog: dialog.accept())
    record(people.monitor, "Given", "dose", minutes_ago(150))
    expect(people.prescriber.page.get_by_text("28 mg").first).to_be_visible()  # live, on the other screen
    people.monitor.check("course-bedside")
    people.prescriber.check("course-second-screen-dosing")
    goes_home(people, session)


def book_ahead(people: People, address: str) -> None:
    page = people.monitor.open(address)
    people.monitor.check("course-book")
    page.get_by_label("What for").select_option("dosing")
    page.get_by_label("Day").fill(
        (datetime.now(CHICAGO) + timedelta(days=random.randint(2, 40))).strftime("%Y-%m-%d")
    )
    page.get_by_label("Time").fill("09:00")
    page.get_by_label("Chair").select_option(label="Room with the bed")
    page.get_by_role("button", name="Book").last.click()
    settled(page)
    people.monitor.check("course-booked")


def record(person: Visitor, button: str, form: str, at: str = "") -> None:
    """Something that is written down at the bedside, now or with its own time."""
    page = person.page
    place = page.locator("form").filter(has=page.get_by_role("button", name=button, exact=True)).first
    if at:
        place.get_by_text("It was earlier").click()
        place.locator(f'[id^="{form}"][id$="observed"]').fill(at)
    place.get_by_role("button", name=button, exact=True).click()
    expect(page.locator("[data-outbox-status]")).to_contain_text(re.compile("Written down|Recorded"))
    settled(page)


def before_the_dose(people: People, session: str) -> None:
    page = people.prescriber.open(f"{session}order/")
    page.get_by_label("Protocol").select_option("esketamine-trd")
    page.get_by_label("Dose mg").fill("56")
    page.get_by_role("button", name="Work it out").click()
    settled(page)
    people.prescriber.check("course-order")
    page.get_by_role("button", name=re.compile("Sign the order")).click()
    settled(page)
    page = people.monitor.open(f"{session}gate/")
    people.monitor.check("course-gate")
    vitals(page, "118", "74")
    page.locator("#id_escort_named_0").check()
    page.get_by_label("Who?").fill("Her sister Mira")
    page.get_by_label("Last food").fill(minutes_ago(600))
    page.get_by_label("Last drink").fill(minutes_ago(300))
    for one in ("benzodiazepine", "hypnotic", "opioid", "stimulant", "maoi"):
        page.locator(f'[id="id_concomitant.{one}_1"]').check()
    page.locator("#id_pregnancy_test_0").check()
    page.locator("#id_suicide_risk_0").check()
    for one in (
        "new_psychosis_or_mania_1",
        "bp_rise_serious_hazard_1",
        "rems_site_certified_0",
        "rems_patient_enrolled_0",
    ):
        page.locator(f"#id_{one}").check()
    page.get_by_role("button", name="Write down and ask the rules").click()
    settled(page)
    page = people.prescriber.open(f"{session}gate/")
    for reason in page.locator("textarea[id^=id_reason]").all():
        reason.fill("Looked at, and weighed with her.")
    people.prescriber.check("course-gate-decision")
    page.get_by_role("button", name="Go", exact=True).click()
    settled(page)
    assert not page.locator(".notice--danger").count(), page.locator(".notice--danger").all_inner_texts()


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
    page.get_by_label("Dose mg").fill("28")
    page.get_by_label("Device number").fill("2")
    record(people.monitor, "Given", "dose", minutes_ago(145))
    awake = page.get_by_label("5 · Responds readily to name in normal tone").first
    awake.check()
    place = page.locator("form").filter(has=awake).first
    place.get_by_text("It was earlier").click()
    place.locator('[id$="observed"]').fill(minutes_ago(20))
    place.get_by_role("button", name="Write down").click()
    settled(page)
    page = people.monitor.open(f"{session}leave/")
    people.monitor.check("course-leave")
    measured = page.get_by_role("region", name="Vital signs")
    vitals(measured, "116", "72")
    measured.get_by_role("button", name="Write down").click()
    settled(page)
    for label in ("5 · Responds readily to name in normal tone", "0 · Alert and calm"):
        page.get_by_label(label).check()
        page.locator("form").filter(has=page.get_by_label(label)).get_by_role("button").click()
        settled(page)
    for item in range(1, 6):
        page.locator(f"#recovery--item-{item}").select_option("2")
    page.locator("form").filter(has=page.locator("#recovery--item-1")).get_by_role("button").click()
    settled(page)
    for one in (
        "oriented",
        "walks-unaided",
        "dissociation",
        "suicidal-intent",
        "written-instructions",
        "contact-number",
    ):
        page.locator(f"#id_{one}_0").check()
    page.get_by_label("Escort: who is here").fill("Her sister Mira")
    page.get_by_role("button", name="Discharge").click()
    settled(page)
    assert not page.locator(".notice--danger").count(), page.locator(".notice--danger").all_inner_texts()
    people.monitor.check("course-discharged")
    phone = people.patient.open("/me/")
    people.patient.check("course-home-after")
    expect(phone.get_by_text(re.compile("driv", re.IGNORECASE)).first).to_be_visible()


def relief(people: People, course: str) -> None:
    """Both practices see the dose on the course; the check-ins wait for their hour."""
    people.therapist.open(course)
    people.therapist.check("course-after-dose")
    people.prescriber.open(f"{course}measures/")
    people.prescriber.check("course-measures")
    expect(people.prescriber.page.get_by_text(re.compile("24 hours")).first).to_be_visible()


def maintenance(people: People, course: str) -> None:
    """The rule for a relapse is declared before maintenance begins."""
    page = people.prescriber.open(f"{course}relapse-rule/")
    people.prescriber.check("course-relapse-rule")
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Declare").click()
    settled(page)
    page = people.prescriber.open(f"{course}move/begin-maintenance/")
    page.get_by_label("Why?").fill("Better, and steady.")
    page.get_by_role("button", name="Begin maintenance").click()
    settled(page)
    people.prescriber.check("course-in-maintenance")


def integration(people: People, course: str) -> None:
    """The therapist writes the visit; the patient keeps a practice and a journal of their own."""
    page = people.therapist.open(f"{course}integration/new/")
    people.therapist.check("course-visit")
    page.get_by_label("What came up").fill("Water, and her grandmother's kitchen.")
    page.get_by_label("Yes, I asked").check()
    page.get_by_label("No thoughts of suicide").check()
    page.get_by_role("button", name="Sign the note").click()
    settled(page)
    people.therapist.check("course-visit-signed")
    phone = people.patient.open("/me/journal/new/")
    people.patient.check("course-journal")
    phone.get_by_role("textbox").first.fill("I slept through.")
    by_keyboard(phone.get_by_role("main").get_by_role("button", name="Save").first)
    settled(phone)
    assert "I slept through." not in people.therapist.open(course).content()


def sharing_ends(people: People, course: str) -> None:
    """The patient ends the sharing: the therapist's practice sees the course no more."""
    phone = people.patient.open("/me/sharing/")
    people.patient.check("course-sharing")
    assert people.therapist.open(course).get_by_role("heading", name=people.name).is_visible()
    shared = phone.get_by_role("region", name=f"What Tidewater Psychotherapy sees of your record at {HARBOR}")
    by_keyboard(shared.get_by_role("button", name="Stop My course of care"))
    by_keyboard(phone.get_by_role("button", name="Yes, go on"))  # asked once more
    settled(phone)
    answer = people.therapist.page.goto(people.therapist.url + course)
    assert answer is not None
    assert answer.status == 404
    people.therapist.problems.clear()  # the browser itself notes the 404
