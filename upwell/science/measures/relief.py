"""When relief came: baseline before the first dose, best, now, and the time to the first response and remission.

A response can be seen only when somebody is asked, and an instrument that looks back two weeks can't show relief in
the first hours or days. So the time is a span: seen then, and not yet at the measure before. Nothing is judged that
looks back on days before the first dose, and what was not asked is not known; it is never "no".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from upwell.knowledge.instrument import Instrument
from upwell.science.measures.scores import FromDose, Score, best_of, days_between, from_first_dose
from upwell.science.scoring import Assessment, Point, trajectory

NO_BASELINE = "no-baseline"
NOTHING_JUDGED = "nothing-judged-yet"
NOT_REACHED = "not-reached"
NOT_KNOWN = "not-known"  # no published number, or a baseline of zero


@dataclass(frozen=True, slots=True)
class FirstReached:
    """When something was first seen, and when it was last seen not to be there yet (None: never asked before).

    ``days`` and ``days_before`` count from the first dose.
    """

    score: Score
    days: int
    not_yet: Score | None
    days_before: int


@dataclass(frozen=True, slots=True)
class Relief:
    """What became of a person's scores on one instrument since the first dose.

    ``response`` and ``remission`` are None where they were not seen, and then ``why_no_…`` says why. ``recall_days``:
    how soon after the first dose this instrument could show anything at all.
    """

    instrument: str
    recall_days: int
    first_dose_at: datetime
    baseline: Score | None
    best: Score | None
    now: Score | None
    now_point: Point | None
    response: FirstReached | None
    remission: FirstReached | None
    why_no_response: str
    why_no_remission: str


def relief(instrument: Instrument, scores: Iterable[Score], first_dose_at: datetime) -> Relief:
    """What became of the scores since the first dose."""
    parted = from_first_dose(instrument, scores, first_dose_at)
    points = _points(instrument, parted)
    response, no_response = _first(points, "response", parted, first_dose_at)
    remission, no_remission = _first(points, "remission", parted, first_dose_at)
    now = parted.after[-1] if parted.after else None
    return Relief(
        instrument=instrument.id,
        recall_days=instrument.recall_days,
        first_dose_at=first_dose_at,
        baseline=parted.baseline,
        best=best_of(instrument, parted.judged),
        now=now,
        now_point=next((point for score, point in points if score is now), None),
        response=response,
        remission=remission,
        why_no_response=no_response,
        why_no_remission=no_remission,
    )


def _points(instrument: Instrument, parted: FromDose) -> list[tuple[Score, Point]]:
    """Each score that is judged, beside the baseline before the first dose."""
    if parted.baseline is None:
        return []
    found = []
    for one in parted.judged:
        pair = [Assessment(each.at, each.total, each.status) for each in (parted.baseline, one)]
        found.append((one, trajectory(instrument, pair).points[-1]))
    return found


def _first(
    points: list[tuple[Score, Point]], what: str, parted: FromDose, first_dose_at: datetime
) -> tuple[FirstReached | None, str]:
    if parted.baseline is None:
        return None, NO_BASELINE
    not_yet: Score | None = None
    known = False
    for score, point in points:
        reached = getattr(point, what)
        if reached:
            since = 0 if not_yet is None else days_between(first_dose_at, not_yet.at)
            return FirstReached(score, days_between(first_dose_at, score.at), not_yet, since), ""
        if reached is False:
            not_yet, known = score, True
    if not points:
        return None, NOTHING_JUDGED
    return None, NOT_REACHED if known else NOT_KNOWN
