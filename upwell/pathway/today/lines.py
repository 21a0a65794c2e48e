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

SHOWN = 12  # of a section before it folds

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
    """One line of Today."""

    one: Waiting
    is_mine: bool
    when: str
    is_late: bool

    @property
    def icon(self) -> str:
        return self.one.icon or "circle-dot"

    @property
    def owners(self) -> list[str]:
        return sorted(self.one.owners)


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of Today with its lines; the page folds the long rest away."""

    key: str
    title: str | Promise
    icon: str
    lines: tuple[Line, ...]

    @property
    def shown(self) -> tuple[Line, ...]:
        return self.lines[:SHOWN]

    @property
    def folded(self) -> tuple[Line, ...]:
        return self.lines[SHOWN:]


@dataclass(frozen=True, slots=True)
class Day:
    """Today as one person sees it. ``seen`` changes when anything on it does."""

    sections: tuple[Section, ...]
    others: tuple[Line, ...]
    seen: str


def day_of(actor: Actor, waiting: Iterable[Waiting], at: datetime) -> Day:
    """Sort what waits into the sections of the page."""
    lines = [_line(actor, one, at) for one in waiting if one.urgency is not Urgency.LATER]
    mine = [line for line in lines if line.is_mine or line.one.urgency in FOR_ALL]
    sections = tuple(
        Section(urgency.value, title, icon, found)
        for urgency, title, icon in SECTIONS
        if (found := tuple(line for line in mine if line.one.urgency is urgency))
    )
    others = tuple(line for line in lines if not line.is_mine and line.one.urgency not in FOR_ALL)
    return Day(sections, others, _seen(lines, at))


def _line(actor: Actor, one: Waiting, at: datetime) -> Line:
    is_late = one.due is not None and one.due < at
    return Line(one, is_for(actor, one), _when(one, at, is_late), is_late)


def _when(one: Waiting, at: datetime, is_late: bool) -> str:
    if one.due is None:
        return ago_words(one.since, at) if one.urgency in FOR_ALL else waited_words(one.since, at)
    words = when_words(one.due, at)
    return _("was due %(when)s") % {"when": words} if is_late else words


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
