"""The states of a session as a table: what each kind of event makes of each state."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a session stands, in the order of the day."""

    PLANNED = "planned"
    ORDERED = "ordered"
    ARRIVED = "arrived"
    READY = "ready"
    DOSING = "dosing"
    OBSERVING = "observing"
    READY_TO_LEAVE = "ready-to-leave"
    DISCHARGED = "discharged"
    ENDED = "ended"


class Step(StrEnum):
    """What an event means for the state. Most observations mean nothing for it."""

    ORDERED = "ordered"
    ARRIVED = "arrived"
    GO = "go"  # the pre-dose gate was decided go
    NOT_GO = "not-go"  # decided no-go, or left open
    DOSE = "dose"  # more is to come, or an infusion runs
    DOSED = "dosed"  # as much as was ordered, or the end of the infusion
    STOPPED = "stopped"  # no more is given: decided in the session, or the recovery is being assessed
    MAY_LEAVE = "may-leave"  # the discharge gate was decided go
    MAY_NOT_LEAVE = "may-not-leave"
    DISCHARGED = "discharged"
    ENDED = "ended"
    OTHER = "other"


STATES: tuple[str, ...] = tuple(State)
OVER = frozenset({State.DISCHARGED, State.ENDED})

_P, _O, _A, _R, _D, _W, _L, _X, _E = State
# One row a step; the columns are the states in their order. A dose after a discharge happened, so the person is
# watched again; what ended stays ended, and the flag says what came after.
_ROWS: Mapping[Step, tuple[State, ...]] = {
    #                    planned ordered arrived ready dosing observing ready-to-leave discharged ended
    Step.ORDERED:       (_O, _O, _A, _A, _D, _W, _L, _X, _E),
    Step.ARRIVED:       (_A, _A, _A, _R, _D, _W, _L, _X, _E),
    Step.GO:            (_R, _R, _R, _R, _D, _W, _L, _X, _E),
    Step.NOT_GO:        (_P, _O, _A, _A, _D, _W, _L, _X, _E),
    Step.DOSE:          (_D, _D, _D, _D, _D, _D, _D, _D, _E),
    Step.DOSED:         (_W, _W, _W, _W, _W, _W, _W, _W, _E),
    Step.STOPPED:       (_P, _O, _A, _R, _W, _W, _L, _X, _E),
    Step.MAY_LEAVE:     (_P, _O, _A, _R, _L, _L, _L, _X, _E),
    Step.MAY_NOT_LEAVE: (_P, _O, _A, _R, _D, _W, _W, _X, _E),
    Step.DISCHARGED:    (_X, _X, _X, _X, _X, _X, _X, _X, _E),
    Step.ENDED:         (_E, _E, _E, _E, _E, _E, _E, _E, _E),
    Step.OTHER:         (_P, _O, _A, _R, _D, _W, _L, _X, _E),
}  # fmt: skip

TABLE: Mapping[tuple[State, Step], State] = MappingProxyType(
    {(state, step): row[place] for step, row in _ROWS.items() for place, state in enumerate(State)}
)
