"""Minutes that went by, as they are told to people."""

from __future__ import annotations

from datetime import datetime, timedelta


def minutes_over(span: timedelta) -> float:
    """Minutes, to a tenth that is over: a second too early is not yet two hours."""
    return (span // timedelta(seconds=6)) / 10


def first_full_minute(moment: datetime) -> datetime:
    """The first full minute that is not too early: what is told as a time of day holds when the clock shows it."""
    begun = moment.replace(second=0, microsecond=0)
    return begun if begun == moment else begun + timedelta(minutes=1)
