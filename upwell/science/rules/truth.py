"""Whether a condition holds, without the facts behind it: made once of each condition, and asked of every case.

Most rules do not hold, and nobody asks why. Of one that does, or that lacks a fact, ``Judge`` tells what it rests on;
both give the same answer to every case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from upwell.knowledge.gates.conditions import parts_of
from upwell.knowledge.gates.model import Condition, Rule
from upwell.science.rules.case import Case, Reading
from upwell.science.rules.fitting import Fits, fits_of, once_of
from upwell.science.rules.judge import SESSION_DAYS, Judge, by_moment, changes_of, last_moment

Truth = Callable[[Case], bool | None]


def truth_of_rule(rule: Rule, judge: Judge) -> Truth:
    """Whether a rule holds, what spares it being looked at only where that matters."""
    holds = truth_of(rule.when, judge)
    if rule.unless is None:
        return holds
    spared = truth_of(rule.unless, judge)

    def unless(case: Case) -> bool | None:
        found = holds(case)
        return False if found is not False and spared(case) is True else found

    return unless


def truth_of(condition: Condition, judge: Judge) -> Truth:
    """True, false, or None where a fact that matters is missing."""
    if condition.for_minutes is not None:
        return _sustained(condition, judge)
    if condition.all or condition.any:
        parts = [truth_of(part, judge) for part in condition.all or condition.any]
        return _settled_by(not condition.all, parts)
    if condition.negated is not None:
        return _opposite(truth_of(condition.negated, judge))
    for kind, make in _KINDS:
        name = getattr(condition, kind)
        if name is not None and name != SESSION_DAYS:
            return make(name, condition, judge)
    return lambda case: judge.judge(condition, case).holds


def _settled_by(answer: bool, parts: list[Truth]) -> Truth:
    """One part with this answer settles it; otherwise one that is unknown leaves it open."""

    def holds(case: Case) -> bool | None:
        found: bool | None = not answer
        for part in parts:
            one = part(case)
            if one is answer:
                return answer
            if one is None:
                found = None
        return found

    return holds


def _opposite(part: Truth) -> Truth:
    def holds(case: Case) -> bool | None:
        found = part(case)
        return None if found is None else not found

    return holds


def _fact(name: str, condition: Condition, judge: Judge) -> Truth:
    fits, window = fits_of(condition), condition.window or judge.window
    of_readings = _of_readings(name, condition)

    def holds(case: Case) -> bool | None:
        values = case.values
        if name in values:
            return fits(values[name])
        readings = case.window(name, window) if name in case.series else ()
        return of_readings(readings, case) if readings else None

    return holds


def _of_readings(name: str, condition: Condition) -> Callable[[tuple[Reading, ...], Case], bool | None]:
    fits = fits_of(condition)
    if condition.change_from is not None:
        return lambda readings, case: _has_changed(changes_of(name, condition, case, readings), fits)
    if condition.reading != "latest":
        return lambda readings, _: any(fits(one.value) for one in readings)
    return lambda readings, _: _latest_fits(readings, fits)


def _has_changed(found: tuple[Any, list[float]] | None, fits: Fits) -> bool | None:
    return None if found is None else any(map(fits, found[1]))


def _latest_fits(readings: tuple[Reading, ...], fits: Fits) -> bool:
    """Whether one of the readings of the last moment fits."""
    return fits(readings[-1].value) or any(fits(one.value) for one in readings[last_moment(readings) : -1])


def _given(name: str, condition: Condition, judge: Judge) -> Truth:
    window = condition.window or judge.window
    if name in ("conditions", "medicines", "doses"):
        return lambda case: getattr(case, name) is not None
    return lambda case: name in case.values or (name in case.series and bool(case.window(name, window)))


def _since(name: str, condition: Condition, _: Judge) -> Truth:
    fits, unit = fits_of(condition), timedelta(**{condition.unit: 1})

    def holds(case: Case) -> bool | None:
        begins: Any = case.values.get(name)
        if not isinstance(begins, datetime):
            readings = case.series.get(name, ())
            begins = readings[-1].at if readings else None
        return None if begins is None or case.at is None else fits((case.at - begins) / unit)

    return holds


def _sustained(condition: Condition, judge: Judge) -> Truth:
    """Looked at moment by moment from the latest on, no further back than the condition asks."""
    inner, names = (
        truth_of(once_of(condition), judge),
        {part.fact for part in parts_of(condition) if part.fact},
    )
    window, wanted = condition.window or judge.window, timedelta(minutes=condition.for_minutes or 0)
    unproven = None if condition.unproven == "unknown" else False

    alone = _at_moment(once_of(condition))

    def holds(case: Case) -> bool | None:
        latest: datetime | None = None
        for moment, readings in by_moment(case, names, window):
            found = inner(case.with_series(readings)) if alone is None else alone(readings, case)
            if found is False:
                return False if latest is None else unproven
            if found:
                latest = latest or moment
                if latest - moment >= wanted:
                    return True
        return None if latest is None else unproven

    return holds


def _at_moment(condition: Condition) -> Callable[[Mapping[str, tuple[Reading, ...]], Case], bool] | None:
    """The answer of the readings of one moment, where the condition is about those of one fact alone."""
    name, fits = condition.fact, fits_of(condition)
    if name is None or name == SESSION_DAYS or condition.change_from is not None:
        return None
    return lambda readings, case: (
        fits(case.values[name]) if name in case.values else any(fits(one.value) for one in readings[name])
    )


def _of_list(kind: str) -> Callable[[str, Condition, Judge], Truth]:
    """What is looked up in a list: unknown without one, and not in an empty one."""

    def make(_: str, condition: Condition, judge: Judge) -> Truth:
        def holds(case: Case) -> bool | None:
            entries = getattr(case, kind)
            return judge.judge(condition, case).holds if entries else None if entries is None else False

        return holds

    return make


_KINDS: tuple[tuple[str, Callable[[str, Condition, Judge], Truth]], ...] = (
    ("fact", _fact),
    ("given", _given),
    ("since", _since),
    ("has", _of_list("conditions")),
    ("takes", _of_list("medicines")),
)
