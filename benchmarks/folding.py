"""What a session's log of 500 events costs to fold: from the beginning, and as a bedside does it, with one more event.

The fold is state, timers, alarms and flags; with it, or beside it, what both gates say. Reading the lines of the log
comes before, once. In one process, without a database. Processor time, so that what else the machine does counts
little.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from upwell.science.session import Event, fold, parse_event
from upwell.science.session.going import forget

EVENTS, MORE, RUNS = 500, 60, 40
BUDGET_MS = 2.0
SESSION = str(UUID(int=7))


def log_of(count: int) -> list[Event]:
    """An afternoon of vital signs after one dose into the muscle, every fourth event a rating of sedation."""
    begin = datetime(2026, 3, 2, 15, tzinfo=UTC)
    ordered = {"substance": "racemic-ketamine", "route": "im", "dose_mg": 40}
    head = [
        ("ordered", ordered),
        ("arrived", {}),
        ("vitals", _signs(0)),
        ("gate-decided", _go()),
        ("dose-given", {"dose_mg": 40}),
    ]
    rest = [
        ("scale", {"instrument": "moaa-s", "total": 4 + n % 2}) if n % 4 == 3 else ("vitals", _signs(n))
        for n in range(count - len(head))
    ]
    return [
        parse_event(_line(n, kind, body, begin + timedelta(seconds=20 * n)))
        for n, (kind, body) in enumerate([*head, *rest])
    ]


def _go() -> dict[str, object]:
    return {"gate": "predose", "outcome": "go"}


def _signs(n: int) -> dict[str, object]:
    return {
        "bp_systolic_mmhg": 118 + n % 40,
        "bp_diastolic_mmhg": 74 + n % 20,
        "heart_rate_bpm": 66 + n % 25,
        "spo2_percent": 95 + n % 5,
        "resp_rate_bpm": 13 + n % 4,
    }


def _line(n: int, kind: str, body: dict[str, object], at: datetime) -> dict[str, object]:
    return {
        "id": str(UUID(int=1000 + n)),
        "session": SESSION,
        "type": kind,
        "observed_at": at.isoformat(),
        "received_at": at.isoformat(),
        "author": {"id": "nurse", "role": "monitor"},
        "body": body,
    }


def gates_too(log: list[Event], at: datetime) -> object:
    """The fold, and what both gates say: all that a bedside shows."""
    state = fold(log, at=at)
    return state, state.gate, state.discharge


def measure() -> dict[str, tuple[float, float]]:
    """Milliseconds of processor time, the median of many: of the fold alone, and with both gates."""
    log = log_of(EVENTS + MORE)
    at, short = log[-1].observed_at, log[:EVENTS]
    found = {}
    for name, prepare in (("from the beginning", forget), ("after one more event", None)):
        costs = []
        for work in (fold_alone, gates_too):
            work(log[: EVENTS - MORE], at)
            places = range(EVENTS - MORE, EVENTS + MORE)
            some = [short] * RUNS if prepare else [log[:place] for place in places]
            costs.append(statistics.median(_cost(partial(work, one, at), prepare) for one in some))
        found[name] = (costs[0], costs[1])
    return found


def fold_alone(log: list[Event], at: datetime) -> object:
    return fold(log, at=at)


def _cost(work: Callable[[], object], prepare: Callable[[], object] | None = None) -> float:
    if prepare is not None:
        prepare()
    begin = time.process_time()
    work()
    return 1000 * (time.process_time() - begin)


def main() -> int:
    found = measure()
    print(f"\nfold of a log of {EVENTS} events, ms of processor time   budget {BUDGET_MS:.0f}")
    for name, (alone, both) in found.items():
        verdict = "ok" if alone < BUDGET_MS else "OVER"
        print(f"{name:<28}{alone:>7.2f}   {verdict:<6}with both gates {both:.2f}")
    print(f"{'reading its lines, before':<28}{_cost(lambda: log_of(EVENTS)):>7.2f}")
    return int(any(alone >= BUDGET_MS for alone, _ in found.values()))


if __name__ == "__main__":
    raise SystemExit(main())
