"""A dead network at the bedside: what is written down is kept on the tablet, and stored once when there is a way."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from itertools import count

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import TABLET
from tests.journeys.walking import Walker

_odd = count(100 + os.getpid() % 20)  # a heart rate that nobody else wrote down, the demo neither


@pytest.fixture
def monitor(visitor: Callable[..., Walker]) -> Walker:
    person = visitor("monitor", TABLET, kind=Walker)
    person.enter_as("Luis Ortega")
    return person


def bedside(monitor: Walker) -> str:
    """The session that is running now; its address. The tablet has its pass: without one it can seal nothing."""
    with monitor.page.expect_response("**/pass/") as given:
        page = monitor.today("Go on with the dosing session", "Noor Rahimi")
    given.value.finished()
    page.on("dialog", lambda dialog: dialog.accept())
    return page.url.removeprefix(monitor.url)


def write_vitals(page: Page) -> str:
    heart_rate = str(next(_odd))
    vitals = page.get_by_role("region", name="Vital signs")
    vitals.get_by_label("Systolic").fill("121")
    vitals.get_by_label("Diastolic").fill("77")
    vitals.get_by_role("spinbutton", name="Heart rate").fill(heart_rate)
    vitals.get_by_role("button", name="Write down").click()
    return heart_rate


def write_dose(page: Page, mg: str) -> None:
    further = page.locator(
        "summary", has_text=re.compile("a further dose|dose that was given")
    )  # all is given, or nothing is released
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
    write_dose(page, "90.5")  # more than anybody ordered
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
    assert stored(monitor, session, "90.5 mg") == 1


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

    page.route("**/sessions/deliver/", lose_the_first)
    heart_rate = write_vitals(page)
    status(page, "1 saved on this device and waiting")
    status(page, "stored already")
    monitor.problems.clear()
    assert len(lost) == 1
    assert stored(monitor, session, f"heart rate {heart_rate}") == 1


def test_what_the_server_does_not_take_stays_on_the_tablet(monitor: Walker) -> None:
    """It is said, and nothing is thrown away."""
    session = bedside(monitor)
    page = monitor.page
    page.route("**/sessions/deliver/", lambda route: route.fulfill(status=404, body="<h1>Not here</h1>"))
    heart_rate = write_vitals(page)
    status(page, "not taken by the server")
    page.unroute("**/sessions/deliver/")
    monitor.problems.clear()
    page.reload()
    status(page, "Written down")
    assert stored(monitor, session, f"heart rate {heart_rate}") == 1


def test_what_the_server_could_not_store_is_not_told_as_saved(monitor: Walker) -> None:
    """Its disk is full, say: it answers, and stores nothing."""
    session = bedside(monitor)
    page = monitor.page
    page.route("**/sessions/deliver/", lambda route: route.fulfill(status=500, body="<h1>An error</h1>"))
    heart_rate = write_vitals(page)
    status(page, "not saved on the server")
    expect(page.locator(".outbox:visible")).not_to_contain_text("Written down")
    expect(page.locator("[data-saved-here]")).to_have_text("Saved on this device, waiting: 1")
    page.unroute("**/sessions/deliver/")
    status(page, "Written down")
    expect(page.locator("[data-saved-here]")).to_have_text("Saved on this device, waiting: 0")
    expect(page.locator("[data-saved-there]")).to_contain_text("Saved on the server, last at")
    monitor.problems.clear()
    assert stored(monitor, session, f"heart rate {heart_rate}") == 1


KEPT_HERE = """async () => {
  const opened = await new Promise((found) => {
    const asked = indexedDB.open("upwell-bedside");
    asked.onsuccess = () => found(asked.result);
  });
  const read = (name) => new Promise((found) => {
    const asked = opened.transaction(name).objectStore(name).getAll();
    asked.onsuccess = () => found(asked.result);
  });
  return JSON.stringify([await read("envelopes"), await read("passes"), { ...localStorage }]);
}"""


def test_nothing_can_be_read_on_a_lost_tablet(monitor: Walker) -> None:
    bedside(monitor)
    page = monitor.page
    name = page.locator("h1").inner_text()
    monitor.context.set_offline(True)
    write_words(page, "She weeps and asks for her sister Rosalind")
    status(page, "1 saved on this device and waiting")
    kept = page.evaluate(KEPT_HERE)
    assert "sealed" in kept
    for readable in ("Rosalind", "weeps", "distress", name, name.split()[0]):
        assert readable not in kept, readable
    monitor.context.set_offline(False)
    status(page, "Written down")
    monitor.problems.clear()


def write_words(page: Page, text: str) -> None:
    words = page.get_by_role("region", name="In words")
    words.get_by_label("What").select_option("distress")
    words.get_by_label("In words").fill(text)
    words.get_by_role("button", name="Write down").click()


def test_the_log_in_ends_and_the_bedside_goes_on(monitor: Walker) -> None:
    """A blood pressure that is due after the log-in has ended is written down all the same, in the same name."""
    session = bedside(monitor)
    page = monitor.page
    expect(page.locator("[data-saved-here]")).to_have_text("Saved on this device, waiting: 0")
    monitor.context.clear_cookies()
    heart_rate = write_vitals(page)
    status(page, "Written down, saved on the server")
    status(page, "You are signed out")
    assert session in page.url
    monitor.problems.clear()
    monitor.enter_as("Luis Ortega")
    assert stored(monitor, session, f"heart rate {heart_rate}") == 1
    line = monitor.page.locator(".log__one", has_text=f"heart rate {heart_rate}")
    expect(line).to_contain_text("Luis Ortega")


def test_signing_out_says_what_waits_and_wipes_nothing(monitor: Walker) -> None:
    """And whoever opens Upwell next on this tablet sends it, in the name of who wrote it."""
    session = bedside(monitor)
    page = monitor.page
    page.route("**/sessions/deliver/", lambda route: route.abort())
    heart_rate = write_vitals(page)
    status(page, "1 saved on this device and waiting")
    page.locator("summary", has_text="Luis Ortega").click()
    page.get_by_role("button", name="Sign out").click()
    dialog = page.locator("#confirm-dialog")
    expect(dialog).to_contain_text("1 written down here are not on the server yet")
    dialog.locator("[data-confirm-no]").click()
    page.locator("summary", has_text="Luis Ortega").click()
    page.get_by_role("button", name="Sign out").click()
    dialog.locator("[data-confirm-yes]").click()
    page.wait_for_url("**/accounts/login/**")
    status(page, "1 saved on this device and waiting")
    assert '"account"' not in page.evaluate(KEPT_HERE)  # nobody writes in a name that was signed out
    page.unroute("**/sessions/deliver/")
    status(page, "Written down")  # at the log-in page: nobody is signed in
    monitor.problems.clear()
    monitor.enter_as("Dr. Daniel Cho")
    assert stored(monitor, session, f"heart rate {heart_rate}") == 1
    line = monitor.page.locator(".log__one", has_text=f"heart rate {heart_rate}")
    expect(line).to_contain_text("Luis Ortega")


def test_two_tabs_send_everything_once(monitor: Walker) -> None:
    session = bedside(monitor)
    first = monitor.page
    monitor.context.set_offline(True)
    monitor.context.set_offline(False)
    second = monitor.take_another_page()
    monitor.open(session)
    monitor.context.set_offline(True)
    rates = [write_vitals(page) for page in (first, second, first, second)]
    status(second, "4 saved on this device and waiting")
    status(first, "4 saved on this device and waiting")
    monitor.context.set_offline(False)
    for page in (first, second):
        expect(page.locator("[data-saved-here]")).to_have_text(
            "Saved on this device, waiting: 0", timeout=30_000
        )
    monitor.problems.clear()
    for heart_rate in rates:
        assert stored(monitor, session, f"heart rate {heart_rate}") == 1


def test_without_https_it_says_so_and_pretends_nothing(monitor: Walker) -> None:
    session = bedside(monitor)
    page = monitor.take_another_page()
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    monitor.open(session)
    page.on("dialog", lambda dialog: dialog.accept())
    status(page, "opened without HTTPS")
    monitor.context.set_offline(True)
    heart_rate = write_vitals(page)
    status(page, "1 not saved yet, neither on the server nor on this device")
    assert heart_rate not in page.evaluate(KEPT_HERE)
    monitor.context.set_offline(False)
    status(page, "Written down")
    monitor.problems.clear()
    assert stored(monitor, session, f"heart rate {heart_rate}") == 1
