"""Processor time of the server and of its database: what a run costs, whatever else the machine does beside it."""

from __future__ import annotations

import os
from pathlib import Path

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def seconds_used(root: int) -> tuple[float, float]:
    """Processor seconds of the process ``root`` and all below it: the pages', and the database's."""
    pages = database = 0.0
    for pid in _family(root):
        try:
            name, rest = Path(f"/proc/{pid}/stat").read_text().split("(", 1)[1].rsplit(")", 1)
        except OSError:
            continue
        # utime, stime, and those of children that ended
        used = sum(int(field) for field in rest.split()[11:15]) * _TICK_S
        if name.startswith("postgres"):
            database += used
        else:
            pages += used
    return pages, database


def _family(root: int) -> list[int]:
    found, new = [root], [root]
    while new:
        new = [child for pid in new for child in _children(pid)]
        found += new
    return found


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []
