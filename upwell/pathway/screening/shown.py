"""A screening in words: findings with names that people use, the record line by line, the plan with its label. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upwell.knowledge.protocols import known_protocols, load_protocol
from upwell.knowledge.screening import Label, load_labels
from upwell.knowledge.vitals import load_vital_signs, unit_words
from upwell.pathway.course.lines import code_words, moment_words, span_words
from upwell.pathway.course.models import Course
from upwell.pathway.course.statuses import status_badge
from upwell.pathway.screening.models import Screening
from upwell.pathway.screening.picture import Picture
from upwell.pathway.screening.weighing import NOT_ASKED
from upwell.record.facts import Entry
from upwell.record.facts.measures import LeftOut
from upwell.record.models import Observation

# Where an unknown can be answered: the beginning of its rule -> the page, and what to do there.
WHERE: tuple[tuple[str, str, str | Promise], ...] = (
    ("facts.substance", "screening_plan", gettext_lazy("Choose what is planned")),
    ("facts.route", "screening_plan", gettext_lazy("Choose what is planned")),
    ("questions.conditions", "screening_lists", gettext_lazy("Take the history")),
    ("questions.medicines", "screening_lists", gettext_lazy("Ask for the medicines")),
    ("questions.suicide", "screening_suicide", gettext_lazy("Ask about suicide")),
    ("questions.", "screening_history", gettext_lazy("Ask")),
    ("screening.not-asked", "screening_history", gettext_lazy("Ask")),
    ("eligibility.hypertension", "screening_vitals", gettext_lazy("Measure")),
    ("facts.implausible", "screening_vitals", gettext_lazy("Check and measure again")),
    ("eligibility.cardiovascular-event", "screening_history", gettext_lazy("Ask when it was")),
)
_WHY_LEFT_OUT: dict[str, str | Promise] = {
    "unit": gettext_lazy("its unit is not understood"),
    "impossible": gettext_lazy("no body has such a number"),
    "upside-down": gettext_lazy("the upper number is below the lower one"),
    "undated": gettext_lazy("its day is not known"),
}
MOST_LINES = 8
# Facts that say what an unknown is about; of others the message says enough.
_TELLING = ("conditions", "medicines")


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that has to be found out, and where."""

    finding: Mapping[str, Any]
    details: tuple[Mapping[str, Any], ...]  # what is on record about it
    missing: tuple[str, ...]  # what was not asked, where that is more than the message says
    url_name: str
    action: str


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A line of the record as the screening shows it."""

    title: str
    badge: tuple[str, str] | None
    when: str
    detail: str
    origin: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class RecordPart:
    """A part of the record: what counts now open, the rest folded; and what is said where there is nothing."""

    key: str
    title: str
    lines: tuple[RecordLine, ...]
    folded: tuple[RecordLine, ...]
    empty: str


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """What is planned, in words, with what the label says of it."""

    words: str
    protocol: str
    label: Label | None


def shown_findings(findings: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Findings as the component shows them."""
    return list(findings)


def shown_unknowns(findings: Iterable[Mapping[str, Any]]) -> list[Unknown]:
    """What is not known, each with the page where it can be answered."""
    found = []
    for one in findings:
        where = next((entry for entry in WHERE if one["rule"].startswith(entry[0])), ("", "", ""))
        known = tuple(why for why in one["because"] if why["fact"] in _TELLING)
        unasked = tuple(why["fact"] for why in one["because"] if why["value"] == NOT_ASKED)
        found.append(Unknown(one, known, unasked, where[1], str(where[2])))
    return found


def shown_plan(row: Screening | None, course: Course) -> ShownPlan | None:
    """What is planned; None while nothing is."""
    substance, route = (row.substance, row.route) if row is not None else ("", "")
    if not substance:
        return None
    labels = load_labels()
    protocol = row.protocol if row is not None else ""
    title = load_protocol(protocol).title if protocol in known_protocols() else protocol
    return ShownPlan(labels.words(substance, route), title, labels.of(substance, route))


def shown_record(picture: Picture) -> list[RecordPart]:
    """Conditions, medicines and allergies on record."""
    record = picture.record
    return [
        _part(
            "conditions",
            _("Conditions"),
            record.conditions,
            _("Nothing on record. That is not known, not none."),
        ),
        _part(
            "medicines",
            _("Medicines"),
            record.medicines,
            _("Nothing on record. That is not known, not none."),
        ),
        _part(
            "allergies",
            _("Allergies"),
            record.allergies,
            _("Nothing on record. That is not known, not none."),
        ),
    ]


def _part(key: str, title: str, entries: Sequence[Entry], empty: str) -> RecordPart:
    lines = _each_once(_line(one) for one in entries)
    current = [one for one in lines if one.is_current]
    return RecordPart(
        key,
        title,
        tuple(current[:MOST_LINES]),
        (*current[MOST_LINES:], *(one for one in lines if not one.is_current)),
        empty,
    )


def _each_once(lines: Iterable[RecordLine]) -> list[RecordLine]:
    """A prescription that was renewed fifty times is one line: the newest of them."""
    found: dict[tuple[str, str, str, bool], RecordLine] = {}
    for one in lines:
        found.setdefault((one.title.casefold(), one.detail, one.origin, one.is_current), one)
    return list(found.values())


def _line(entry: Entry) -> RecordLine:
    start = moment_words(entry.begins_at, entry.begins_text)
    status = entry.verification if entry.verification not in ("", "confirmed") else entry.status
    return RecordLine(
        title=entry.title,
        badge=status_badge(status) if status and status != "active" else None,
        when=span_words(start, moment_words(entry.ends_at, entry.ends_text)),
        detail=entry.dose,
        origin=entry.origin or code_words(entry.code_system, entry.code),
        is_current=entry.is_current,
    )


def left_out_words(one: LeftOut) -> str:
    """A measurement that was not counted, and why."""
    return _("%(what)s %(value)s: %(why)s") % {
        "what": _(one.title),
        "value": one.value,
        "why": _WHY_LEFT_OUT.get(one.why, one.why),
    }


def vitals_words(entry: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The vital signs of one moment: name and value."""
    signs = {sign.name: sign for sign in load_vital_signs().signs.values()}
    found: list[tuple[str, str]] = []
    if "bp_systolic_mmhg" in entry:
        systolic, diastolic = entry["bp_systolic_mmhg"], entry.get("bp_diastolic_mmhg")
        lower = "?" if diastolic is None else f"{diastolic:g}"
        found.append((_("Blood pressure"), f"{systolic:g}/{lower} mmHg"))
    found += [
        (_(sign.title), f"{entry[name]:g} {sign.words}")
        for name, sign in signs.items()
        if name in entry and not sign.in_panel
    ]
    return found


def moment_of(entry: Mapping[str, Any]) -> datetime:
    """When the vital signs were measured."""
    return datetime.fromisoformat(entry["at"])


@dataclass(frozen=True, slots=True)
class Entered:
    """A measurement that somebody entered here."""

    id: UUID
    title: str
    value: str
    at: datetime | None


def line_of(row: Observation) -> Entered:
    """A measurement in words: a pressure as both its numbers."""
    parts = [f"{one['value_number']:g}" for one in row.components if one.get("value_number") is not None]
    unit = row.components[0].get("value_unit", "") if row.components else row.value_unit
    number = "/".join(parts) if parts else f"{row.value_number:g}" if row.value_number is not None else "?"
    return Entered(row.id, row.display, f"{number} {unit_words(unit)}", row.effective_at)
