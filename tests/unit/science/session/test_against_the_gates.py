"""The quick ways of the fold against the slow ones: the facts document put to the gates, event by event."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.spec.sessions import START, clock
from tests.unit.science.session.written import lines, logs
from upwell.base.errors import BadInput
from upwell.knowledge.schemas import violations
from upwell.science.rules import gate as gates
from upwell.science.session import Event, facts_of, fold, read_log

BY_TIME_ALONE = "session.bp.follow-up.eu"  # begins to hold as time goes by, and is asked at readings only
EXTRA: dict[str, Any] = {
    "jurisdiction": "US",
    "setting": "clinic",
    "person": {"age_years": 45, "sex": "female", "weight_kg": 82},
    "conditions": [{"system": "icd10", "code": "I10", "display": "hypertension", "onset": "2020-01-01"}],
    "medicines": [],
    "answers": {"escort_named": True, "last_food_at": clock(-200), "concomitant": {"opioid": False}},
    "vitals": [{"at": clock(-100), "bp_systolic_mmhg": 126, "bp_diastolic_mmhg": 80, "spo2_percent": 98}],
    "assessments": [{"instrument": "moaa-s", "at": clock(30), "total": 5}],
    "doses": [{"at": "2026-02-20T10:00:00-05:00", "dose_mg": 28}],
    "overrides": [],
}


@settings(max_examples=50, deadline=None)
@given(logs(), st.booleans())
def test_the_gates_say_the_same_of_the_facts_as_written_down(events: list[Event], with_extra: bool) -> None:
    extra = EXTRA if with_extra else None
    state = fold(events, facts=extra)
    if state.at is None or state.over_at is not None:
        return
    for name, found in {"discharge": state.discharge, state.gate["gate"]: state.gate}.items():
        facts = facts_of(state.counting, state.at, extra, gate=name)
        assert violations("facts", facts) == []
        assert getattr(gates, name)(facts) == found


@settings(max_examples=40, deadline=None)
@given(logs(10))
def test_alarms_are_those_of_the_session_gate_asked_at_every_event(events: list[Event]) -> None:
    state = fold(events)
    asked: set[tuple[str, str | None]] = set()
    for place, event in enumerate(state.counting):
        facts = facts_of(state.counting[: place + 1], event.observed_at, gate="session")
        asked |= {(one["rule"], one["at"]) for one in gates.session(facts).get("alarms", [])}
    asked = {one for one in asked if one[0] != BY_TIME_ALONE}
    raised = [one for one in state.alarms if one.rule != BY_TIME_ALONE]
    assert {one.rule for one in raised} == {rule for rule, _ in asked}
    assert {(rule, at) for rule, at in asked if at is not None} <= {
        (one.rule, one.at.isoformat()) for one in raised
    }


BROKEN = st.one_of(
    st.text(max_size=30),
    lines().map(json.dumps).flatmap(lambda text: st.integers(0, len(text)).map(lambda cut: text[:cut])),
    st.tuples(lines(), st.sampled_from(["id", "type", "body", "observed_at", "session", "x"]),
              st.one_of(st.none(), st.integers(), st.text(max_size=5), st.lists(st.booleans(), max_size=2),
                        st.dictionaries(st.text(max_size=3), st.none(), max_size=2)))
    .map(lambda three: json.dumps(three[0] | {three[1]: three[2]})),
)  # fmt: skip


@settings(max_examples=70, deadline=None)
@given(st.lists(st.one_of(lines().map(json.dumps), BROKEN), max_size=8))
def test_every_line_is_an_event_or_in_quarantine_and_nothing_is_lost(some: list[str]) -> None:
    text = "\n".join(some)
    try:
        log = read_log(text)
    except BadInput:
        return
    if text.strip(" \t\r\n").startswith("["):
        return
    written = [line for line in text.split("\n") if line.strip(" \t\r\n")]
    assert len(log.events) + len(log.quarantined) == len(written)
    for one in log.quarantined:
        assert text.split("\n")[one.line - 1].strip(" \t\r\n") == one.raw
        assert one.reason
    at = START + timedelta(minutes=60)
    for state in (
        fold(log.events, quarantined=log.quarantined),
        fold(log.events, at=at, quarantined=log.quarantined),
    ):
        assert violations("session-result", state.as_json()) == []
