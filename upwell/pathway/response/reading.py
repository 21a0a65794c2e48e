"""A stored assessment as people read it: answers in words, findings, what must be said beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext as _

from upwell.base.errors import NotFound
from upwell.knowledge.instrument import Instrument, Item
from upwell.knowledge.loader import load_instrument
from upwell.record.rules import SUICIDE_ITEM, kind_of, safety_flags


class Stored(Protocol):
    """What is read of an assessment."""

    instrument: str
    instrument_version: str
    answers: dict[str, Any]
    flags: list[str]
    result: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One question with what was answered."""

    number: str
    text: str
    answer: str
    value: str
    loinc: str
    is_missing: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """An assessment in words."""

    instrument: Instrument | None
    name: str
    lines: tuple[AnswerLine, ...]
    findings: list[dict[str, Any]]
    algorithms: list[tuple[str, str]]
    missing: list[str]
    clinician: str
    patient: str
    is_urgent: bool
    other_version: bool


def read_assessment(row: Stored) -> Reading:
    """What a stored assessment says."""
    try:
        known: Instrument | None = load_instrument(row.instrument)
    except NotFound:
        known = None
    plain = row.result.get("plain") or {}
    return Reading(
        instrument=known,
        name=known.name if known else row.instrument,
        lines=_lines(known, row.answers),
        findings=list(row.result.get("findings") or []),
        algorithms=_algorithms(known, row.result.get("algorithms") or {}),
        missing=list(row.result.get("missing") or []),
        clinician=plain.get("clinician") or "",
        patient=plain.get("patient") or "",
        is_urgent=known is not None and is_urgent(known, row.flags),
        other_version=known is not None and known.version != row.instrument_version,
    )


def is_urgent(instrument: Instrument, flags: list[str]) -> bool:
    """Whether these flags open the safety path."""
    return any(flag.id in flags and kind_of(flag) == SUICIDE_ITEM for flag in safety_flags(instrument))


def _lines(known: Instrument | None, answers: dict[str, Any]) -> tuple[AnswerLine, ...]:
    if known is None:
        return tuple(AnswerLine(key, "", str(value), "", "", False) for key, value in answers.items())
    return tuple(_line(item, answers.get(item.id)) for item in known.items)


def _line(item: Item, value: Any) -> AnswerLine:
    chosen = None if value is None else item.response_to(value)
    said = _("not answered") if value is None else chosen.text if chosen else str(value)
    loinc = item.loinc.code if item.loinc else ""
    return AnswerLine(item.id, item.text, said, "" if value is None else str(value), loinc, value is None)


def _algorithms(known: Instrument | None, outcomes: dict[str, Any]) -> list[tuple[str, str]]:
    titles = {one.id: one.title for one in known.algorithms} if known else {}
    return [(titles.get(key, key), _outcome(value)) for key, value in outcomes.items()]


def _outcome(value: Any) -> str:
    words = {True: _("yes"), False: _("no")}
    if value is None:
        return _("not computed")
    return words[value] if isinstance(value, bool) else str(value)
