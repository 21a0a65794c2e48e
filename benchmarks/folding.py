"""What a session's log of 500 events costs to fold: in full, and as a bedside does it, with one more event at the end.

In one process, without a database. Processor time, so that what else the machine does counts little.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from upwell.science.session import Event, fold, parse_event
from upwell.science.session.going import forget

EVENTS = 500
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
        _event(n, kind, body, begin + timedelta(seconds=20 * n))
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


def _event(n: int, kind: str, body: dict[str, object], at: datetime) -> Event:
    return parse_event(
        {
            "id": str(UUID(int=1000 + n)),
            "session": SESSION,
            "type": kind,
            "observed_at": at.isoformat(),
            "received_at": at.isoformat(),
            "author": {"id": "nurse", "role": "monitor"},
            "body": body,
        }
    )


def folded(log: list[Event], at: datetime) -> object:
    """State, timers and alarms, and what both gates say: all that a bedside shows."""
    state = fold(log, at=at)
    return state, state.gate, state.discharge


def measure() -> tuple[float, float]:
    """Milliseconds of processor time: for one more event, and from the beginning; each the median of many."""
    log = log_of(EVENTS + 60)
    folded(log[: EVENTS - 60], log[-1].observed_at)
    at = log[-1].observed_at
    more = [_cost(lambda place=place: folded(log[:place], at)) for place in range(EVENTS - 60, EVENTS + 60)]  # type: ignore[misc]
    anew = []
    for _ in range(15):
        forget()
        anew.append(_cost(lambda: folded(log[:EVENTS], at)))
    return statistics.median(more), statistics.median(anew)


def _cost(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return 1000 * (time.process_time() - begin)


def main() -> int:
    more, anew = measure()
    verdict = "ok" if more < BUDGET_MS else "OVER"
    print(f"\nfold of a log of {EVENTS} events, ms of processor time   budget {BUDGET_MS:.0f}")
    print(f"{'after one more event':<28}{more:>7.2f}   {verdict}")
    print(f"{'from the beginning':<28}{anew:>7.2f}")
    return int(more >= BUDGET_MS)


if __name__ == "__main__":
    raise SystemExit(main())
