"""Going on with a log where it was left: the same result as from the beginning, whatever came in, in whatever order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.spec.sessions import START, WELL, Log, events
from tests.unit.science.session.test_against_the_gates import EXTRA
from tests.unit.science.session.written import logs
from upwell.science.session import Event, fold
from upwell.science.session.going import Gone, forget, gone_through


def anew(log: Sequence[Event], **more: Any) -> str:
    forget()
    return json.dumps(fold(log, **more).as_json())


@settings(max_examples=80, deadline=None)
@given(logs(), st.booleans(), st.booleans(), st.data())
def test_a_log_that_grows(log: list[Event], in_order: bool, with_facts: bool, data: st.DataObject) -> None:
    """Every look at it on the way, by one who keeps where they were and by one who does not."""
    came = sorted(log, key=lambda one: one.order if in_order else (one.received_at,))
    facts = EXTRA if with_facts else None
    looks = sorted({data.draw(st.integers(1, len(came))) for _ in range(4)} if came else set())
    forget()
    going_on = [json.dumps(fold(came[:place], facts=facts).as_json()) for place in looks]
    assert going_on == [anew(came[:place], facts=facts) for place in looks]


@settings(max_examples=60, deadline=None)
@given(logs(), st.lists(st.integers(-100, 500), min_size=1, max_size=4), st.booleans())
def test_the_same_log_at_other_times(log: list[Event], minutes: list[int], with_facts: bool) -> None:
    facts = EXTRA if with_facts else None
    moments = [START + timedelta(minutes=one) for one in minutes]
    forget()
    going_on = [json.dumps(fold(log, at=at, facts=facts).as_json()) for at in moments]
    assert going_on == [anew(log, at=at, facts=facts) for at in moments]


def test_it_does_go_on() -> None:
    """One more reading at the end is one step, not all of them anew."""
    log = Log(substance="racemic-ketamine", route="im", dose_mg=40)
    log.add("dose-given", 0, dose_mg=40)
    for minute in range(1, 60):
        log.add("vitals", minute, **WELL)
    read = events(log.lines)
    forget()
    fold(read[:-1])
    gone = gone_through(read[:-1], [], None, {})
    fold(read[:-1])  # nobody gave it back meanwhile: this went its own way
    assert gone.further(read, []) == read[-1:]
    assert gone.go_on(read[-1:], None, {})
    assert gone.told.vitals[-1] is read[-1]


def test_one_moment_is_written_as_it_was_first() -> None:
    log = Log(substance="racemic-ketamine", route="im", dose_mg=40)
    log.add("note", 1, text="x")
    log.add("note", 1, text="y")
    log.lines[-1]["observed_at"] = (
        datetime.fromisoformat(log.lines[-1]["observed_at"]).astimezone(UTC).isoformat()
    )
    read = events(log.lines)
    forget()
    fold(read[:-1])
    assert json.dumps(fold(read).as_json()) == anew(read)


@pytest.mark.parametrize(
    ("kind", "more"),
    [("correction", {"corrects": "", "reason": "r", "entered_in_error": True}), ("vitals", WELL)],
)
def test_what_changes_the_beginning_is_gone_through_anew(kind: str, more: dict[str, Any]) -> None:
    """A correction, and an event of an earlier time."""
    log = Log(substance="racemic-ketamine", route="im", dose_mg=40)
    log.add("dose-given", 0, dose_mg=40)
    log.add("vitals", 30, **WELL)
    before = events(log.lines)
    if kind == "correction":
        more = {**more, "corrects": before[-1].id}
    log.add(kind, 31 if kind == "correction" else 10, **more)
    read = events(log.lines)
    new = [one for one in read if one.id not in {other.id for other in before}]
    assert Gone(before, [], None, {}).further([*before, *new], []) is None
