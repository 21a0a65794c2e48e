"""A bedside page folds at every event: 500 events are folded well under 50 ms of processor time."""

from __future__ import annotations

import time

from tests.spec.sessions import WELL, Log, events
from upwell.science.session import fold


def test_500_events() -> None:
    log = Log(substance="racemic-ketamine", route="im", dose_mg=40)
    log.add("dose-given", 0, dose_mg=40)
    for number in range(495):
        log.add("vitals", 1 + number / 4, **WELL)
    read = events(log.lines)
    fold(read)
    best = 9.0
    for _ in range(12):
        begin = time.process_time()
        assert fold(read).state == "observing"
        best = min(best, time.process_time() - begin)
    assert best < 0.05
