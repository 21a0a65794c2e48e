"""A dead network at the bedside: what is written down is kept on the tablet, and stored once when there is a way."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import TABLET
from tests.journeys.walking import Walker

_odd = count(61)  # a heart rate that nobody else wrote down


@pytest.fixture
def monitor(visitor: Callable[..., Walker]) -> Walker:
    person = visitor("monitor", TABLET, kind=Walker)
    person.enter_as("Luis Ortega")
    return person


def bedside(monitor: Walker) -> str:
    """The session that is running now; its address."""
    page = monitor.today("Go on with the dosing session", "")
    page.on("dialog", lambda dialog: dialog.accept())
    return page.url.removeprefix(monitor.url)


def write_vitals(page: Page) -> str:
    heart_rate = str(next(_odd))
    vitals = page.get_by_role("region", name="Vital signs")
    vitals.get_by_label("Systolic").fill("121")
    vitals.get_by_label("Diastolic").fill("77")
    vitals.get_by_label("Heart rate").fill(heart_rate)
    vitals.get_by_role("button", name="Write down").click()
    return heart_rate


def write_dose(page: Page, mg: str) -> None:
    further = page.locator("summary", has_text="A further dose was given")  # all that was ordered was given
    if further.count() and not page.get_by_label("Dose mg").is_visible():
        further.click()
    page.get_by_label("Dose mg").fill(mg)
    page.get_by_role("button", name="Given", exact=True).click()
    confirm = page.get_by_role("dialog").get_by_role("button", name=re.compile("OK|Yes|go on", re.IGNORECASE))
    if confirm.count():
        confirm.click()


def status(page: Page, words: str) -> None:
    expect(page.locator(".outbox:visible")).to_contain_text(words, timeout=30_000)


def stored(monitor: Walker, session: str, words: str) -> int:
    """How many entries of the whole log say this."""
    monitor.go(f"{session}log/")
    return monitor.page.locator(".log__one", has_text=words).count()


def test_the_network_dies_and_comes_back(monitor: Walker) -> None:
    session = bedside(monitor)
    page = monitor.page
    monitor.context.set_offline(True)
    heart_rate = write_vitals(page)
    status(page, "1 saved on this device and waiting")
    write_dose(page, "1.25")
    status(page, "2 saved on this device and waiting")
    page.wait_for_timeout(4000)  # tried again meanwhile, in vain
    status(page, "2 saved on this device and waiting")
    monitor.context.set_offline(False)
    status(page, "Written down")
    expect(page.locator(".outbox:visible")).not_to_contain_text("waiting")
    monitor.problems.clear()  # the browser notes each request that failed
    assert stored(monitor, session, f"heart rate {heart_rate}") == 1
    assert stored(monitor, session, "1.25 mg") == 1


def test_the_page_is_closed_before_it_was_sent(monitor: Walker) -> None:
    session = bedside(monitor)
    page = monitor.page
    monitor.context.set_offline(True)
    heart_rate = write_vitals(page)
    write_dose(page, "1.5")
    status(page, "2 saved on this device and waiting")
    page.close(run_before_unload=False)  # the battery, say
    monitor.context.set_offline(False)
    monitor.problems.clear()
    monitor.take_another_page()
    monitor.open("/today/")  # not the bedside: whatever page comes next sends it
    status(monitor.page, "Written down")
    status(monitor.page, "More was given than was ordered")  # told, however soon the next receipt comes
    monitor.arrive("outbox-sent-from-today")
    assert stored(monitor, session, f"heart rate {heart_rate}") == 1
    assert stored(monitor, session, "1.5 mg") == 1


def test_the_receipt_is_lost_on_the_way_back(monitor: Walker) -> None:
    """Stored, and the tablet does not know: it sends the same once more, and it counts once."""
    session = bedside(monitor)
    page = monitor.page
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.request.url)
        assert route.fetch().status == 201
        route.abort()

    page.route("**/record/vitals/", lose_the_first)
    heart_rate = write_vitals(page)
    status(page, "1 saved on this device and waiting")
    status(page, "stored already")
    monitor.problems.clear()
    assert len(lost) == 1
    assert stored(monitor, session, f"heart rate {heart_rate}") == 1


def test_what_the_server_does_not_take_stays_on_the_tablet(monitor: Walker) -> None:
    """At another practice there is no such session: it is said, and nothing is thrown away."""
    session = bedside(monitor)
    page = monitor.page
    page.route(
        "**/record/vitals/",
        lambda route: route.fulfill(status=404, body="<h1>There is no such session here</h1>"),
    )
    heart_rate = write_vitals(page)
    status(page, "not taken by the server")
    page.unroute("**/record/vitals/")
    monitor.problems.clear()
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    status(page, "Written down")
    assert stored(monitor, session, f"heart rate {heart_rate}") == 1
