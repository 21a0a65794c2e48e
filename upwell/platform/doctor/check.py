"""One finding about the installation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Best first."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, how it stands, and what to do about it."""

    id: str
    level: Level
    message: str
    mend: str = ""


def ok(id: str, message: str) -> Check:  # noqa: A002 - the word of the report
    """All is well there."""
    return Check(id, Level.OK, message)


def warn(id: str, message: str, mend: str) -> Check:  # noqa: A002
    """It works, but should be seen to."""
    return Check(id, Level.WARN, message, mend)


def fail(id: str, message: str, mend: str) -> Check:  # noqa: A002
    """It does not work, or must not stay so."""
    return Check(id, Level.FAIL, message, mend)
