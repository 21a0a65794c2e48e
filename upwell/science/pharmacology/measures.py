"""What is read off a curve: peak and its time, area, half-life, time above a concentration."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from upwell.science.pharmacology.exponential import exponential
from upwell.science.pharmacology.system import System, slowest_rate
from upwell.science.pharmacology.timeline import Timeline

Array = NDArray[np.float64]

_SUBSTEPS = 8  # looks per doubling of the time since a change of input
_PARTS = np.arange(1, _SUBSTEPS + 1) / _SUBSTEPS
_MOST_DOUBLINGS = 40
_LIFETIMES = 40.0  # e**-40: nothing is left
_NEAR = 0.98  # every high point within 2 % of the highest is refined
_ROUNDING = 1e-10
_MOST_CANDIDATES = 12
_TIME_TOLERANCE = 1e-9  # of the bracket; a peak is flat, so its height is exact to rounding
_STEPS = 60


class Peaks:
    """Looks along the whole curve for its high points, then refines them on the exact solution.

    The looks are dense just after each change of input and double their distance from there, until nothing is left of
    the slowest phase; between looks the slope decides. Times are good to about 1e-6 min, heights to rounding.
    """

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.places, self.offsets, self.heights = self._look()

    def peak(self, analyte: int) -> tuple[float, float]:
        """The highest concentration (ng/mL) and when it is first reached (min)."""
        heights = self.heights[:, analyte]
        highest = float(heights.max(initial=0.0))
        if highest <= 0:
            return 0.0, 0.0
        left, right = np.roll(heights, 1), np.roll(heights, -1)
        left[0] = right[-1] = -np.inf
        level = heights * (1 + _ROUNDING)  # a change of input is looked at from both of its sides
        near = (heights >= _NEAR * highest) & (level >= left) & (level >= right)
        candidates = np.flatnonzero(near)
        candidates = candidates[np.argsort(-heights[candidates], kind="stable")][:_MOST_CANDIDATES]
        found = [self._refined(analyte, int(one)) for one in sorted(candidates)]
        return max(found, key=lambda one: (one[0], -one[1]))

    def above(self, analyte: int, threshold: float) -> float:
        """For how many minutes the concentration is above a threshold (ng/mL)."""
        times = self.timeline.breaks[self.places] + self.offsets
        heights = self.heights[:, analyte]
        height, when = self.peak(analyte)
        place = int(np.searchsorted(times, when))
        times, heights = np.insert(times, place, when), np.insert(heights, place, height)
        over = heights > threshold
        total = float(np.sum(np.diff(times)[over[:-1] & over[1:]]))
        for one in np.flatnonzero(over[:-1] != over[1:]):
            crossing = self._crossing(analyte, threshold, float(times[one]), float(times[one + 1]))
            total += crossing - times[one] if over[one] else times[one + 1] - crossing
        return total

    def _look(self) -> tuple[NDArray[np.int64], Array, Array]:
        line = self.timeline
        lengths = np.append(np.diff(line.breaks), _tail(line))
        unique, which = np.unique(lengths, return_inverse=True)
        places, offsets, heights = [], [], []
        for number, length in enumerate(unique):
            rows = np.flatnonzero(which == number)
            when, seen = _looks(line, line.states[rows], float(length))
            places.append(np.repeat(rows, len(when)))
            offsets.append(np.tile(when, len(rows)))
            heights.append(seen.reshape(-1, seen.shape[-1]))
        place, offset = np.concatenate(places), np.concatenate(offsets)
        order = np.lexsort((offset, place))
        return place[order], offset[order], np.concatenate(heights)[order]

    def _refined(self, analyte: int, look: int) -> tuple[float, float]:
        """The high point next to a look: on the look itself, or where the slope is zero beside it."""
        line, place = self.timeline, int(self.places[look])
        near = [one for one in (look - 1, look, look + 1) if 0 <= one < len(self.places)]
        spots = [float(self.offsets[one]) for one in near if self.places[one] == place]
        low, high, own = min(spots), max(spots), float(self.offsets[look])
        before, across = exponential(line.matrix, np.array([low, high - low]))
        base = before @ line.states[place]
        slope = line.slope[analyte]
        rise, fall = float(slope @ base), float(slope @ (across @ base))
        if rise > 0 > fall:
            best, state = _zero_of_slope(line, slope, base, high - low, rise / (rise - fall))
            best += low
        else:
            best, state = own, exponential(line.matrix, own) @ line.states[place]
        return float(line.measure[analyte] @ state), float(line.breaks[place]) + best

    def _crossing(self, analyte: int, threshold: float, low: float, high: float) -> float:
        line = self.timeline
        start = float(line.concentrations(np.array([low]))[0, analyte]) > threshold
        for _ in range(_STEPS):
            middle = (low + high) / 2
            if not low < middle < high:
                break
            if (float(line.concentrations(np.array([middle]))[0, analyte]) > threshold) == start:
                low = middle
            else:
                high = middle
        return (low + high) / 2


def area_to_infinity(timeline: Timeline) -> list[float | None]:
    r"""The whole area under each curve, in ng min/mL; None where something never leaves.

    .. math:: AUC_{0-\infty} = -C A^{-1} b

    ``b`` are the amounts given (mg) by compartment; exact, from the rates alone.
    """
    system = timeline.system
    given = np.zeros(len(system.states))
    for one in timeline.entries:
        given[one.state] += one.amount[0]
    return [_area(system, place, given, timeline.dosed) for place in range(len(system.analytes))]


def half_life(timeline: Timeline, analyte: int) -> float | None:
    r"""The terminal half-life of a curve in minutes: that of the slowest phase between the doses and the analyte.

    .. math:: t_{1/2} = \ln 2 / \lambda_{min}
    """
    slowest = timeline.slowest[analyte]
    return math.log(2) / slowest if slowest else None


def _area(system: System, analyte: int, given: Array, dosed: list[int]) -> float | None:
    states = system.reaching(analyte, [one for one in dosed if given[one] > 0])
    if not states:
        return 0.0
    if slowest_rate(system, states) is None:
        return None
    times = np.linalg.solve(-system.rates[0][np.ix_(states, states)], given[states])
    return float(system.concentrations[0, analyte, states] @ times)


def _tail(line: Timeline) -> float:
    """How long to look after the last change of input: until nothing is left of the slowest phase."""
    longest = 2.0 ** (_MOST_DOUBLINGS - _SUBSTEPS) / line.pace
    return min([longest, *(_LIFETIMES / one for one in line.slowest if one)])


def _looks(line: Timeline, states: Array, length: float) -> tuple[Array, Array]:
    """Concentrations at 0 and at doubling offsets up to ``length``, from several states at once."""
    fastest = float(np.abs(np.diagonal(line.matrix)).max(initial=0.0))
    doublings = min(_MOST_DOUBLINGS, max(1, math.ceil(math.log2(max(length * fastest * _SUBSTEPS, 2)))))
    first = length / 2**doublings
    steps = exponential(line.matrix, first * _PARTS)  # each look of a stretch from its start
    offsets: list[Array] = [np.zeros(1)]
    seen: list[Array] = [states[:, None, :] @ line.measure.T]
    now, current = 0.0, states
    for doubling in range(doublings + 1):
        width = first if doubling == 0 else first * 2 ** (doubling - 1)
        if doubling > 1:
            steps = steps @ steps
        path = (current @ steps.reshape(-1, steps.shape[-1]).T).reshape(len(current), *steps.shape[:2])
        offsets.append(now + width * _PARTS)
        seen.append(path @ line.measure.T)
        now, current = now + width, path[:, -1]
    return np.concatenate(offsets), np.concatenate(seen, axis=1)


def _zero_of_slope(
    line: Timeline, slope: Array, base: Array, width: float, share: float
) -> tuple[float, Array]:
    """Where the slope passes zero between 0 and ``width``, and the state there: Newton in a shrinking bracket.

    ``share`` is the first guess, as a part of the width.
    """
    low, high, guess = 0.0, width, share * width
    bend = slope @ line.matrix
    for _ in range(_STEPS):
        state = exponential(line.matrix, guess) @ base
        rise = float(slope @ state)
        if rise == 0:
            return guess, state
        low, high = (guess, high) if rise > 0 else (low, guess)
        curvature = float(bend @ state)
        following = guess - rise / curvature if curvature < 0 else (low + high) / 2
        if abs(following - guess) <= _TIME_TOLERANCE * width:
            return following, state  # so near that the height is the same to the last digit
        guess = following if low < following < high else (low + high) / 2
    return guess, state
