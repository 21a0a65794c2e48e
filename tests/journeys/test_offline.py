"""The network is gone in the middle of a session, and the browser with it: the bedside opens again, and goes on."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.journeys.conftest import CHROMIUM, QUIET, TABLET
from tests.journeys.test_outbox import KEPT_HERE, write_vitals
from tests.journeys.walking import Walker

LONG = 30_000


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture
def tablet(playwright: Playwright) -> Iterator[Callable[[], BrowserContext]]:
    """A tablet whose browser can be closed and opened again: what it kept is on its disk."""
    folder = Path(tempfile.mkdtemp(prefix="upwell-tablet-"))
    arguments = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
    opened: list[BrowserContext] = []

    def open_browser() -> BrowserContext:
        for one in opened:
            one.close()
        opened[:] = [
            playwright.chromium.launch_persistent_context(
                folder,
                executable_path=CHROMIUM,
                args=arguments,
                viewport={"width": TABLET[0], "height": TABLET[1]},
                reduced_motion="reduce",
            )
        ]
        return opened[0]

    yield open_browser
    for one in opened:
        one.close()
    shutil.rmtree(folder, ignore_errors=True)


def waiting(page: Page, count: int) -> None:
    words = f"Saved on this device, waiting: {count}"
    expect(page.locator("[data-saved-here]")).to_have_text(words, timeout=LONG)


def ready_without_a_network(page: Page) -> None:
    """The service worker has everything that it keeps."""
    kept = (
        "navigator.serviceWorker.controller && caches.match('/bedside/offline/').then((one) => Boolean(one))"
    )
    deadline = time.monotonic() + LONG / 1000
    while not page.evaluate(kept):  # the pages' policy forbids what wait_for_function does
        assert time.monotonic() < deadline, "the service worker keeps no page"
        page.wait_for_timeout(200)


def kill_tab(context: BrowserContext, page: Page) -> Page:
    """The page's process dies, as on a tablet without memory."""
    with contextlib.suppress(PlaywrightError):  # it never answers: the process is gone
        page.goto("chrome://crash", timeout=2_000)
    fresh = context.new_page()
    page.close()
    return fresh


def test_the_browser_is_closed_without_a_network_and_opened_again(
    tablet: Callable[[], BrowserContext], served: str
) -> None:
    context = tablet()
    first = Walker(context, served, "tablet")
    first.enter_as("Luis Ortega")
    page = first.today("Go on with the dosing session", "Noor Rahimi")
    address, name = page.url, page.locator("h1").inner_text()
    ready_without_a_network(page)
    waiting(page, 0)
    context.set_offline(True)
    rates = [write_vitals(page)]
    waiting(page, 1)

    context = tablet()  # closed, and opened again
    context.set_offline(True)
    page = context.new_page()
    page.goto(address)
    expect(page.locator("[data-offline-lede]")).to_contain_text("You write as Luis Ortega", timeout=LONG)
    waiting(page, 1)
    assert name not in page.content()
    page.get_by_text("Emergency steps").click()
    expect(page.locator(".emergency__steps")).to_be_visible()
    rates.append(write_vitals(page))
    waiting(page, 2)

    page = kill_tab(context, page)
    page.goto(address)
    waiting(page, 2)
    rates.append(write_vitals(page))
    waiting(page, 3)

    context.set_offline(False)
    waiting(page, 0)
    back = page.get_by_role("button", name=re.compile("open the whole page"))
    expect(back).to_be_visible(timeout=LONG)
    nurse = Walker(context, served, "tablet")
    nurse.enter_as("Luis Ortega")  # the browser was closed, and the log-in with it
    page = nurse.open(address.removeprefix(served) + "log/")
    found = page.locator(".log__one", has_text=re.compile("|".join(f"Heart rate {one}\\b" for one in rates)))
    said = [re.search(r"Heart rate (\d+)", one).group(1) for one in found.all_inner_texts()]  # type: ignore[union-attr]
    assert said in (rates, rates[::-1])


def test_without_a_network_no_page_of_a_chart_is_kept(
    tablet: Callable[[], BrowserContext], served: str
) -> None:
    context = tablet()
    nurse = Walker(context, served, "tablet")
    nurse.enter_as("Luis Ortega")
    page = nurse.today("Go on with the dosing session", "Noor Rahimi")
    ready_without_a_network(page)
    address, name = page.url, page.locator("h1").inner_text()
    nurse.open("/patients/")
    other = page.locator("main a[href^='/patients/']").nth(1).inner_text()
    for path in ("/today/", "/patients/", address.removeprefix(served) + "log/"):
        nurse.open(path)
    kept = page.evaluate(
        """async () => {
          const texts = [];
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const one of await cache.keys()) texts.push(one.url, await (await cache.match(one)).text());
          }
          return texts.join("\\n");
        }"""
    )
    assert "/bedside/offline/" in kept
    on_device = kept + page.evaluate(KEPT_HERE)
    for known in (name, name.split()[-1], other.split()[0], 'csrfmiddlewaretoken" value'):
        assert known not in on_device, known
    context.set_offline(True)
    page.goto(served + "/patients/")
    expect(page.locator("[data-offline-lede]")).to_contain_text("These sessions can go on")
    page.goto(served + "/sessions/01890a5d-ac96-774b-bcce-b302099a8057/")
    expect(page.locator("[data-offline-lede]")).to_contain_text("Write on paper")
    expect(page.locator("[data-offline-forms]")).to_be_hidden()
