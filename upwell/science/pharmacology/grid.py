"""Many people on one even grid: the same exact solution, all at once.

Between two points of the grid the state of a person moves by one matrix. Thirty-two points ahead are one product with
the matrix's powers, and where each stretch begins follows from a scan that doubles its reach. An input that starts
or ends between two points is carried exactly to the next one and added there, since everything is linear.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from upwell.science.pharmacology.exponential import exponential
from upwell.science.pharmacology.system import Entry, System
from upwell.science.pharmacology.timeline import SLOWEST_PACE

Array = NDArray[np.float64]
Index = NDArray[np.int64]

_NEXT_TO_NOTHING = 1e-6  # ng/mL; rounding is far below it
STRETCH = 32  # points of the grid per stretch; a power of two


class Grid:
    """People on an even grid that starts at time 0; ``advance`` gives the concentrations, stretch by stretch.

    Parameters
    ----------
    system : System
        Of n people.
    entries : sequence of Entry
        Start, amount and duration may differ between people.
    step : float
        min between two points.
    """

    def __init__(self, system: System, entries: Sequence[Entry], step: float) -> None:
        self.count, self.size = len(system), len(system.states)
        self.analytes = len(system.analytes)
        running = sorted({one.state for one in entries if (one.over > 0).any()})
        self.rows = {state: self.size + place for place, state in enumerate(running)}
        # inputs are kept on the scale of the rates, so that they cost the exponential no digits
        self.pace = max(float(np.median(np.abs(system.rates).max(axis=(1, 2)))), SLOWEST_PACE)
        self.matrix = _with_inputs(system, running, self.pace)
        self.measure = np.zeros((self.count, self.analytes, len(self.matrix[0])))
        self.measure[:, :, : self.size] = system.concentrations
        self.step = step
        self.one_step = exponential(self.matrix, step)
        self.landings = [self._landed(*event) for event in self._events(entries)]
        self.state = np.zeros((self.count, self.matrix.shape[-1]))
        self.place = 0

    def advance(self, points: int, out: Array | None = None) -> Array:
        """The next points: ng/mL, shape (n, points, a). ``points`` is a whole number of stretches."""
        stretches = points // STRETCH
        powers = [self.one_step]
        ahead = self.measure
        while ahead.shape[1] < STRETCH * self.analytes:
            ahead = np.concatenate([ahead, ahead @ powers[-1]], axis=1)
            powers.append(powers[-1] @ powers[-1])
        starts = np.zeros((self.count, stretches + 1, self.matrix.shape[-1]))
        starts[:, 0] = self.state
        due = list(self._due(points))
        inside = [self._land(one, powers, ahead, starts) for one in due]
        last = max((int(point.max()) // STRETCH + 1 for _, point, _ in due), default=0)
        _scan(starts[:, : last + 1], powers[-1])
        _follow(starts, powers[-1], last)
        seen = np.matmul(starts[:, :stretches], ahead.transpose(0, 2, 1), out=_shaped(out, stretches))
        curve = seen.reshape(self.count, points, self.analytes)
        for who, first, heights in inside:
            curve[who[:, None], first[:, None] + np.arange(STRETCH)] += heights
        self.state, self.place = starts[:, stretches].copy(), self.place + points
        if self.rows and curve[:, -1].min() < _NEXT_TO_NOTHING:
            np.maximum(curve, 0, out=curve)  # a last digit below zero, long after an input has ended
        return curve

    def _events(self, entries: Sequence[Entry]) -> Iterator[tuple[Array, Array]]:
        """What changes when: (n,) times and (n, s) jumps; what happens at the same time is taken together."""
        together: dict[bytes, tuple[Array, Array]] = {}
        for one in entries:
            rate = np.divide(one.amount, one.over, out=np.zeros(self.count), where=one.over > 0)
            rate = rate / self.pace
            at_once = np.where(one.over > 0, 0.0, one.amount)
            row = self.rows.get(one.state)
            for when, target, jump in ((one.start, one.state, at_once), (one.start, row, rate)):
                _add(together, when, target, jump, self.matrix.shape[-1])
            _add(together, one.start + one.over, row, -rate, self.matrix.shape[-1])
        yield from together.values()

    def _landed(self, when: Array, jump: Array) -> tuple[Index, Array]:
        """A change carried to the next point of the grid: which point, and the state it adds there."""
        point = np.ceil(np.round(when / self.step, 9)).astype(np.int64)
        gap = np.maximum(point * self.step - when, 0)
        late = gap > np.spacing(when)
        if late.any():
            jump = jump.copy()
            jump[late] = (exponential(self.matrix[late], gap[late]) @ jump[late][:, :, None])[:, :, 0]
        return point, jump

    def _due(self, points: int) -> Iterator[tuple[Index, Index, Array]]:
        """The changes among the next points: who, at which of them, and what."""
        for point, jump in self.landings:
            who = np.flatnonzero((point >= self.place) & (point < self.place + points))
            if len(who):
                yield who, point[who] - self.place, jump[who]

    def _land(
        self, change: tuple[Index, Index, Array], powers: list[Array], ahead: Array, starts: Array
    ) -> tuple[Index, Index, Array]:
        """Puts a change where the scan picks it up; gives what it adds within its own stretch."""
        who, point, jump = change
        stretch, inside = point // STRETCH, point % STRETCH
        at_start = inside == 0
        np.add.at(starts, (who[at_start], stretch[at_start]), jump[at_start])
        who, point, jump = who[~at_start], point[~at_start], jump[~at_start]
        stretch, inside = stretch[~at_start], inside[~at_start]
        heights = (_of(ahead, who) @ jump[:, :, None]).reshape(len(who), STRETCH, self.analytes)
        first = stretch * STRETCH
        moved = np.arange(STRETCH)[None, :] - inside[:, None]
        heights = np.take_along_axis(heights, np.maximum(moved, 0)[:, :, None], axis=1)
        heights[moved < 0] = 0
        remaining, carried = STRETCH - inside, jump
        for bit, power in enumerate(powers):
            chosen = np.flatnonzero((remaining >> bit) & 1)
            if len(chosen):
                carried[chosen] = (_of(power, who[chosen]) @ carried[chosen][:, :, None])[:, :, 0]
        np.add.at(starts, (who, stretch + 1), carried)
        return who, first, heights


def _add(
    together: dict[bytes, tuple[Array, Array]], when: Array, row: int | None, jump: Array, size: int
) -> None:
    if row is None or not jump.any():
        return
    _, total = together.setdefault(when.tobytes(), (when, np.zeros((len(when), size))))
    total[:, row] += jump


def _with_inputs(system: System, running: Sequence[int], pace: float) -> Array:
    """The rates with one more row per input that runs for a while."""
    size = len(system.states)
    matrix = np.zeros((len(system), size + len(running), size + len(running)))
    matrix[:, :size, :size] = system.rates
    for place, state in enumerate(running):
        matrix[:, state, size + place] = pace
    return matrix


def _of(matrices: Array, who: Index) -> Array:
    """The matrices of some people; no copy where it is everybody."""
    return matrices if len(who) == len(matrices) else matrices[who]


def _scan(states: Array, power: Array) -> None:
    """Each state becomes itself plus all earlier ones carried to it; the reach doubles at every turn."""
    reach = 1
    while reach < states.shape[1]:
        states[:, reach:] += states[:, :-reach] @ power.transpose(0, 2, 1)
        reach *= 2
        if reach < states.shape[1]:
            power = power @ power


def _follow(states: Array, power: Array, last: int) -> None:
    """All states after the last one that something was added to, by doubling."""
    known = 1
    while last + known < states.shape[1]:
        wanted = min(known, states.shape[1] - last - known)
        following = slice(last + known, last + known + wanted)
        np.matmul(states[:, last : last + wanted], power.transpose(0, 2, 1), out=states[:, following])
        known *= 2
        if last + known < states.shape[1]:
            power = power @ power


def _shaped(out: Array | None, stretches: int) -> Array | None:
    return None if out is None else out.reshape(len(out), stretches, -1)
