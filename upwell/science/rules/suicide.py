"""Suicide-risk triage: the level that answers prove, the highest of several, and whether it pages somebody. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from upwell.knowledge.triage import NONE, Level, Triage

COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Screen:
    """What a suicide instrument gave: the level that is proven, None where nothing is; and whether all was answered.

    A screen with gaps is never read as none: it has the level that its answers prove already, or no level.
    """

    level: Level | None
    is_complete: bool


class Why(StrEnum):
    """Why answers page somebody, or do not."""

    LEVEL = "level"  # the level pages by itself
    RISE = "rise"  # above the person's own last answers
    NO_BASELINE = "no-baseline"  # above none, and there are no earlier answers to compare with
    USUAL = "usual"  # no higher than the person's own last answers
    NOTHING = "nothing"  # none reported


PAGING = frozenset({Why.LEVEL, Why.RISE, Why.NO_BASELINE})


def read_screen(instrument: str, result: Mapping[str, Any], triage: Triage) -> Screen | None:
    """A result of ``upwell score`` read as a level; None for an instrument that is no suicide screen."""
    reading = triage.readings.get(instrument)
    if reading is None:
        return None
    is_complete = result.get("status") == COMPLETE
    proven = reading.get(result.get("level_at_least") or "")
    outcomes = [proven] if proven else []
    if is_complete:
        said = (result.get("algorithms") or {}).get("risk")
        outcomes.append(reading.get(said or "", proven or NONE))
    levels = [triage.levels[one] for one in outcomes if one is not None]
    level = highest(levels)
    if not is_complete and level is not None and level.id == NONE:
        level = None
    return Screen(level, is_complete)


def highest(levels: Iterable[Level]) -> Level | None:
    """The highest answer wins; None where there is none."""
    return max(levels, key=lambda one: one.rank, default=None)


def why_paged(level: Level, baseline: Level | None, triage: Triage) -> Why:
    """Whether a level pages somebody: by itself, or as a change from the person's own baseline."""
    if level.id == NONE:
        return Why.NOTHING
    if level.pages:
        return Why.LEVEL
    if baseline is None:
        return Why.NO_BASELINE
    return Why.RISE if level.rank > baseline.rank else Why.USUAL


def why_single_paged(answers: Mapping[str, float], before: Mapping[str, float] | None) -> Why:
    """The same for questions that give no level, by item: higher than the last answer is a change."""
    if before is None or not answers.keys() <= before.keys():
        return Why.NO_BASELINE
    return Why.RISE if any(value > before[item] for item, value in answers.items()) else Why.USUAL


def triage_of(instrument: str, result: Mapping[str, Any], triage: Triage) -> dict[str, Any] | None:
    """The level of a result with action, owner and clock, as ``upwell score`` prints it; None for other instruments.

    The level is null where nothing is proven: a screen with gaps is never none.
    """
    screen = read_screen(instrument, result, triage)
    if screen is None:
        return None
    level = screen.level
    if level is None:
        return {"level": None, "knowledge_version": triage.version}
    return {
        "level": level.id,
        "title": level.title,
        "action": level.action,
        "owner": level.owner,
        "clock": level.clock.words,
        "pages": level.pages,
        "policy": level.provenance.is_policy or level.clock.provenance.is_policy,
        "knowledge_version": triage.version,
    }
