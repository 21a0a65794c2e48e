"""The machine's clock as a journey moves it: Python reads this file first, in every process of a served Upwell.

``UPWELL_JOURNEY_CLOCK`` names a file with the seconds by which the clock is ahead. The product knows nothing of it: it
asks the machine for the time, as on any day.
"""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

LOOK_AGAIN_SECONDS = 0.05


class MovedClock:
    """Keeps the clock of a process as far ahead as a file says, for as long as the process lives."""

    def __init__(self, file: Path) -> None:
        self.file, self.ahead = file, timedelta()
        self.clock = time_machine.travel(datetime.now(UTC), tick=True).start()
        self.follow()
        os.register_at_fork(after_in_child=self.follow)  # threads do not come along

    def follow(self) -> None:
        """Look at the file, again and again."""
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while True:
            wanted = timedelta(seconds=float(self.file.read_text() or 0))
            if wanted != self.ahead:
                self.clock.shift(wanted - self.ahead)
                self.ahead = wanted
            time.sleep(LOOK_AGAIN_SECONDS)


if named := os.environ.get("UPWELL_JOURNEY_CLOCK"):
    MovedClock(Path(named))
