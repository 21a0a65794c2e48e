"""What an import is asked to do, checked before anything is read."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import BinaryIO
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from upwell.base.errors import BadInput, NotFound
from upwell.exchange.scores.occasions import EARLIEST_YEAR
from upwell.exchange.scores.rows import offered_by
from upwell.knowledge.instrument import Instrument
from upwell.knowledge.loader import load_instrument
from upwell.knowledge.names import instrument_named
from upwell.people.models import Practice

STANDARD_INPUT = Path("-")
_SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")


def scorable(instrument_id: str) -> Instrument:
    """The instrument, if it is known and answered in numbers."""
    try:
        instrument = load_instrument(instrument_named(instrument_id.strip()))
    except NotFound as unknown:
        raise BadInput(unknown.message, path="--instrument") from None
    for item in instrument.items:
        offered_by(instrument, item.id)
    return instrument


def check_source(source: str) -> str:
    """The name of where the table comes from: part of the identity of every row."""
    if not _SOURCE.fullmatch(source.strip()):
        raise BadInput(
            "--source must be a short name of letters, digits, “.”, “-”, “_” and “:”, such as nhanes-2018.",
            path="--source",
        )
    return source.strip()


def check_start(start: date | None, today: date) -> None:
    """The day of week 1 can't lie in the future."""
    if start is not None and start.year < EARLIEST_YEAR:
        raise BadInput(
            f"--start-date {start} lies before {EARLIEST_YEAR}, which must be a slip.", path="--start-date"
        )
    if start is not None and start > today:
        raise BadInput(f"--start-date {start} lies in the future.", path="--start-date")


def zone_of(practice_id: UUID) -> ZoneInfo:
    """The practice's time zone."""
    name = Practice.objects.filter(id=practice_id).values_list("time_zone", flat=True).first()
    if name is None:
        raise BadInput("There is no such practice. Name one with --practice.", path="--practice")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise BadInput(f"The practice's time zone “{name}” is not known. Correct it first.") from None


def label_of(path: Path) -> str:
    """What messages call the table."""
    return "standard input" if path == STANDARD_INPUT else path.name


@contextmanager
def opened(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """The table's bytes and, where it is known before, how many there are."""
    if path == STANDARD_INPUT:
        yield sys.stdin.buffer, 0
        return
    if path.is_dir():
        raise BadInput(f"{path} is a folder; name the table in it.", path=str(path))
    try:
        with path.open("rb") as stream:
            yield stream, path.stat().st_size
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}. Check the path.", path=str(path)) from None
    except PermissionError:
        raise BadInput(f"{path} can't be read: permission denied.", path=str(path)) from None
