"""Coming in: log-ins, their second steps and sessions are looked up before anybody is in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from upwell.access.acting import acting_as
from upwell.base.actor import Actor, ActorKind

AT_THE_DOOR = Actor(kind=ActorKind.DOOR, purpose="log-in", name="system (log-in)")


@contextmanager
def at_the_door() -> Iterator[Actor]:
    """One transaction that reaches log-ins, their addresses, second steps and sessions, and not one chart."""
    with acting_as(AT_THE_DOOR) as actor:
        yield actor
