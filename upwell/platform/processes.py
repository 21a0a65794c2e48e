"""Child processes that never outlive us, and finding the ones that somebody else left behind."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path

_PR_SET_PDEATHSIG = 1
try:  # loaded here, not in the child: between fork and exec nothing may allocate or import
    _prctl: Callable[..., int] | None = ctypes.CDLL(None, use_errno=True).prctl
except (AttributeError, OSError):  # no Linux: children then live until they notice by themselves
    _prctl = None


def fall_with_parent(sig: signal.Signals, parent: int) -> None:
    """Ask the kernel to send this process ``sig`` when its parent dies, however that happens."""
    if _prctl is not None:
        _prctl(_PR_SET_PDEATHSIG, int(sig), 0, 0, 0)
    if os.getppid() != parent:  # it died before we could ask
        os._exit(1)


def before_exec(sig: signal.Signals) -> Callable[[], None]:
    """What a child does before it becomes its program (for ``Popen(preexec_fn=…)``)."""
    parent = os.getpid()
    return lambda: fall_with_parent(sig, parent)


def is_alive(pid: int) -> bool:
    """Whether a process of that number runs; a zombie doesn't."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return os.path.isdir("/proc/self") is False


def servers_in(folder: Path) -> list[int]:
    """The PostgreSQL processes that work in a data folder, found by what they do and not by a noted number.

    A noted number may meanwhile belong to something else; every PostgreSQL process stands in its data folder.
    """
    wanted = os.path.realpath(folder)
    found = []
    for entry in _numbered("/proc"):
        try:
            program = os.path.basename(os.readlink(f"/proc/{entry}/exe"))
            if program.startswith("postgres") and os.readlink(f"/proc/{entry}/cwd") == wanted:
                found.append(entry)
        except OSError:  # gone, a zombie, or somebody else's
            continue
    return found


def _numbered(folder: str) -> list[int]:
    try:
        return [int(name) for name in os.listdir(folder) if name.isdigit()]
    except FileNotFoundError:
        return []


def send(pids: Iterable[int], sig: signal.Signals) -> None:
    """Signal processes, some of which may be gone already."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sig)


def wait_until(done: Callable[[], bool], seconds: float, every: float = 0.01) -> bool:
    """Wait until something holds, at most so long; tells whether it does."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True
