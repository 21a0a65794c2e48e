"""The clock's footprint: what time it was when the server last lived, to see a clock that was moved."""

from __future__ import annotations

import contextlib
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from upwell.platform.home import Home


@dataclass(frozen=True, slots=True)
class ClockStamp:
    """The wall clock beside a clock that nobody can set."""

    wall: float  # seconds since 1970
    since_boot: float  # seconds, counting sleep too
    boot: str


def take() -> ClockStamp:
    """The two clocks now."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        since_boot = time.clock_gettime(time.CLOCK_BOOTTIME)
    except (OSError, AttributeError):
        boot, since_boot = "", time.monotonic()
    return ClockStamp(time.time(), since_boot, boot)


def jump_seconds(before: ClockStamp, after: ClockStamp) -> float:
    """By how much the wall clock was moved in between: forward positive, back negative.

    Across a restart of the machine only a step back can be seen.
    """
    if before.boot == after.boot:
        return (after.wall - before.wall) - (after.since_boot - before.since_boot)
    return min(0.0, after.wall - before.wall)


def read(home: Home) -> ClockStamp | None:
    """The last footprint, if there is one."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        return ClockStamp(**json.loads(_path(home).read_text()))
    return None


def write(home: Home) -> None:
    """Leave a footprint; a full disk or a lost home is for others to report."""
    with contextlib.suppress(OSError):
        temporary = _path(home).with_suffix(".new")
        temporary.write_text(json.dumps(asdict(take())))
        os.replace(temporary, _path(home))


def _path(home: Home) -> Path:
    return home.root / "clock.json"
