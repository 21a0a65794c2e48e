"""What a trajectory says in words: for screen readers, for titles, for those who would rather read."""

from __future__ import annotations

from upwell.web.chart_data import Trajectory, TrajectoryPoint, Words, number


def summary(chart: Trajectory) -> str:
    """What the line says, in words: how many, from when to when, first, latest, lowest, highest."""
    said, scored = chart.words, chart.scored
    missing = len(chart.points) - len(scored)
    parts = []
    if scored:
        first, last = said.date(scored[0].at, "full"), said.date(scored[-1].at, "full")
        shape = said.on if first == last else said.between
        parts.append(shape.format(scores=said.scores(len(scored)), first=first, last=last))
        if len(scored) > 1:
            parts.append(said.first.format(value=_value(scored[0], said)))
        parts.append(said.latest.format(value=_value(scored[-1], said)))
        totals = [point.total for point in scored if point.total is not None]
        low, high, top = number(min(totals)), number(max(totals)), number(chart.maximum)
        parts.append(said.range.format(low=low, high=high, maximum=top))
    if missing:
        parts.append(said.unscored.format(n=missing))
    return " ".join(parts) or said.none_yet


def point_said(point: TrajectoryPoint, said: Words) -> str:
    """One point: when, what, and its note."""
    what = _value(point, said) if point.scored else said.not_scorable
    parts = [f"{said.date(point.at, 'full')}: {what}"]
    return " · ".join([*parts, point.label] if point.label else parts)


def _value(point: TrajectoryPoint, said: Words) -> str:
    return f"{number(point.total)} ({said.band(point.band)})" if point.band else number(point.total)
