"""One finding about the installation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Best first."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, how it stands, and what to do about it."""

    id: str
    state: State
    message: str
    mend: str = ""


def ok(id: str, message: str) -> Check:
    """All is well there."""
    return Check(id, State.OK, message)


def warn(id: str, message: str, mend: str) -> Check:
    """It works, but should be seen to."""
    return Check(id, State.WARN, message, mend)


def fail(id: str, message: str, mend: str) -> Check:
    """It does not work, or must not stay so."""
    return Check(id, State.FAIL, message, mend)
