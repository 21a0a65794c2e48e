"""Every page of every role, at phone, tablet and desk size: axe, console, width, and a picture."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.journeys.conftest import DESK, PHONE, TABLET, Visitor

SIZES = [PHONE, TABLET, DESK]
OUTSIDE = ["/accounts/login/", "/help/", "/accounts/password/reset/", "/no-such-page/"]
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


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}px")
def test_pages_outside(visitor: Callable[..., Visitor], size: tuple[int, int]) -> None:
    someone = visitor("someone", size)
    for path in OUTSIDE:
        someone.open(path)
        if path == "/no-such-page/":
            someone.problems.clear()  # the browser itself notes the 404
        someone.check(slug("outside", path))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}px")
@pytest.mark.parametrize("name", ROLES)
def test_pages_of_a_role(visitor: Callable[..., Visitor], name: str, size: tuple[int, int]) -> None:
    person = visitor(name, size)
    person.enter_as(name)
    for path in ROLES[name]:
        person.open(path)
        person.check(slug(name, path))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}px")
def test_pages_after_a_session(visitor: Callable[..., Visitor], size: tuple[int, int]) -> None:
    """The papers, the endings and an unwanted event that is serious, with its report."""
    monitor = visitor("after", size)
    monitor.enter_as("Luis Ortega")
    monitor.open("/today/?all=yes")
    session = monitor.page.locator("main a[href*='/sessions/']").first.get_attribute("href") or ""
    session = "/".join(session.split("/")[:3]) + "/"
    for path in ("papers/", "rems/", "coding/", "call/", "end/", "end/?how=eloped", "leave/"):
        monitor.open(session + path)
        monitor.check(f"session-{path.strip('/').replace('?', '-').replace('=', '-').replace('/', '')}")
    monitor.open("/incidents/")
    monitor.check("incidents")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}px")
def test_when_a_dose_passes(visitor: Callable[..., Visitor], size: tuple[int, int]) -> None:
    person = visitor("timing", size)
    person.enter_as("Maya Ferreira")
    person.open("/me/course/")
    person.page.get_by_role("link", name="When it starts, peaks and passes").click()
    person.page.wait_for_url("**/timing/")
    person.check("timing")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}px")
def test_pages_of_a_chart(visitor: Callable[..., Visitor], size: tuple[int, int]) -> None:
    prescriber = visitor("prescriber", size)
    prescriber.enter_as("Dr. Daniel Cho")
    prescriber.open("/patients/?q=maya+ferreira")
    prescriber.page.get_by_role("link", name="Ferreira").first.click()
    prescriber.page.wait_for_url("**/patients/*-*/")
    chart = prescriber.page.url.removeprefix(prescriber.url)
    for path in (chart, f"{chart}edit/", f"{chart}history/", f"{chart}merge/", f"{chart}assess/phq-9/"):
        prescriber.open(path)
        prescriber.check("chart-" + path.removeprefix(chart).strip("/").replace("/", "-"))


@pytest.mark.parametrize("size", [PHONE, DESK], ids=lambda size: f"{size[0]}px")
def test_dark_pages(visitor: Callable[..., Visitor], size: tuple[int, int]) -> None:
    for name, path in (
        ("Maya Ferreira", "/me/"),
        ("Dr. Daniel Cho", "/patients/"),
        ("Nora Beck", "/practice/staff/"),
        ("Dr. Daniel Cho", "/exposure/"),
    ):
        person = visitor(name, size, color_scheme="dark")
        person.enter_as(name)
        person.open(path)
        person.check(f"dark-{slug(name, path)}")
