"""What is read off a curve: peak and its time, area, half-life, time above a concentration."""

from __future__ import annotations

import math
from functools import cached_property

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
_LAST_STEP = 1e-6  # of the bracket; a step this small leaves an error of about its square, and a peak is flat
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
        return self._peaks[analyte]

    @cached_property
    def _peaks(self) -> list[tuple[float, float]]:
        """All analytes' peaks, refined in one go."""
        near = [self._candidates(one) for one in range(self.heights.shape[1])]
        if not any(map(len, near)):
            return [(0.0, 0.0)] * len(near)
        analytes = np.repeat(np.arange(len(near)), [len(one) for one in near])
        found = zip(analytes, *self._refined(analytes, np.concatenate(near)), strict=True)
        best = dict.fromkeys(range(len(near)), (0.0, 0.0))
        for analyte, height, when in found:
            best[int(analyte)] = max(
                best[int(analyte)], (float(height), float(when)), key=lambda one: (one[0], -one[1])
            )
        return list(best.values())

    def _candidates(self, analyte: int) -> NDArray[np.int64]:
        """The looks beside which the highest point may be."""
        heights = self.heights[:, analyte]
        highest = float(heights.max(initial=0.0))
        if highest <= 0:
            return np.empty(0, dtype=np.int64)
        left, right = np.roll(heights, 1), np.roll(heights, -1)
        left[0] = right[-1] = -np.inf
        level = heights * (1 + _ROUNDING)  # a change of input is looked at from both of its sides
        near = np.flatnonzero((heights >= _NEAR * highest) & (level >= left) & (level >= right))
        return near[np.argsort(-heights[near], kind="stable")][:_MOST_CANDIDATES]

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
        fastest = float(np.abs(np.diagonal(line.matrix)).max(initial=0.0))
        doublings = [_doublings(length * fastest) for length in unique.tolist()]
        firsts = unique * 0.5 ** np.array(doublings)
        steps = exponential(line.matrix, firsts[:, None] * _PARTS)  # each look of a stretch from its start
        places, offsets, heights = [], [], []
        for number, doubled in enumerate(doublings):
            rows = np.flatnonzero(which == number)
            when, seen = _looks(line, line.states[rows], float(firsts[number]), doubled, steps[number])
            places.append(np.repeat(rows, len(when)))
            offsets.append(np.tile(when, len(rows)))
            heights.append(seen.reshape(-1, seen.shape[-1]))
        place, offset = np.concatenate(places), np.concatenate(offsets)
        order = np.lexsort((offset, place))
        return place[order], offset[order], np.concatenate(heights)[order]

    def _refined(self, analytes: NDArray[np.int64], looks: NDArray[np.int64]) -> tuple[Array, Array]:
        """The high points next to looks: on a look itself, or where the slope is zero beside it."""
        line, places, own = self.timeline, self.places[looks], self.offsets[looks]
        low, high = self._beside(looks, -1), self._beside(looks, 1)
        count, slope = len(looks), line.slope[analytes]
        steps = exponential(line.matrix, np.concatenate([low, high - low]))
        base = _moved(steps[:count], line.states[places])
        rise, fall = _dot(slope, base), _dot(slope, _moved(steps[count:], base))
        turns = (rise > 0) & (fall < 0)
        share = np.divide(rise, rise - fall, out=np.zeros(count), where=turns)
        best = np.where(turns, share * (high - low), own - low)
        states = _moved(exponential(line.matrix, best), base)
        if turns.any():
            best[turns], states[turns] = _zero_of_slope(
                line, slope[turns], base[turns], (high - low)[turns], best[turns], states[turns]
            )
        return _dot(line.measure[analytes], states), line.breaks[places] + low + best

    def _beside(self, looks: NDArray[np.int64], step: int) -> Array:
        """The offsets of the looks beside some, within the same stretch; their own at its ends."""
        beside = np.clip(looks + step, 0, len(self.places) - 1)
        return np.where(self.places[beside] == self.places[looks], self.offsets[beside], self.offsets[looks])

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
    places = range(len(system.analytes))
    entered = [one for one in timeline.dosed if given[one] > 0]
    if entered == timeline.dosed:
        between, slowest = timeline.between, timeline.slowest
    else:
        between = [system.reaching(place, entered) for place in places]
        slowest = [slowest_rate(system, states) for states in between]
    return [_area(system, place, given, between[place], slowest[place]) for place in places]


def half_life(timeline: Timeline, analyte: int) -> float | None:
    r"""The terminal half-life of a curve in minutes: that of the slowest phase between the doses and the analyte.

    .. math:: t_{1/2} = \ln 2 / \lambda_{min}
    """
    slowest = timeline.slowest[analyte]
    return math.log(2) / slowest if slowest else None


def _area(
    system: System, analyte: int, given: Array, states: list[int], slowest: float | None
) -> float | None:
    if not states:
        return 0.0
    if slowest is None:
        return None
    times = np.linalg.solve(-system.rates[0][np.ix_(states, states)], given[states])
    return float(system.concentrations[0, analyte, states] @ times)


def _tail(line: Timeline) -> float:
    """How long to look after the last change of input: until nothing is left of the slowest phase."""
    longest = 2.0 ** (_MOST_DOUBLINGS - _SUBSTEPS) / line.pace
    return min([longest, *(_LIFETIMES / one for one in line.slowest if one)])


def _doublings(lifetimes: float) -> int:
    """How often the first look's distance doubles until a stretch is passed, given in lifetimes of its fastest rate."""
    return min(_MOST_DOUBLINGS, max(1, math.ceil(math.log2(max(lifetimes * _SUBSTEPS, 2)))))


def _looks(line: Timeline, states: Array, first: float, doublings: int, steps: Array) -> tuple[Array, Array]:
    """Offsets that double, from ``first`` on, and the concentrations there, from several states at once."""
    widths = first * np.exp2(np.maximum(np.arange(-1, doublings), 0))
    paths = [states[:, None, :]]
    for doubling in range(doublings + 1):
        if doubling > 1:
            steps = steps @ steps
        path = paths[-1][:, -1] @ steps.reshape(-1, steps.shape[-1]).T
        paths.append(path.reshape(len(states), *steps.shape[:2]))
    starts = np.cumsum(widths) - widths
    offsets = (starts[:, None] + widths[:, None] * _PARTS).ravel()
    return np.concatenate([[0.0], offsets]), np.concatenate(paths, axis=1) @ line.measure.T


def _zero_of_slope(
    line: Timeline, slope: Array, base: Array, width: Array, guess: Array, states: Array
) -> tuple[Array, Array]:
    """Where each slope passes zero between 0 and its width, and the state there: Newton in a shrinking bracket.

    ``states`` are those at the first guess.
    """
    low, high = np.zeros(len(width)), width.copy()
    bend = slope @ line.matrix
    for _ in range(_STEPS):
        rise, curvature = _dot(slope, states), _dot(bend, states)
        low, high = np.where(rise > 0, guess, low), np.where(rise > 0, high, guess)
        middle = np.where(rise == 0, guess, (low + high) / 2)
        better = guess - np.divide(rise, curvature, out=guess - middle, where=curvature < 0)
        if np.all(np.abs(better - guess) <= _LAST_STEP * width):
            return better, states  # so near that the heights are the same to the last digit
        guess = np.where((low < better) & (better < high), better, middle)
        states = _moved(exponential(line.matrix, guess), base)
    return guess, states


def _moved(steps: Array, states: Array) -> Array:
    """States carried by a propagator each."""
    return np.asarray((steps @ states[:, :, None])[:, :, 0])


def _dot(left: Array, right: Array) -> Array:
    return np.asarray((left * right).sum(axis=1))
