"""The main navigation: what each kind of person may go to, in which order.

An entry shows when its URL exists and the person holds its permission (empty: everyone of that kind).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in the navigation."""

    label: str | Promise
    url_name: str
    icon: str
    permission: str = ""


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry as the page shows it."""

    label: str | Promise
    url: str
    icon: str
    current: bool


STAFF: tuple[Entry, ...] = (
    Entry(_("Today"), "today", "sun", "today.read"),
    Entry(_("Chairs"), "chair_board", "armchair", "session.board"),
    Entry(_("Patients"), "patients", "users", "patient.list"),
    Entry(_("Referrals"), "referrals", "link", "course.read"),
    Entry(_("Calendar"), "calendar", "calendar-days", "calendar.read"),
    Entry(_("Alerts"), "alerts", "bell-ring", "alert.read"),
    Entry(_("Drug book"), "drug_book", "pill", "ledger.read"),
    Entry(_("Tasks"), "tasks", "clipboard-check", "task.read"),
    Entry(_("Numbers"), "numbers", "chart-line", "numbers.read"),
    Entry(_("Practice"), "practice", "building-2", "practice.read"),
)
PATIENT: tuple[Entry, ...] = (
    Entry(_("Home"), "me", "house", "own.read"),
    Entry(_("My course"), "my_course", "waves", "own.course"),
    Entry(_("Journal"), "journal", "notebook-pen", "own.journal"),
    Entry(_("Help"), "help_now", "life-buoy"),
)
STAFF_MENU: tuple[Entry, ...] = (Entry(_("Style guide"), "styleguide", "droplets"),)


def url_or_blank(url_name: str) -> str:
    """The address of a page, or nothing where that page is not installed."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def build(entries: Collection[Entry], permissions: Collection[str], path: str) -> list[NavItem]:
    """The entries this person may use; the one whose address is the longest start of ``path`` is current."""
    found = [
        (entry, url)
        for entry in entries
        if (not entry.permission or entry.permission in permissions) and (url := url_or_blank(entry.url_name))
    ]
    here = max((url for _entry, url in found if _is_within(path, url)), key=len, default="")
    return [NavItem(entry.label, url, entry.icon, bool(here) and url == here) for entry, url in found]


def _is_within(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url if url.endswith("/") else url + "/"))
