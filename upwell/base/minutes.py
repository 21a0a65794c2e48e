"""Minutes that went by, as they are told to people."""

from __future__ import annotations

from datetime import timedelta


def minutes_over(span: timedelta) -> float:
    """Minutes, to a tenth that is over: a second too early is not yet two hours."""
    return (span // timedelta(seconds=6)) / 10
