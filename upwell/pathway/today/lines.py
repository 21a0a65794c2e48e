"""Today put in order: what is worrying, who is here, what is due, what waits; mine first. Pure, but for the words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upwell.base.actor import Actor
from upwell.pathway.parts import Urgency, Waiting, is_for
from upwell.pathway.when_words import ago_words, waited_words, when_words
from upwell.web.role_words import role_titles

SHOWN = 12  # of a section, unless all are asked for
SHOWN_WORRYING = 40  # what can't wait is not for the next page

# In the order of the page: what can't wait stands on top.
SECTIONS: tuple[tuple[Urgency, str | Promise, str], ...] = (
    (Urgency.WORRYING, gettext_lazy("Worrying"), "bell-ring"),
    (Urgency.HERE, gettext_lazy("Here now"), "armchair"),
    (Urgency.DUE, gettext_lazy("Due"), "clock"),
    (Urgency.WAITING, gettext_lazy("Waits for you"), "user-check"),
)
FOR_ALL = frozenset({Urgency.WORRYING, Urgency.HERE})  # everybody who may see it should


@dataclass(frozen=True, slots=True)
class Line:
    """One line of Today. What costs time to say is said when it is shown."""

    one: Waiting
    is_mine: bool
    is_late: bool
    at: datetime

    @property
    def icon(self) -> str:
        return self.one.icon or "circle-dot"

    @property
    def owners(self) -> str:
        return role_titles(self.one.owners)

    @property
    def when(self) -> str:
        """When it is due, or how long it has waited."""
        one = self.one
        if one.due is None:
            said = ago_words if one.urgency in FOR_ALL else waited_words
            return said(one.since, self.at)
        words = when_words(one.due, self.at)
        return _("was due %(when)s") % {"when": words} if self.is_late else words


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of Today with its lines; a long rest is a click away."""

    key: str
    title: str | Promise
    icon: str
    lines: tuple[Line, ...]
    most: int

    @property
    def shown(self) -> tuple[Line, ...]:
        return self.lines[: self.most]

    @property
    def beyond(self) -> int:
        """How many more there are than the page holds."""
        return max(len(self.lines) - self.most, 0)


@dataclass(frozen=True, slots=True)
class Day:
    """Today as one person sees it. ``seen`` changes when anything on it does."""

    sections: tuple[Section, ...]
    others: Section
    seen: str


def day_of(actor: Actor, waiting: Iterable[Waiting], at: datetime, *, whole: bool = False) -> Day:
    """Sort what waits into the sections of the page; ``whole``: however long they are."""
    lines = [
        Line(one, is_for(actor, one), one.due is not None and one.due < at, at)
        for one in waiting
        if one.urgency is not Urgency.LATER
    ]
    most = len(lines) if whole else SHOWN
    mine = [line for line in lines if line.is_mine or line.one.urgency in FOR_ALL]
    sections = tuple(
        Section(
            urgency.value, title, icon, found, max(most, SHOWN_WORRYING if urgency is Urgency.WORRYING else 0)
        )
        for urgency, title, icon in SECTIONS
        if (found := tuple(line for line in mine if line.one.urgency is urgency))
    )
    rest = tuple(line for line in lines if not line.is_mine and line.one.urgency not in FOR_ALL)
    others = Section("others", _("Waits for others of the team"), "users", rest, most)
    return Day(sections, others, _seen(lines, at))


def _seen(lines: Iterable[Line], at: datetime) -> str:
    """A mark of what the page says. Ages grow without a new mark: a page that stands open is asked for daily."""
    said = [str(localtime(at).date())]
    said += ["\x1f".join(_said(line)) for line in lines]
    return hashlib.sha256("\x1e".join(said).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _said(line: Line) -> list[str]:
    one = line.one
    said = (
        one.patient_id,
        one.patient_name,
        one.what,
        one.url,
        one.due,
        one.detail,
        one.urgency,
        line.is_late,
    )
    return [str(part) for part in said]
