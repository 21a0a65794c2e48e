"""The product as it is served: a home of its own with the demo practices, in a real Chromium.

Every page that a journey opens is checked: no error in the console, no refused resource, axe without a finding.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.demo_home import UPWELL, copied_demo_home, environment_of

# Debian's Chromium; without its windows it shows the same pages sooner.
CHROMIUM = shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
PATIENCE_MS = 60_000  # a small machine running all tests is slow; what never comes fails all the same
PHONE, TABLET, DESK = (360, 780), (820, 1180), (1280, 900)
AXE_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "preload": False,  # style sheets are read as the browser has them
}
ACCESSIBILITY = (Path(__file__).parent / "accessibility.js").read_text()
# What a page is built of, whatever its words are: elements, classes, states, names of attributes, what is empty. Built
# alike and as wide, it is the same to axe, and is not looked at twice.
BUILD = """() => matchMedia("(prefers-color-scheme: dark)").matches + [...document.querySelectorAll("*")].map((one) => [
  one.tagName, one.getAttribute("class"), one.getAttribute("role"), one.getAttribute("type"), one.dataset.theme,
  one.open, one.hidden, one.disabled, one.getAttributeNames().filter((name) => one.getAttribute(name)).join(),
  one.childElementCount ? "" : Boolean(one.textContent.trim()),
].join(" ")).join("\\n")"""
SHOTS = Path(__file__).parent / "out"
TAKE = (
    os.environ.get("UPWELL_TAKE_PICTURES") == "1"
)  # of a journey that fails, pictures are taken all the same
MOVED_CLOCK = Path(__file__).parent / "moved_clock"
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--js-flags=--no-opt --no-maglev --min-semi-space-size=64",  # no page lives long enough to pay for more
]
expect.set_options(timeout=PATIENCE_MS)


class Seen:
    """What was looked at without a finding, by whichever process walked there first: a line of a file for each."""

    def __init__(self, name: str) -> None:
        self.path = Path(os.environ["UPWELL_TEST_HOME"]) / f"seen-{name}"
        self.path.touch()

    def all(self) -> list[str]:
        return self.path.read_text().splitlines()

    def add(self, *them: str) -> None:
        with self.path.open("a") as file:
            file.write("".join(f"{one}\n" for one in them))  # one write: lines of two processes do not mix


BUILDS_SEEN, PAINTS_SEEN = Seen("builds"), Seen("paints")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="package")
def served() -> Iterator[str]:
    """The address of an Upwell that serves the demo practices; ``UPWELL_SERVED`` names one that runs already."""
    if running := os.environ.get("UPWELL_SERVED"):
        yield running
        return
    with serving() as url:
        yield url


@contextmanager
def serving(clock: Path | None = None) -> Iterator[str]:
    """An Upwell with a home of its own, on the machine's clock or on one that a journey moves."""
    home, port = copied_demo_home(), free_port()
    log = (home / "serve.log").open("wb")
    environment = environment_of(home)
    if clock is not None:
        environment["UPWELL_JOURNEY_CLOCK"] = str(clock)
        paths = (str(MOVED_CLOCK), os.environ.get("PYTHONPATH", ""))
        environment["PYTHONPATH"] = os.pathsep.join(one for one in paths if one)
    server = subprocess.Popen(
        [*UPWELL, "serve", "--demo", "--port", str(port)],
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 180
        while not _answers(url):
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Upwell did not start:\n{(home / 'serve.log').read_text()}")
            time.sleep(0.2)
        yield url
    finally:
        server.terminate()
        server.wait(30)
        log.close()
        shutil.rmtree(home, ignore_errors=True)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="module")  # its event loop must not outlive the journeys of a file
def browser() -> Iterator[Browser]:
    """Debian's Chromium. As root it needs --no-sandbox, here only."""
    arguments = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


class Visitor:
    """A person with a browser window of a certain size."""

    def __init__(self, context: BrowserContext, url: str, name: str) -> None:
        self.context, self.url, self.name = context, url, name
        self.problems: list[str] = []
        self.take_another_page()

    def take_another_page(self) -> Page:
        """Another page in the same browser."""
        self.page: Page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.problems.append(f"{self.page.url}: {error}"))
        return self.page

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.problems.append(f"{self.page.url}: {message.text}")

    def open(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page

    def enter_as(self, name: str) -> Page:
        """Through the demo's door, by one click."""
        self.open("/accounts/login/")
        self.page.get_by_role("button", name=name).first.click()
        self.page.wait_for_url(lambda address: "/accounts/login" not in address)
        return self.page

    def check(self, shot: str = "", *sizes: tuple[int, int]) -> None:
        """Look at the page: a picture for people who asked for it, axe for everybody, nothing wider than the window.

        ``sizes``: looked at in a window of each of these; without them in the window as it is.
        """
        self.page.wait_for_load_state()
        for size in sizes or [self.size]:
            if size != self.size:
                self.page.set_viewport_size({"width": size[0], "height": size[1]})
            self._check_at(size, shot)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the window."""
        size = self.page.viewport_size or {"width": 0, "height": 0}
        return size["width"], size["height"]

    def _check_at(self, size: tuple[int, int], shot: str) -> None:
        width = size[0]
        if shot and TAKE:
            SHOTS.mkdir(exist_ok=True)
            self.page.screenshot(path=SHOTS / f"{shot}-{width}.png", full_page=True)
        build = sha256(f"{width} {self.page.evaluate(BUILD)}".encode()).hexdigest()
        if build not in BUILDS_SEEN.all():
            assert self.found_by_axe() == [], f"axe on {self.page.url} at {width} px"
            BUILDS_SEEN.add(build)
        overflow = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"{self.page.url} is {overflow} px wider than the window of {width} px"
        assert self.problems == []

    def found_by_axe(self) -> list[str]:
        """What is in the way of people, in words; empty where nothing is."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        found = self.page.evaluate(ACCESSIBILITY, {"rules": AXE_RULES, "seen": PAINTS_SEEN.all()})
        problems: list[str] = found["problems"]
        if not problems:
            PAINTS_SEEN.add(*found["fresh"])
        return problems


@pytest.fixture
def visitor(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visitor]]:
    """``visitor("patient", PHONE)`` opens a window; several at once are several devices. ``at``: another server."""
    contexts: list[BrowserContext] = []
    visitors: list[Visitor] = []

    def make(
        name: str = "someone",
        size: tuple[int, int] = DESK,
        *,
        at: str = "",
        kind: type[Visitor] = Visitor,
        **options: Any,
    ) -> Visitor:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce", **options
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        visitors.append(kind(context, at or request.getfixturevalue("served"), name))
        return visitors[-1]

    failed = request.session.testsfailed
    yield make
    if request.session.testsfailed > failed:
        SHOTS.mkdir(exist_ok=True)
        for number, one in enumerate(visitors, start=1):
            one.page.screenshot(path=SHOTS / f"failed-{number}-{one.name}.png", full_page=True)
    for one in visitors:
        assert one.problems == []
    for context in contexts:
        context.close()
