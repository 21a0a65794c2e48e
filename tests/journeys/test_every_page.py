"""Every page of every role, at phone, tablet and desk size: axe, console, width, and a picture where asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import CHROMIUM, DESK, PATIENCE_MS, PHONE, QUIET, TABLET, Visitor

SIZES = (PHONE, TABLET, DESK)
OUTSIDE = ["/accounts/login/", "/help/", "/accounts/password/reset/", "/chaperone/", "/no-such-page/"]
ROLES = {
    "Maya Ferreira": [
        "/me/",
        "/me/course/",
        "/me/journal/",
        "/me/journal/new/",
        "/me/practices/",
        "/me/looks/",
        "/how-it-works/",
        "/help/",
        "/account/",
    ],
    "Ruth Adler": [
        "/today/",
        "/patients/",
        "/patients/?q=ferera",
        "/patients/new/",
        "/alerts/",
        "/tasks/",
        "/practice/staff/",
    ],
    "Luis Ortega": [
        "/today/",
        "/patients/",
        "/alerts/",
        "/incidents/",
        "/drug-book/",
        "/drug-book/register/",
        "/drug-book/enter/receipt/",
        "/drug-book/enter/waste/",
        "/drug-book/enter/inventory/",
        "/drug-book/enter/loss/",
        "/drug-book/enter/count/",
        "/drug-book/enter/return/",
        "/drug-book/enter/discrepancy/",
        "/drug-book/enter/opening/",
        "/chairs/board/",
        "/sessions/watching/",
    ],
    "Dr. Daniel Cho": ["/exposure/", "/exposure/?substance=racemic-ketamine", "/exposure/models/"],
    "Nora Beck": [
        "/today/",
        "/practice/",
        "/practice/staff/",
        "/practice/staff/invite/",
        "/practice/chairs/",
        "/practice/details/",
        "/practice/watch/",
        "/practice/two-persons/",
        "/practice/closed-days/",
        "/practice/staffing/",
        "/practice/remote/",
        "/practice/audit/",
        "/practice/drug-codes/",
        "/patients/",
    ],
    "Amara Diallo": ["/numbers/", "/exposure/models/"],
    "Dr. Ines Moreau": [
        "/today/",
        "/knowledge/",
        "/knowledge/why/predose.heart-rate/",
        "/knowledge/files/",
        "/knowledge/files/gates/predose.toml",
        "/knowledge/instruments/",
        "/knowledge/instruments/phq-9/",
    ],
}


def slug(name: str, path: str) -> str:
    return "-".join([*name.lower().split(), *path.strip("/").replace("?", "/").replace("=", "-").split("/")])


def test_pages_outside(visitor: Callable[..., Visitor]) -> None:
    someone = visitor("someone", PHONE)
    for path in OUTSIDE:
        someone.open(path)
        if path in {"/no-such-page/", "/chaperone/"}:
            someone.problems.clear()  # the browser itself notes that nothing is there
        someone.check(slug("outside", path), *SIZES)


@pytest.mark.parametrize("name", ROLES)
def test_pages_of_a_role(visitor: Callable[..., Visitor], name: str) -> None:
    person = visitor(name, PHONE)
    person.enter_as(name)
    for path in ROLES[name]:
        person.open(path)
        person.check(slug(name, path), *SIZES)


def test_pages_after_a_session(visitor: Callable[..., Visitor]) -> None:
    """The papers, the endings and an unwanted event that is serious, with its report."""
    monitor = visitor("after", PHONE)
    monitor.enter_as("Luis Ortega")
    monitor.open("/today/?all=yes")
    session = monitor.page.locator("main a[href*='/sessions/']").first.get_attribute("href") or ""
    session = "/".join(session.split("/")[:3]) + "/"
    for path in ("papers/", "rems/", "coding/", "call/", "end/", "end/?how=eloped", "leave/"):
        monitor.open(session + path)
        monitor.check(
            f"session-{path.strip('/').replace('?', '-').replace('=', '-').replace('/', '')}", *SIZES
        )
    monitor.open("/incidents/")
    monitor.check("incidents", *SIZES)


class Scenes(Visitor):
    """Sessions that the demo does not have: a further dose, a ward with an infusion and a serious event, a group."""

    def session_on_board(self, name: str) -> str:
        self.open("/chairs/board/")
        return self.page.locator(".seat__who a", has_text=name).first.get_attribute("href") or ""

    def opened(self, name: str, kind: str, group: str = "") -> str:
        """The open session of somebody; opened now where there is none."""
        self.open("/chairs/board/")
        if not self.page.locator(".seat__who a", has_text=name).count():
            family = name.rpartition(" ")[2]
            self.open(f"/patients/?q={name.lower().replace(' ', '+')}")
            self.page.get_by_role("link", name=family).first.click()
            self.page.wait_for_url("**/patients/*-*/")
            course = self.page.locator("main a[href^='/courses/']").first.get_attribute("href") or ""
            self.open("/".join(course.split("/")[:3]) + "/")
            self.page.get_by_role("link", name="Open a session").first.click()
            self.page.get_by_role("radio", name=kind, exact=True).check()
            if group:
                self.page.get_by_text("A session of a group", exact=True).click()
                self.page.get_by_label(re.compile("new group", re.IGNORECASE)).fill(group)
            self.page.get_by_role("button", name="Open the session").click()
            self.page.wait_for_url(re.compile("/sessions/[0-9a-f-]+/"))
            return urlsplit(self.page.url).path  # one at home has no chair on the board
        return self.session_on_board(name)

    def order(self, session: str, **fields: str) -> Page:
        """Sign an order, with a reason wherever one is asked for."""
        page = self.open(f"{session}order/")
        page.locator("select[name=protocol]").select_option(label="without a protocol")
        for name, value in fields.items():
            if page.locator(f"[name={name}]").count():  # a device is not ordered by weight
                page.locator(f"[name={name}]").fill(value)
        page.get_by_role("button", name="Work it out").click()
        page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true })")
        for reason in page.locator("textarea[name^=reason-]").all():
            reason.fill("Asked for, and thought over.")
        page.get_by_role("button", name="Sign the order").click()
        page.wait_for_url(f"**{session}")
        return page

    def serious_event(self, session: str) -> None:
        page = self.open(session)
        page.get_by_text("An unwanted event", exact=True).click()
        event = page.locator("form").filter(has=page.get_by_label("What happened", exact=True))
        event.get_by_label("What happened").fill("Fell")
        event.locator("input[type=checkbox]").nth(2).check()  # what makes it serious
        event.get_by_role("button", name="Write down").click()
        page.locator(".log", has_text="Fell").wait_for()


def at_home(browser: Browser, served: str, prescriber: Scenes) -> str:
    """A session in somebody's home, once the medical director has signed for such."""
    context = browser.new_context(viewport={"width": DESK[0], "height": DESK[1]}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    director = Scenes(context, served, "director")
    director.enter_as("Dr. Ines Moreau")
    page = director.open("/practice/remote/")
    page.get_by_label("Why").fill("We have seen the homes.")
    page.get_by_label("Your name, as your signature").fill("Ines Moreau")
    page.get_by_role("button", name="Sign").click()
    page.get_by_text("Signed. It counts from now on.").wait_for()
    context.close()
    return prescriber.opened("Greta Holm", "At home, at a distance")


@pytest.fixture(scope="module")
def scenes(served: str, browser: Browser) -> dict[str, str]:
    """Where the pages of these sessions are."""
    context = browser.new_context(viewport={"width": DESK[0], "height": DESK[1]}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    someone = Scenes(context, served, "scenes")
    someone.enter_as("Dr. Daniel Cho")
    further = someone.session_on_board("Noor Rahimi")
    someone.order(further, dose_mg="28", dose_mg_per_kg="")
    ward = someone.opened("Beatrice Nolan", "On a ward")
    drip = {"dose_mg": "34", "dose_mg_per_kg": "", "weight_kg": "68", "infusion_min": "40"}
    someone.order(ward, **drip, strength_mg_per_ml="50", diluted_to_ml="50")
    someone.serious_event(ward)
    group = someone.opened("Maya Ferreira", "Group", "Morning group")
    someone.open(group)
    in_group = someone.page.locator("a[href^='/groups/']").first.get_attribute("href") or ""
    remote = at_home(browser, served, someone)
    found = {"further": further, "ward": ward, "group": group, "in_group": in_group, "remote": remote}
    someone.open("/incidents/")
    found["incident"] = someone.page.locator("main .items a").first.get_attribute("href") or ""
    someone.open(found["incident"])
    report = someone.page.locator("main a[href^='/incidents/reports/']").first
    found["report"] = report.get_attribute("href") or ""
    context.close()
    return found


def test_pages_of_dosing_days(visitor: Callable[..., Visitor], scenes: dict[str, str]) -> None:
    """A further dose at its gate, an infusion on a ward, a group; who checks, who watches, what went wrong."""
    prescriber, monitor = visitor("prescriber", PHONE), visitor("monitor", PHONE)
    prescriber.enter_as("Dr. Daniel Cho")
    monitor.enter_as("Luis Ortega")
    for person, scene, pages in (
        (prescriber, "further", ("", "order/", "gate/", "leave/", "end/?how=not-dosed")),
        (monitor, "further", ("", "order/check/", "watch/", "supply/", "log/", "tablets/")),
        (prescriber, "ward", ("", "order/", "gate/", "order/check/")),
        (monitor, "ward", ("", "leave/", "gate/", "papers/")),
        (monitor, "group", ("", "gate/")),
        (monitor, "in_group", ("",)),
        (monitor, "incident", ("",)),
        (monitor, "report", ("",)),
    ):
        for page in pages:
            person.open(scenes[scene] + page)
            person.check(slug(scene, f"{person.name}/{page}"), *SIZES)
    monitor.open("/bedside/offline/")
    monitor.page.locator("[data-offline-lede]").wait_for()
    monitor.check("bedside-offline", *SIZES)
    for person in (prescriber, monitor):
        person.open("/today/?all=yes")
        person.check(f"dosing-today-{person.name}", *SIZES)


def test_pages_of_a_chaperone(visitor: Callable[..., Visitor], scenes: dict[str, str]) -> None:
    """The team's page with the link, and the phone in the home: opened, confirmed, a look told."""
    team, phone = visitor("team", PHONE), visitor("phone", PHONE)
    team.enter_as("Luis Ortega")
    page = team.open(f"{scenes['remote']}chaperone/")
    page.get_by_label("Name of the chaperone").fill("Joana Silva")
    page.get_by_label(re.compile("Phone, on which")).fill("+1 312 555 0142")
    page.get_by_role("button", name="Make the link").click()
    link = page.get_by_label("Link for the chaperone").input_value()
    team.check("chaperone-team-link", *SIZES)
    page = phone.open(urlsplit(link).path)
    phone.check("chaperone-link", *SIZES)
    page.get_by_role("button", name="Open it on this phone").click()
    page.wait_for_url("**/chaperone/")
    phone.check("chaperone-confirms", *SIZES)
    for one in page.get_by_role("checkbox").all():
        one.check()
    page.get_by_label("Your name, as your signature").fill("Joana Silva")
    page.get_by_role("button", name="I confirm this").click()
    phone.check("chaperone-live", *SIZES)
    page.get_by_role("button", name="I looked: all is well").click()
    page.get_by_role("heading", name="What you told").wait_for()
    phone.check("chaperone-told", *SIZES)
    team.open(f"{scenes['remote']}chaperone/")
    team.check("chaperone-team", *SIZES)


def test_when_a_dose_passes(visitor: Callable[..., Visitor]) -> None:
    person = visitor("timing", PHONE)
    person.enter_as("Maya Ferreira")
    person.open("/me/course/")
    person.page.get_by_role("link", name="When it starts, peaks and passes").click()
    person.page.wait_for_url("**/timing/")
    person.check("timing", *SIZES)


def test_pages_of_a_chart(visitor: Callable[..., Visitor]) -> None:
    prescriber = visitor("prescriber", PHONE)
    prescriber.enter_as("Dr. Daniel Cho")
    prescriber.open("/patients/?q=maya+ferreira")
    prescriber.page.get_by_role("link", name="Ferreira").first.click()
    prescriber.page.wait_for_url("**/patients/*-*/")
    chart = prescriber.page.url.removeprefix(prescriber.url)
    for path in (chart, f"{chart}edit/", f"{chart}history/", f"{chart}merge/", f"{chart}assess/phq-9/"):
        prescriber.open(path)
        prescriber.check("chart-" + path.removeprefix(chart).strip("/").replace("/", "-"), *SIZES)


def test_dark_pages(visitor: Callable[..., Visitor]) -> None:
    for name, path in (
        ("Maya Ferreira", "/me/"),
        ("Dr. Daniel Cho", "/patients/"),
        ("Nora Beck", "/practice/staff/"),
        ("Dr. Daniel Cho", "/exposure/"),
    ):
        person = visitor(name, PHONE, color_scheme="dark")
        person.enter_as(name)
        person.open(path)
        person.check(f"dark-{slug(name, path)}", PHONE, DESK)


def test_text_of_twice_its_size_fits_on_a_phone(served: str, browser: Browser) -> None:
    """The browser's own setting, as people with weak eyes have it; nothing is wider than the window."""
    arguments = [*QUIET, "--no-sandbox", "--blink-settings=defaultFontSize=32"]
    large = browser.browser_type.launch(executable_path=CHROMIUM, args=arguments)
    for name, pages in (
        ("Dr. Daniel Cho", ("/today/", "/calendar/", "/chairs/board/", "/referrals/", "/practice/")),
        ("Maya Ferreira", ("/me/", "/me/course/", "/me/journal/new/")),
    ):
        context = large.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE_MS)
        person = Visitor(context, served, name)
        person.enter_as(name)
        for path in pages:
            page = person.open(path)
            wider = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wider <= 0, f"{path} is {wider} px wider than the window"
        context.close()
    large.close()
