"""Where things stand on the chart: time from left to right, totals from bottom to top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from upwell.web.chart_data import Trajectory

INNER_PAD = 14.0
TICK_ROOM = 13.0
LETTER = 0.57  # how wide a letter is, as a part of the text's size
LONGEST_BAND = 20  # letters of a band's name beside the plot


@dataclass(frozen=True, slots=True)
class Frame:
    """The drawing's size and the margins around its plot, in SVG units."""

    name: str
    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    text: float
    date_ticks: int
    name_bands: bool

    @property
    def plot_right(self) -> float:
        return self.width - self.right

    @property
    def plot_bottom(self) -> float:
        return self.height - self.bottom


WIDE = Frame("wide", 760, 300, 36, 128, 14, 34, 13.0, 6, True)
MEDIUM = Frame("medium", 540, 270, 34, 112, 14, 34, 13.0, 4, True)
NARROW = Frame("narrow", 340, 250, 30, 8, 12, 32, 13.0, 3, False)


@dataclass(frozen=True, slots=True)
class Scale:
    """Turns a moment and a total into a place on the plot; everything stays inside the frame."""

    frame: Frame
    start: datetime
    end: datetime
    maximum: float

    def x(self, at: datetime) -> float:
        left, right = self.frame.left + INNER_PAD, self.frame.plot_right - INNER_PAD
        span = (self.end - self.start).total_seconds()
        if span <= 0:
            return (left + right) / 2
        share = (at - self.start).total_seconds() / span
        return left + min(max(share, 0.0), 1.0) * (right - left)

    def y(self, total: float) -> float:
        share = min(max(total / self.maximum, 0.0), 1.0) if self.maximum > 0 else 0.0
        return self.frame.plot_bottom - share * (self.frame.plot_bottom - self.frame.top)


def scale_of(chart: Trajectory, frame: Frame) -> Scale:
    """The scale that holds every point and dosing day of a chart, with room for the names of its bands."""
    moments = [point.at for point in chart.points] + list(chart.doses)
    if frame.name_bands and chart.bands:
        longest = max(len(str(chart.words.band(name))) for name, _low, _high in chart.bands)
        room = 12 + min(longest, LONGEST_BAND) * frame.text * LETTER
        frame = replace(frame, right=max(frame.right, room))
    return Scale(frame, min(moments), max(moments), chart.maximum)


def total_ticks(chart: Trajectory, scale: Scale) -> list[float]:
    """Where bands begin, and the ends of the instrument; none so close that the numbers touch."""
    wanted = sorted({0.0, chart.maximum, *(low for _name, low, _high in chart.bands)})
    kept: list[float] = []
    for value in wanted:
        if 0 <= value <= chart.maximum and all(abs(scale.y(value) - scale.y(k)) >= TICK_ROOM for k in kept):
            kept.append(value)
    return kept


def date_ticks(chart: Trajectory, scale: Scale) -> list[tuple[datetime, str]]:
    """A few moments along the bottom, with how exactly to name them; none so close that the names touch."""
    span = scale.end - scale.start
    detail = _detail(span)
    if span <= timedelta(0):
        return [(scale.start, "full")]
    frame = scale.frame
    name = len(str(chart.words.date(scale.end, detail))) * frame.text * LETTER
    # The outer names begin and end with the plot: between an outer one and the next lie one name and a half.
    count = max(2, min(frame.date_ticks, int((frame.plot_right - frame.left) / (1.5 * name + 8)) + 1))
    if detail == "day":
        count = min(count, max(span.days + 1, 2))
    return [(scale.start + span * (step / (count - 1)), detail) for step in range(count)]


def _detail(span: timedelta) -> str:
    if span < timedelta(days=2):
        return "time"
    if span < timedelta(days=300):
        return "day"
    return "month" if span < timedelta(days=365 * 12) else "year"


def apart(places: Sequence[float], room: float) -> list[float]:
    """The same places, moved down just enough that no two texts stand on each other."""
    moved: dict[int, float] = {}
    last = float("-inf")
    for index in sorted(range(len(places)), key=lambda i: places[i]):
        last = max(places[index], last + room)
        moved[index] = last
    return [moved[index] for index in range(len(places))]
