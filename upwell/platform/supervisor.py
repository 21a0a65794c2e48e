"""The supervisor: keeps the parts of the server alive, and takes them down in order."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import Protocol

from upwell.base.errors import UpwellError

_TICK_SECONDS = 1.0
_SHORT_LIFE_SECONDS = 1.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.125, 4.0


class Part(Protocol):
    """Something that runs as a child process of the supervisor."""

    name: str

    def start(self, progress: Callable[[str], None]) -> None:
        """Start it and wait until it works."""

    def running(self) -> bool:
        """Whether its process lives."""

    def stop(self) -> None:
        """Stop it in order, and by force if it doesn't."""


class Supervisor:
    """Starts the parts in order, restarts what dies, stops them in reverse order."""

    def __init__(
        self,
        progress: Callable[[str], None],
        every_minute: Callable[[], None] = lambda: None,
    ) -> None:
        self.progress = progress
        self._every_minute = every_minute
        self._stopping = False
        self._wake = -1
        self._started: list[Part] = []
        self._pause: dict[str, float] = {}
        self._born: dict[str, float] = {}
        self._retry_at: dict[str, float] = {}

    def listen_for_signals(self) -> None:
        """Take over the signals; until ``run``, a stop ends the start-up like Ctrl-C does."""
        for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(sig) is not signal.SIG_IGN:  # nohup is respected
                signal.signal(sig, self._interrupt)
        # Signals wake us through a pipe. A lock would not do: a handler may come while we hold it ourselves.
        self._wake, writing = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def start(self, part: Part) -> None:
        """Start a part; from now on it is looked after."""
        self._started.append(part)
        self._born[part.name] = time.monotonic()
        part.start(self.progress)

    def run(self) -> None:
        """Look after the parts until somebody says stop."""
        for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(sig) == self._interrupt:
                signal.signal(sig, self._ask_to_stop)
        minute = time.monotonic()
        self._every_minute()
        while not self._stopping:
            self._sleep()
            for part in self._started:
                if not self._stopping and not part.running():
                    self._revive(part)
            if time.monotonic() - minute >= 60:
                minute = time.monotonic()
                self._every_minute()

    def stop(self) -> None:
        """Take everything down, the last started first."""
        self._stopping = True
        for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(sig) is not signal.SIG_IGN:
                signal.signal(sig, self._ask_to_stop)
        while self._started:
            self._started.pop().stop()

    def _sleep(self) -> None:
        """Wait for a signal (a child that died, an order to stop), at most a tick."""
        if select.select([self._wake], [], [], _TICK_SECONDS)[0]:
            with contextlib.suppress(BlockingIOError):
                os.read(self._wake, 4096)

    def _revive(self, part: Part) -> None:
        now = time.monotonic()
        if now < self._retry_at.get(part.name, 0):
            return
        self.progress(f"The {part.name} has stopped by itself; starting it again …")
        died_at_once = now - self._born[part.name] < _SHORT_LIFE_SECONDS
        self._pause[part.name] = (
            min(2 * self._pause.get(part.name, _FIRST_PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS)
            if died_at_once
            else _FIRST_PAUSE_SECONDS
        )
        try:
            part.start(self.progress)
        except UpwellError as error:  # a full disk, say: keep what works, and keep trying
            if not self._stopping:
                self.progress(f"{error.message} Trying again …")
        else:
            self.progress(f"The {part.name} works again.")
        self._born[part.name] = time.monotonic()
        self._retry_at[part.name] = self._born[part.name] + self._pause[part.name]

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    @property
    def stopping(self) -> bool:
        return self._stopping
