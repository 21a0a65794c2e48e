"""Walking through the product: each page that a walker comes to is looked at; time passes when a journey says so."""

from __future__ import annotations

import re
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Frame, Locator, Page

from tests.journeys.conftest import SHOTS, TAKE, Visitor

IMAGES = Path(__file__).parents[2] / "docs" / "images"
FOLLOWED_SECONDS = 0.4  # the served processes look at their clock this often, at the least


class Walker(Visitor):
    """A person with a device, who looks at each page: axe, no error in the console, no sideways scrolling."""

    def __init__(self, *args: Any) -> None:
        self.came: set[str] = set()
        self.looked_at: set[str] = set()
        super().__init__(*args)

    def take_another_page(self) -> Page:
        """Another page in the same browser."""
        super().take_another_page()
        self.page.on("framenavigated", self._came_to)
        return self.page

    def arrive(self, shot: str = "") -> Page:
        """The page has come to rest, and is looked at. ``shot`` names a picture; the tour takes those it shows."""
        self.check(shot)
        self.looked_at.add(place(self.page.url))
        if shot and TAKE and self.page.viewport_size:
            name = f"{shot}-{self.page.viewport_size['width']}.png"
            shown = IMAGES / name.replace("course-", "tour-", 1)
            if shown.exists():
                shutil.copy(SHOTS / name, shown)
        return self.page

    def go(self, path: str, shot: str = "") -> Page:
        """To an address."""
        self.open(path)
        return self.arrive(shot)

    def press(self, name: str | re.Pattern[str], shot: str = "", *, within: Locator | None = None) -> Page:
        """Press a button, and look at what comes."""
        where = within or self.page.locator("body")
        where.get_by_role("button", name=name, exact=isinstance(name, str)).last.click()
        return self.arrive(shot)

    def follow(self, link: Locator, shot: str = "") -> Page:
        """Click a link, and look at what comes."""
        link.first.click()
        return self.arrive(shot)

    def by_keyboard(self, target: Locator, shot: str = "") -> Page:
        """Press what has the focus, as somebody without a mouse or a touch screen does."""
        target.first.focus()
        target.first.press("Enter")
        return self.arrive(shot)

    def today(self, words: str | re.Pattern[str], name: str, shot: str = "") -> Page:
        """From Today to where the thing is done."""
        self.go("/today/")
        self.page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
        line = self.page.get_by_role("listitem").filter(has_text=name).filter(has_text=words)
        if not line.count():  # a full day
            self.follow(self.page.get_by_role("link", name="show everything"))
        return self.follow(line.first.get_by_role("link"), shot)

    def enter_as(self, name: str) -> Page:
        """Through the demo's door, by one click."""
        self.go("/accounts/login/")
        super().enter_as(name)
        return self.arrive()

    def unseen(self) -> set[str]:
        """The pages that were opened and not looked at."""
        return self.came - self.looked_at

    def _came_to(self, frame: Frame) -> None:
        if frame.parent_frame is None and frame.url.startswith("http"):
            self.came.add(place(frame.url))


def place(url: str) -> str:
    """The page of an address, whatever it was asked for."""
    return urlsplit(url).path


class Clock:
    """The clock of the served product: it goes as any other, and is put on when a journey says so."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def now(self) -> datetime:
        """The moment that the product takes for the present."""
        return datetime.now(UTC) + timedelta(seconds=float(self.file.read_text() or 0))

    def put_on(self, **by: float) -> None:
        """Time passes: ``minutes=40``."""
        self.put_to(self.now() + timedelta(**by))

    def put_to(self, moment: datetime) -> None:
        """It is this moment now; the product's time never goes back."""
        assert moment > self.now()
        fresh = self.file.with_suffix(".next")
        fresh.write_text(str((moment - datetime.now(UTC)).total_seconds()))
        fresh.replace(self.file)
        time.sleep(FOLLOWED_SECONDS)
