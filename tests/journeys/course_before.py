"""The way to a treatment: invited, referred, screened, prepared, with consent."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE, TABLET, Visitor
from tests.journeys.walking import Clock, Walker

PASSWORD = "a quiet harbour at dawn"
HARBOR = "Harbor KAP Clinic"
CHICAGO = ZoneInfo("America/Chicago")
WELL, BADLY = 1, 4  # the digit that answers: the first answer is the best, the fourth the worst
RIGHT_TO_LEFT = "Two years low; two medicines did not help. مرحبا"


class People:
    """Everybody on the way, each with a device, and the clock that they live by."""

    def __init__(
        self,
        visitor: Callable[..., Walker],
        at: str,
        clock: Clock,
        *,
        given: str = "Nadia",
        letters: int = 9,
        more: str = "",
    ) -> None:
        """``letters``: how long the family's name is; ``more`` is added to every word that anybody writes."""
        self.given, self.more = given, more
        name = random.choices(string.ascii_lowercase, k=letters)  # like nobody who is there
        self.family = "".join(name).title()
        self.name = f"{given} {self.family}"
        self.email = f"nadia.{self.family[:9].lower()}@example.org"
        self.clock = clock
        self.therapist = visitor("therapist", DESK, at=at, kind=Walker)
        self.prescriber = visitor("prescriber", DESK, at=at, kind=Walker)
        self.monitor = visitor("monitor", TABLET, at=at, kind=Walker)
        # She travels: her phone's clock is no one else's, and every time on it is the practice's, with its zone.
        self.patient = visitor("patient", PHONE, at=at, kind=Walker, timezone_id="Asia/Tokyo")
        for person, name in self.staff():
            person.enter_as(name)

    def staff(self) -> Iterable[tuple[Walker, str]]:
        return (
            (self.therapist, "Elena Marsh"),
            (self.prescriber, "Dr. Daniel Cho"),
            (self.monitor, "Luis Ortega"),
        )

    def everybody(self) -> Iterable[Walker]:
        return (self.therapist, self.prescriber, self.monitor, self.patient)

    def on_another_day(self, *, days: int = 1, hour: int, minute: int = 0) -> None:
        """Days later: browsers were closed overnight, and everybody signs in again."""
        self.clock.put_to((self.here() + timedelta(days=days)).replace(hour=hour, minute=minute))
        self._sign_in_again()

    def later(self, **by: float) -> None:
        """Hours later, or a long while: whoever does not click is signed out."""
        self.clock.put_on(**by)
        self._sign_in_again()

    def _sign_in_again(self) -> None:
        """At doors that were looked at when everybody came in first."""
        for person, name in self.staff():
            person.context.clear_cookies()
            Visitor.enter_as(person, name)
        self.patient.context.clear_cookies()
        phone = self.patient.open("/me/")
        if self.patient.unseen():
            self.patient.arrive()  # the door, the first time
        phone.get_by_label("Email").fill(self.email)
        phone.get_by_label("Password").fill(PASSWORD)
        phone.get_by_role("button", name="Sign in").press("Enter")
        phone.wait_for_url("**/me/")

    def say(self, words: str) -> str:
        """What somebody writes."""
        return f"{words} {self.more}".strip()

    def here(self) -> datetime:
        """The moment on the clock of the practice that treats."""
        return self.clock.now().astimezone(CHICAGO)


def therapist_adds_and_invites(people: People) -> str:
    page = people.therapist.go("/patients/new/")
    page.get_by_label("Given names").fill(people.given)
    page.get_by_label("Family name").fill(people.family)
    page.get_by_label("Birth date (optional)").fill("1988-04-09")
    page.get_by_label("Sex").select_option("female")
    people.therapist.press("Add the patient")
    chart = page.url.removeprefix(people.therapist.url).split("?")[0]
    people.therapist.go(f"{chart}invite/")
    page.get_by_label("e-mail address").fill(people.email)
    people.therapist.press("Make the invitation", "course-invited")
    link = re.search(r"/invitation/[\w-]+/", page.content())
    assert link
    phone = people.patient.go(link[0], "course-invitation")
    phone.get_by_label("Choose a password").fill(PASSWORD)
    phone.get_by_label("The same password again").fill(PASSWORD)
    people.patient.by_keyboard(phone.get_by_role("button", name="Accept and go on"))
    return chart


def refer(people: People, chart: str) -> None:
    page = people.therapist.go(f"{chart}refer/", "course-refer")
    page.get_by_label(HARBOR).check()
    page.get_by_label("Why do you refer this person?").fill(people.say(RIGHT_TO_LEFT))
    for group in ("What may that practice see of this chart?", "What may you see of that practice's chart?"):
        for box in page.get_by_role("group", name=group).get_by_role("checkbox").all():
            box.check()
    page.get_by_label("They are asked on their own phone").check()
    people.therapist.press("Refer", "course-referred")
    phone = people.patient.go("/me/", "course-home-asked")
    people.patient.by_keyboard(phone.get_by_role("main").get_by_role("link"), "course-agree")
    people.patient.by_keyboard(phone.get_by_role("button", name="Yes, I agree"))


def accept(people: People) -> str:
    page = people.prescriber.today("referral", people.name, "course-decide-referral")
    people.prescriber.press("Accept, and begin the screening")
    people.prescriber.today("screening", people.name)
    course = re.search(r"/courses/[0-9a-f-]{36}/", page.url)
    assert course
    people.therapist.go(course[0], "course-page")  # both see the course now
    return course[0]


def screen(people: People, course: str) -> None:
    page = people.monitor.go(f"{course}screening/vitals/", "course-vitals")
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
    people.monitor.press("Save")
    people.monitor.go(f"{course}screening/history/", "course-history")
    for question in page.locator("fieldset.asked").all():
        can_consent = question.locator('input[name*="can-consent"]').count()
        question.get_by_text("Yes" if can_consent else "No", exact=True).click()
    people.monitor.press("Save")
    page = people.prescriber.go(f"{course}screening/plan/", "course-plan")
    page.locator('input[name="plan"][value*="esketamine"]').first.check()
    people.prescriber.press("Save")
    people.prescriber.go(f"{course}screening/", "course-screening")
    people.prescriber.go(f"{course}screening/decide/", "course-screening-decide")
    for box in page.locator('input[name="weighed"]').all():
        box.check()
    page.get_by_role("radio", name="Eligible", exact=True).check()
    reason = people.say("Two adequate trials, nothing against it, a therapist on board.")
    page.locator("#id_reason").fill(reason)
    people.prescriber.press("Decide")
    assert "/decide/" not in page.url, page.locator(".notice, .field__error").all_inner_texts()


def consent(people: People, course: str) -> None:
    people.prescriber.go(f"{course}consent/")
    people.prescriber.press("Offer the consent", "course-consent-offered")
    phone = people.patient.go("/me/", "course-home-consent")
    people.patient.by_keyboard(phone.get_by_role("main").locator('a[href*="/me/consent/"]'))
    people.patient.by_keyboard(phone.get_by_role("link", name="Begin to read"), "course-consent-chapter")
    while "/read/" in phone.url:
        people.patient.by_keyboard(phone.get_by_role("button", name="Next"))
    people.patient.arrive("course-consent-question")
    while "/question/" in phone.url:
        answer_until_right(people.patient)
    people.patient.arrive("course-consent-sign")
    phone.get_by_label("Type your full name").fill(people.name)
    phone.get_by_label("I agree").press("Space")
    people.patient.by_keyboard(phone.get_by_role("button", name="Sign"), "course-consent-signed")


def answer_until_right(patient: Walker) -> None:
    """A question after reading: tried, explained, tried again; then on to the next."""
    phone, question = patient.page, patient.page.url
    for choice in range(6):
        if phone.get_by_role("link", name="Next").count():
            patient.by_keyboard(phone.get_by_role("link", name="Next"))
            return
        if phone.url != question:
            return
        phone.get_by_role("radio").nth(choice).press("Space")
        patient.by_keyboard(phone.get_by_role("button", name=re.compile("Check|Try again")))


def intentions(people: People) -> None:
    phone = people.patient.go("/me/intentions/")
    if phone.url.removeprefix(people.patient.url) == "/me/intentions/":
        people.patient.by_keyboard(phone.get_by_role("main").get_by_role("link"))
    phone.get_by_label("What do you hope to achieve?").fill(people.say("To wake up without dread."))
    phone.get_by_label("What would you like to see change?").fill(people.say("To sing again."))
    phone.get_by_label(re.compile("session")).first.press("Space")
    people.patient.arrive("course-intentions")
    people.patient.by_keyboard(phone.get_by_role("main").get_by_role("button", name="Save"))


def answer_all(patient: Walker, digits: dict[str, int]) -> None:
    """Whatever the home asks for now, by keyboard alone: a digit chooses, and the next question comes by itself.

    ``digits``: by instrument, which answer each question gets; the question about suicide gets the first.
    """
    phone = patient.go("/me/")
    for _ in digits:
        patient.by_keyboard(phone.get_by_role("main").locator('a[href*="/me/answer/"]'))
        name = next(one for one in digits if phone.get_by_text(f"{one}:").count())
        answer(phone, digits[name])
        patient.by_keyboard(phone.get_by_role("button", name="Send my answers"))
        phone.wait_for_url("**/me/answered/**")
        patient.go("/me/")


def answer(phone: Page, digit: int) -> None:
    steps = phone.locator("[data-step]")
    for number in range(steps.count()):
        question = steps.nth(number)
        expect(question).to_be_visible()
        words = question.inner_text()
        phone.keyboard.press("1" if re.search("dead|not want to live|call", words) else str(digit))
        expect(question.get_by_role("radio", checked=True, include_hidden=True)).to_have_count(1)
