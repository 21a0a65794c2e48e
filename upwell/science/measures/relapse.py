"""A relapse, by the rule that was declared beforehand: which scores make it, and what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from upwell.base.finding import Because, Finding, Severity
from upwell.knowledge.arithmetic import PERCENT
from upwell.knowledge.instrument import Instrument
from upwell.knowledge.loader import load_instrument
from upwell.knowledge.relapse import (
    NEAR_BASELINE,
    REMISSION_LOST,
    RESPONSE_LOST,
    RISE_FROM_BEST,
    RelapseRule,
)
from upwell.science.measures.scores import Score, best_of, days_between, from_first_dose, improvement
from upwell.science.scoring.values import plain_number


@dataclass(frozen=True, slots=True)
class Relapse:
    """The rule is met: by which scores in a row, the first of which with it was ``crossed_by``."""

    rule: RelapseRule
    finding: Finding
    crossed_by: Score
    run: tuple[Score, ...]


@dataclass(frozen=True, slots=True)
class Watch:
    """How the rule stands: ``relapse`` where it is met, else how much of it, and why it can't be met yet."""

    relapse: Relapse | None
    run: tuple[Score, ...] = ()
    why_not: str = ""


NO_BASELINE = "no-baseline"
NOT_REACHED = "not-reached"  # what could be lost was never reached
KEPT = "kept"
BEFORE = "before"  # the scores would meet it, and lie before the moment from which the rule counts


def relapse(
    rule: RelapseRule, scores: Iterable[Score], *, first_dose_at: datetime, since: datetime
) -> Relapse | None:
    """The relapse, if the latest scores make one that was completed at ``since`` or later."""
    return watch(rule, scores, first_dose_at=first_dose_at, since=since).relapse


def watch(rule: RelapseRule, scores: Iterable[Score], *, first_dose_at: datetime, since: datetime) -> Watch:
    """How the rule stands by the scores so far.

    Scores in a row count for two only if the second looks back on none of the days of the first. A score that does not
    meet the rule ends the row.
    """
    instrument = load_instrument(rule.instrument)
    parted = from_first_dose(instrument, scores, first_dose_at)
    if parted.baseline is None or parted.baseline.total is None:
        return Watch(None, why_not=NO_BASELINE)
    test = _TESTS[rule.test]
    run: list[Score] = []
    reached = False
    for place, one in enumerate(parted.judged):
        lost = test(rule, instrument, parted.baseline, one, best_of(instrument, parted.judged[:place]))
        if lost is None or (lost and not reached and rule.test != RISE_FROM_BEST):
            continue
        if not lost:
            reached, run = True, []
        elif not run or days_between(run[-1].at, one.at) >= instrument.recall_days:
            run.append(one)
    if not reached and not run:
        return Watch(None, why_not=NOT_REACHED)
    if len(run) < rule.consecutive:
        return Watch(None, tuple(run), "" if run else KEPT)
    if run[-1].at < since:
        return Watch(None, tuple(run), BEFORE)
    found = Relapse(rule, _finding(rule, parted.baseline, run), run[rule.consecutive - 1], tuple(run))
    return Watch(found, found.run)


Test = Callable[[RelapseRule, Instrument, Score, Score, Score | None], bool | None]


def _response_lost(
    rule: RelapseRule, instrument: Instrument, start: Score, one: Score, best: Score | None
) -> bool | None:
    """Whether less than the share that makes a response has been gained; unknown from a baseline of zero."""
    if not start.total or one.total is None:
        return None
    return PERCENT * improvement(instrument, start.total, one.total) < rule.limit * abs(start.total)


def _remission_lost(
    rule: RelapseRule, instrument: Instrument, start: Score, one: Score, best: Score | None
) -> bool | None:
    if one.total is None:
        return None
    is_below = instrument.change.remission.below is not None
    return one.total >= rule.limit if is_below else one.total > rule.limit


def _near_baseline(
    rule: RelapseRule, instrument: Instrument, start: Score, one: Score, best: Score | None
) -> bool | None:
    if start.total is None or one.total is None:
        return None
    return improvement(instrument, start.total, one.total) < rule.limit


def _rise_from_best(
    rule: RelapseRule, instrument: Instrument, start: Score, one: Score, best: Score | None
) -> bool | None:
    if best is None or best.total is None or one.total is None:
        return False
    return -improvement(instrument, best.total, one.total) >= rule.limit


_TESTS: Mapping[str, Test] = {
    RESPONSE_LOST: _response_lost,
    REMISSION_LOST: _remission_lost,
    NEAR_BASELINE: _near_baseline,
    RISE_FROM_BEST: _rise_from_best,
}


def _finding(rule: RelapseRule, baseline: Score, run: list[Score]) -> Finding:
    because = [
        _because("score.baseline", baseline),
        *(_because(f"score.{rule.instrument}", one) for one in run),
    ]
    return Finding(
        rule=f"relapse.{rule.id}",
        severity=Severity.NEEDS_DECISION,
        message=f"Relapse by the rule that was declared beforehand. {rule.words}",
        because=tuple(because),
        source=rule.provenance.sources,
        policy=rule.provenance.is_policy,
    )


def _because(fact: str, score: Score) -> Because:
    total = "" if score.total is None else str(plain_number(score.total))
    return Because(fact, total, score.at.isoformat())
