"""Folding under hypothesis: no order matters, no copy matters, nothing raises, no state is undefined."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.spec.sessions import START
from tests.unit.science.session.written import BODIES, logs
from upwell.knowledge.schemas import violations
from upwell.science.session import EVENT_TYPES, INTENTS, STATES, Event, fold, may
from upwell.science.session.machine import TABLE, State, Step

MOMENTS = st.one_of(st.none(), st.integers(-100, 500).map(lambda minute: START + timedelta(minutes=minute)))


def test_every_type_of_the_contract_is_written_here() -> None:
    assert set(BODIES) == set(EVENT_TYPES)


def test_every_step_is_defined_in_every_state() -> None:
    assert set(TABLE) == set(product(State, Step))
    assert {state.value for state in TABLE.values()} <= set(STATES)


@settings(max_examples=80, deadline=None)
@given(logs(), MOMENTS, st.randoms(use_true_random=False))
def test_any_order_folds_to_the_same(events: list[Event], at: Any, random: Any) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)
    one, other = fold(events, at=at), fold(shuffled, at=at)
    assert json.dumps(one.as_json()) == json.dumps(other.as_json())


@settings(max_examples=80, deadline=None)
@given(logs(), MOMENTS)
def test_every_log_has_a_state_and_keeps_to_the_schema(events: list[Event], at: Any) -> None:
    state = fold(events, at=at)
    result = state.as_json()
    assert violations("session-result", result) == []
    assert len(result["timeline"]) == len(set(result["timeline"]))
    if at is None:
        assert set(result["timeline"]) == {event.id for event in events}
    for intent in INTENTS:
        refusal = may(state, intent)
        assert refusal is None or refusal.message


@settings(max_examples=50, deadline=None)
@given(logs(), st.data())
def test_a_copy_changes_the_number_of_copies_only(events: list[Event], data: st.DataObject) -> None:
    if not events:
        return
    copy = data.draw(st.sampled_from(events))
    one, other = fold(events).as_json(), fold([*events, copy]).as_json()
    assert other.pop("duplicates") == one.pop("duplicates") + 1
    assert one == other


@settings(max_examples=50, deadline=None)
@given(logs(), st.data())
def test_sent_again_later_it_is_still_the_same_event(events: list[Event], data: st.DataObject) -> None:
    """A tablet that sends an event again: what came first counts, with the time at which it came."""
    if not events:
        return
    first = data.draw(st.sampled_from(events))
    again = replace(first, received_at=max(one.received_at for one in events) + timedelta(hours=1))
    one, other = fold(events).as_json(), fold([*events, again]).as_json()
    assert other.pop("duplicates") == one.pop("duplicates") + 1
    assert one == other


@settings(max_examples=60, deadline=None)
@given(logs(), MOMENTS)
def test_what_came_later_changes_nothing_at_a_moment(events: list[Event], at: Any) -> None:
    if at is None:
        return
    known = [event for event in events if event.received_at <= at and event.observed_at <= at]
    assert fold(events, at=at).as_json() == fold(known, at=at).as_json()


@settings(max_examples=60, deadline=None)
@given(logs(), st.integers(0, 60))
def test_more_is_never_less(events: list[Event], minutes: int) -> None:
    """As time goes by without a new event, no alarm goes away and no dose grows smaller."""
    early = fold(events)
    if early.at is None or any(event.received_at > early.at for event in events):
        return
    late = fold(events, at=early.at + timedelta(minutes=minutes))
    assert late.alarms == early.alarms
    assert late.given_mg >= early.given_mg
    assert late.state == early.state
