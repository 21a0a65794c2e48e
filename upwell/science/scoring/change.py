"""How a person's scores change: response, remission, reliable change, by the instrument's own numbers.

change = total - baseline (points); percent_change = 100 * change / baseline (per cent), exact until printed.
Improvement is a fall where higher is worse, and a rise where higher is better. Source: the instrument's file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from fractions import Fraction
from operator import attrgetter, ge, gt, le, lt
from typing import Any

from upwell.knowledge.arithmetic import PERCENT
from upwell.knowledge.instrument import Instrument, Limit

SCORABLE = ("complete", "imputed")

BASELINE = "baseline"
NO_BASELINE = "no-baseline"
NOT_SCORABLE = "not-scorable"
INSIDE_RECALL_WINDOW = "inside-recall-window"
BASELINE_ZERO = "baseline-zero"

IMPROVED, WORSENED, UNCHANGED = "improved", "worsened", "unchanged"


@dataclass(frozen=True, slots=True)
class Assessment:
    """One assessment in a course: when, the total, and how it came about (``complete``, ``imputed`` …)."""

    at: datetime
    total: int | float | None
    status: str = "complete"

    @property
    def is_scorable(self) -> bool:
        return self.total is not None and self.status in SCORABLE


@dataclass(frozen=True, slots=True)
class Point:
    """One assessment beside the baseline. None means not computed, and ``why_not`` says why; never "no"."""

    at: datetime
    total: int | float | None
    status: str
    band: str | None = None
    is_baseline: bool = False
    days_from_baseline: int | None = None
    change: int | float | None = None
    percent_change: float | None = None
    response: bool | None = None
    remission: bool | None = None
    reliable_change: str | None = None
    meaningful_change: str | None = None
    why_not: str | None = None
    overlaps_previous: bool = False


@dataclass(frozen=True, slots=True)
class Trajectory:
    """A person's scores on one instrument, in order of time; no ``baseline`` if none can be scored."""

    instrument: str
    instrument_version: str
    baseline: Assessment | None
    points: tuple[Point, ...]

    @property
    def latest(self) -> Point | None:
        """The last point that could be scored."""
        return next((point for point in reversed(self.points) if point.total is not None), None)

    def as_json(self) -> dict[str, Any]:
        """The trajectory with ISO times, for pages and files."""
        points = [{**asdict(point), "at": point.at.isoformat()} for point in self.points]
        start = self.baseline
        baseline = None if start is None else {**asdict(start), "at": start.at.isoformat()}
        return {
            "instrument": self.instrument,
            "instrument_version": self.instrument_version,
            "baseline": baseline,
            "points": points,
        }


def trajectory(
    instrument: Instrument, assessments: Iterable[Assessment], *, baseline_at: datetime | None = None
) -> Trajectory:
    """The course of a person's scores; the baseline is the first scorable one (from ``baseline_at`` on)."""
    ordered = sorted(assessments, key=attrgetter("at"))
    baseline = _baseline(ordered, baseline_at)
    points: list[Point] = []
    previous: Assessment | None = None
    for one in ordered:
        overlaps = previous is not None and _days(previous, one) < instrument.recall_days
        points.append(_point(instrument, baseline, one, overlaps))
        previous = one if one.is_scorable else previous
    return Trajectory(instrument.id, instrument.version, baseline, tuple(points))


def _baseline(ordered: Sequence[Assessment], baseline_at: datetime | None) -> Assessment | None:
    eligible = (one for one in ordered if baseline_at is None or one.at >= baseline_at)
    return next((one for one in eligible if one.is_scorable), None)


def _days(earlier: Assessment, later: Assessment) -> int:
    """Calendar days between two assessments: two weeks on, but an hour earlier, is two weeks on."""
    return (later.at.date() - earlier.at.date()).days


def _point(instrument: Instrument, baseline: Assessment | None, one: Assessment, overlaps: bool) -> Point:
    total = one.total if one.is_scorable else None
    band = instrument.band_of(total)
    common: dict[str, Any] = {
        "at": one.at,
        "total": total,
        "status": one.status,
        "band": None if band is None else band.id,
        "overlaps_previous": overlaps,
    }
    if total is None:
        return Point(**common, why_not=NOT_SCORABLE)
    if baseline is None or baseline.total is None or (one is not baseline and one.at < baseline.at):
        return Point(**common, why_not=NO_BASELINE)
    if one is baseline:
        return Point(**common, is_baseline=True, days_from_baseline=0, why_not=BASELINE)
    return _compare(instrument, baseline.total, total, _days(baseline, one), common)


def _compare(
    instrument: Instrument, start: int | float, total: int | float, days: int, common: dict[str, Any]
) -> Point:
    """A later score beside the baseline; no marks inside the recall window: both look at the same days."""
    change = total - start
    improvement = -change if instrument.direction == "higher-is-worse" else change
    percent = None if start == 0 else Fraction(PERCENT) * Fraction(change) / Fraction(start)
    known: dict[str, Any] = {
        **common,
        "days_from_baseline": days,
        "change": change,
        "percent_change": None if percent is None else float(percent),
    }
    if days < instrument.recall_days:
        return Point(**known, why_not=INSIDE_RECALL_WINDOW)
    rules = instrument.change
    return Point(
        **known,
        response=_response(rules.response, percent, improvement),
        remission=_within(rules.remission, total),
        reliable_change=_direction(rules.reliable, improvement),
        meaningful_change=_direction(rules.mcid, improvement),
        why_not=BASELINE_ZERO if percent is None else None,
    )


def _response(limit: Limit, percent: Fraction | None, improvement: int | float) -> bool | None:
    """Whether the fall from baseline is large enough; unknown from a baseline of zero."""
    if limit.percent_fall_at_least is None or percent is None:
        return None
    return improvement > 0 and abs(percent) >= limit.percent_fall_at_least


def _within(limit: Limit, total: int | float) -> bool | None:
    """Whether a total lies within the limit; None where no number was recovered (NR)."""
    table = ((ge, limit.at_least), (le, limit.at_most), (gt, limit.above), (lt, limit.below))
    judged = [compare(total, number) for compare, number in table if number is not None]
    return all(judged) if judged else None


def _direction(limit: Limit, improvement: int | float) -> str | None:
    """Improved, worsened or unchanged beyond the limit; None where no number was recovered (NR)."""
    if limit.at_least is None:
        return None
    if abs(improvement) < limit.at_least:
        return UNCHANGED
    return IMPROVED if improvement > 0 else WORSENED
