"""One person's curve, exact at any moment: the states at each change of input, and what follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from upwell.science.pharmacology.exponential import exponential, powers_applied
from upwell.science.pharmacology.system import Entry, System, slowest_rate

Array = NDArray[np.float64]

_EVEN = 1e-9  # a grid counts as even where its steps differ by less than this part
_FEW = 8
SLOWEST_PACE = 1e-3  # 1/min; below it, products of scales could underflow


class Timeline:
    """The exact solution for one person, from the first dose on.

    Between two changes of input the state is ``exp(M t)`` times the state after the change. ``M`` holds the rates, the
    inputs that are running, and one more row per analyte that adds up its area.

    Parameters
    ----------
    system : System
        Of one person.
    entries : sequence of Entry
    start : array, shape (k,), optional
        Amounts in mg that are there at time 0, such as those of a steady state.

    Attributes
    ----------
    breaks : array, shape (j,)
        min; the moments at which an input starts or stops; the first is 0.
    states : array, shape (j, s)
        Just after each break: amounts (mg), running inputs (mg/min over ``pace``), areas so far (ng min/mL over
        ``area_scale``).
    """

    def __init__(self, system: System, entries: Sequence[Entry], start: Array | None = None) -> None:
        self.system = system
        self.entries = entries
        self.size = len(system.states)
        # inputs and areas are kept on the scale of the rates, so that they cost the exponential no digits
        self.pace = max(float(np.abs(system.rates[0]).max(initial=0.0)), SLOWEST_PACE)
        self.area_scale = float(system.concentrations[0].max(initial=0.0)) / self.pace or 1.0
        self.running = sorted({one.state for one in entries if one.over[0] > 0})
        self.matrix = self._matrix()
        self.measure = np.zeros((len(system.analytes), len(self.matrix)))
        self.measure[:, : self.size] = system.concentrations[0]
        self.breaks, self.states = self._solve(start)

    @property
    def dosed(self) -> list[int]:
        """The compartments into which something is given."""
        return sorted({one.state for one in self.entries})

    @cached_property
    def slope(self) -> Array:
        """What gives the rate of change of each concentration from a state."""
        return np.asarray(self.measure @ self.matrix)

    @cached_property
    def slowest(self) -> list[float | None]:
        """The slowest rate (1/min) on the way from the doses to each analyte; None where something stays."""
        return [slowest_rate(self.system, states) for states in self.between]

    @cached_property
    def between(self) -> list[list[int]]:
        """The compartments that lie between the doses and each analyte."""
        return [self.system.reaching(place, self.dosed) for place in range(len(self.system.analytes))]

    def at(self, times: Array) -> Array:
        """The states at any moments (min), in order; shape (t, s)."""
        places = np.maximum(np.searchsorted(self.breaks, times, side="right") - 1, 0)
        out = np.empty((len(times), len(self.matrix)))
        first = 0
        for last in [*(np.flatnonzero(np.diff(places)) + 1), len(times)]:
            if last > first:
                place = places[first]
                out[first:last] = self._within(self.states[place], times[first:last] - self.breaks[place])
            first = last
        return out

    def concentrations(self, times: Array) -> Array:
        """ng/mL at any moments (min), in order; shape (t, a)."""
        return np.asarray(self.at(times) @ self.measure.T)

    def areas(self, until: float) -> Array:
        """The area under each curve from 0 to ``until`` (min), in ng min/mL; shape (a,)."""
        first = len(self.matrix) - len(self.system.analytes)
        return np.asarray(self.at(np.array([until]))[0, first:] * self.area_scale)

    def _matrix(self) -> Array:
        inputs, analytes = len(self.running), len(self.system.analytes)
        matrix = np.zeros((self.size + inputs + analytes,) * 2)
        matrix[: self.size, : self.size] = self.system.rates[0]
        for place, state in enumerate(self.running):
            matrix[state, self.size + place] = self.pace
        matrix[self.size + inputs :, : self.size] = self.system.concentrations[0] / self.area_scale
        return matrix

    def _within(self, state: Array, offsets: Array) -> Array:
        """The states at offsets from one state, while no input changes."""
        if len(offsets) > _FEW:
            steps = np.diff(offsets)
            step = float(offsets[-1] - offsets[0]) / (len(offsets) - 1)
            if step > 0 and np.all(np.abs(steps - step) <= _EVEN * step):
                first, each = exponential(self.matrix, np.array([offsets[0], step]))
                return powers_applied(each, first @ state, len(offsets))
        unique, back = np.unique(offsets, return_inverse=True)
        return np.asarray((exponential(self.matrix, unique) @ state)[back])

    def _solve(self, start: Array | None) -> tuple[Array, Array]:
        events = _events(self.entries)
        breaks = np.array(sorted({0.0, *(time for time, *_ in events)}))
        lengths, which = np.unique(np.diff(breaks), return_inverse=True)
        steps = exponential(self.matrix, lengths) if len(lengths) else np.empty((0,))
        states = np.zeros((len(breaks), len(self.matrix)))
        state = np.zeros(len(self.matrix))
        if start is not None:
            state[: self.size] = start
        active: dict[int, dict[int, float]] = {one: {} for one in self.running}
        upcoming = iter(events)
        event = next(upcoming, None)
        for place, moment in enumerate(breaks):
            if place:
                state = steps[which[place - 1]] @ state
            while event is not None and event[0] == moment:
                self._apply(event, state, active)
                event = next(upcoming, None)
            for row, one in enumerate(self.running):
                state[self.size + row] = sum(active[one].values()) / self.pace
            states[place] = state
        return breaks, states

    def _apply(self, event: Event, state: Array, active: dict[int, dict[int, float]]) -> None:
        _, number, compartment, amount, rate = event
        state[compartment] += amount
        if rate > 0:
            active[compartment][number] = rate
        elif number in active.get(compartment, {}):
            del active[compartment][number]


Event = tuple[float, int, int, float, float]  # when, which entry, where, mg at once, mg/min from now on


def _events(entries: Sequence[Entry]) -> list[Event]:
    """What changes when: parts of doses, starts and ends of inputs, in order."""
    events: list[Event] = []
    for number, one in enumerate(entries):
        start, amount, over = float(one.start[0]), float(one.amount[0]), float(one.over[0])
        if over > 0 and start + over > start:
            events.append((start, number, one.state, 0.0, amount / over))
            events.append((start + over, number, one.state, 0.0, 0.0))
        else:
            events.append((start, number, one.state, amount, 0.0))
    return sorted(events, key=lambda event: event[:2])
