"""How a fact is shown beside a finding: with its unit, and blood pressure as both its numbers."""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime, timedelta

from upwell.base.finding import Because
from upwell.knowledge.gates.model import FactBook
from upwell.science.rules.case import Case, Reading, Value


def shown(book: FactBook, name: str, value: Value) -> str:
    """A value in words: yes and no, a time, a number with its unit."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str):
        return value
    entry = book.entries.get(name)
    unit = f" {entry.unit}" if entry is not None and entry.unit else ""
    return f"{value:g}{unit}"


def ago(elapsed: timedelta, unit: str) -> str:
    """How long ago, in the unit of the rule; hours with their minutes, as people say them."""
    if unit != "hours" or elapsed < timedelta(0):
        return f"{_counted(elapsed / timedelta(**{unit: 1}), unit)} ago"
    hours, rest = divmod(elapsed, timedelta(hours=1))
    minutes = rest // timedelta(minutes=1)
    said = [_counted(count, of) for count, of in ((hours, "hours"), (minutes, "minutes")) if count]
    return f"{' '.join(said) or _counted(0, 'minutes')} ago"


def _counted(count: float, unit: str) -> str:
    return f"{count:.4g} {unit.removesuffix('s') if count == 1 else unit}"


def shown_reading(book: FactBook, name: str, reading: Reading, case: Case) -> Because:
    """A reading with its time; one of a pair is shown with the other (148/88 mmHg)."""
    key = (name, reading.at, reading.value)
    found: Because | None = case.made.get(key)
    if found is None:
        found = case.made[key] = _shown_reading(book, name, reading, case)
    return found


def _shown_reading(book: FactBook, name: str, reading: Reading, case: Case) -> Because:
    entry = book.entries.get(name)
    at = reading.at.isoformat()
    if entry is None or entry.pair is None:
        return Because(name, shown(book, name, reading.value), at)
    both = [_other(case, part, name, reading) for part in book.pairs[entry.pair]]
    numbers = "/".join("?" if value is None else f"{value:g}" for value in both)
    return Because(entry.pair, f"{numbers} {entry.unit}", at)


def _other(case: Case, part: str, name: str, reading: Reading) -> float | None:
    if part == name:
        return reading.value
    readings = case.series.get(part, ())
    place = bisect_left(readings, reading.at, key=lambda one: one.at)
    there = place < len(readings) and readings[place].at == reading.at
    return readings[place].value if there else None
