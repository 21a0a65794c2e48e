"""Where a person in crisis turns to: what is known for the country, and what the practice itself offers."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from upwell.base.clock import now
from upwell.knowledge.crisis import Resource, Way
from upwell.knowledge.loader import load_crisis
from upwell.people.watching import Watch, Watched, watch_at

EMERGENCY = "emergency"
_EXTENSION = re.compile(r"(?i)[\s,;]*(?:ext\.?|extension|x)\s*(\d+)\s*$")


class OffersHelp(Protocol):
    """What is asked of a practice."""

    name: str
    jurisdiction: str
    phone: str
    crisis_line: str
    staffed_hours: str
    outside_name: str
    outside_number: str
    time_zone: str

    @property
    def watched(self) -> Sequence[str]: ...

    @property
    def not_watched_on(self) -> Collection[date]: ...


@dataclass(frozen=True, slots=True)
class Lifeline:
    """One way to reach help, to be pressed with a shaking thumb. Without ``href`` it can only be read."""

    title: str
    note: str
    href: str
    icon: str = "phone"
    emergency: bool = False


@dataclass(frozen=True, slots=True)
class CrisisHelp:
    """What a person in crisis is shown: ways to reach help, and plainly whether anybody is watching."""

    lifelines: tuple[Lifeline, ...]
    practice_name: str
    practice_lines: tuple[Lifeline, ...]
    staffed_hours: str
    emergency_number: str
    line_missing: bool  # nobody has named a crisis line: said plainly, never left out
    watch: Watch  # whether somebody at the practice watches right now
    watch_until: str  # the same in words, on the practice's clock
    watch_again: str
    outside: Lifeline | None = None  # whom the practice names for when nobody there watches

    @property
    def practice_is_silent(self) -> bool:
        """The practice gave no number of its own."""
        return bool(self.practice_name) and not self.practice_lines


def crisis_help(practice: OffersHelp | None, jurisdiction: str = "") -> CrisisHelp:
    """The help that is known for the practice's country, and the practice's own numbers."""
    known = load_crisis(practice.jurisdiction if practice else jurisdiction)
    lines = [line for resource in known.known for line in _lines(resource)]
    own = _practice_lines(practice) if practice else ()
    emergency = next((r.ways[0].to for r in known.known if r.id == EMERGENCY), "")
    national = any(r.id != EMERGENCY for r in known.known)
    outside = _outside(practice) if practice else None
    watch = watch_at(practice, now()) if practice else Watch(Watched.NOT_SAID)
    return CrisisHelp(
        lifelines=(*lines, *([outside] if outside else [])),
        practice_name=practice.name if practice else "",
        practice_lines=own,
        staffed_hours=practice.staffed_hours.strip() if practice else "",
        emergency_number=emergency,
        line_missing=not national and not outside and not (practice and practice.crisis_line.strip()),
        watch=watch,
        watch_until=_there(watch.until, "TIME_FORMAT"),
        watch_again=_there(watch.again_at, "l, ") + _there(watch.again_at, "DATETIME_FORMAT"),
        outside=outside,
    )


def _lines(resource: Resource) -> list[Lifeline]:
    return [_line(resource, way, first=place == 0) for place, way in enumerate(resource.ways)]


def _line(resource: Resource, way: Way, *, first: bool) -> Lifeline:
    """The first way says what the place is; the others need no more than its name."""
    emergency = resource.id == EMERGENCY
    titles = {"call": _("Call %(to)s"), "text": _("Text %(to)s"), "chat": _("Chat: %(to)s")}
    icons = {"call": "phone", "text": "message-circle", "chat": "message-circle"}
    links = {"call": f"tel:{way.to}", "text": f"sms:{way.to}", "chat": way.to}
    note = resource.text if emergency else f"{resource.name}. {resource.text}" if first else resource.name
    title = titles.get(way.by, "%(to)s") % {"to": way.to}
    return Lifeline(title, note, links.get(way.by, ""), icons.get(way.by, "phone"), emergency)


def _practice_lines(practice: OffersHelp) -> tuple[Lifeline, ...]:
    offered = (
        (practice.crisis_line, _("Crisis line of %(practice)s") % {"practice": practice.name}),
        (practice.phone, _("Phone of %(practice)s") % {"practice": practice.name}),
    )
    given = [(number.strip(), note) for number, note in offered if number.strip()]
    return tuple(
        Lifeline(_("Call %(to)s") % {"to": number} if telephone(number) else number, note, telephone(number))
        for number, note in given
    )


def _there(moment: datetime | None, form: str) -> str:
    """A moment as a clock at the practice shows it."""
    return date_format(moment.replace(tzinfo=None), form) if moment else ""


def _outside(practice: OffersHelp) -> Lifeline | None:
    number = practice.outside_number.strip()
    if not number:
        return None
    note = practice.outside_name.strip() or _("Help at any hour")
    return Lifeline(
        _("Call %(to)s") % {"to": number} if telephone(number) else number, note, telephone(number)
    )


def telephone(number: str) -> str:
    """A number as a link that a phone can dial; nothing where there is no number in it."""
    extension = _EXTENSION.search(number)
    main = number[: extension.start()] if extension else number
    digits = re.sub(r"[^0-9+*#]", "", main)
    if not re.search(r"[0-9]", digits):
        return ""
    return f"tel:{digits};ext={extension.group(1)}" if extension else f"tel:{digits}"
