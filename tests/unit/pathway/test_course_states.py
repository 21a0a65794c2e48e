"""The life of a course: the table, and every sequence of events under Hypothesis."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upwell.pathway.course.guards import FACTS, against
from upwell.pathway.course.states import OPEN, TABLE, ClosedAs, Event, Guard, State, step_from, steps_for

WAY = [
    (None, Event.INQUIRE, State.INQUIRY),
    (None, Event.REFER, State.REFERRAL),
    (State.INQUIRY, Event.REFER, State.REFERRAL),
    (State.INQUIRY, Event.BEGIN_SCREENING, State.SCREENING),
    (State.REFERRAL, Event.BEGIN_SCREENING, State.SCREENING),
    (State.SCREENING, Event.BEGIN_PREPARATION, State.PREPARATION),
    (State.PREPARATION, Event.SCREEN_AGAIN, State.SCREENING),
    (State.PREPARATION, Event.BEGIN_INDUCTION, State.INDUCTION),
    (State.INDUCTION, Event.BEGIN_MAINTENANCE, State.MAINTENANCE),
    (State.MAINTENANCE, Event.RESUME_INDUCTION, State.INDUCTION),
    (State.INDUCTION, Event.COMPLETE, State.CLOSED),
    (State.MAINTENANCE, Event.COMPLETE, State.CLOSED),
]
ILLEGAL = [
    (None, Event.BEGIN_SCREENING),
    (State.INQUIRY, Event.BEGIN_INDUCTION),
    (State.SCREENING, Event.BEGIN_INDUCTION),
    (State.PREPARATION, Event.BEGIN_MAINTENANCE),
    (State.INDUCTION, Event.DECLINE),
    (State.INQUIRY, Event.COMPLETE),
    (State.CLOSED, Event.WITHDRAW),
    (State.CLOSED, Event.INQUIRE),
]


@pytest.mark.parametrize(("state", "event", "to"), WAY)
def test_the_way(state, event, to):
    step = step_from(state, event)
    assert step is not None
    assert step.to is to


@pytest.mark.parametrize(("state", "event"), ILLEGAL)
def test_what_can_not_happen(state, event):
    assert step_from(state, event) is None


@pytest.mark.parametrize("state", sorted(OPEN))
def test_an_open_course_can_always_be_ended_at_the_persons_wish(state):
    step = step_from(state, Event.WITHDRAW)
    assert step is not None
    assert step.closed_as is ClosedAs.WITHDRAWN
    assert "patient" in step.owners


def test_every_event_is_one_line_with_an_owner():
    assert sorted(step.event for step in TABLE) == sorted(Event)
    assert all(step.owners for step in TABLE)
    assert all((step.to is State.CLOSED) == (step.closed_as is not None) for step in TABLE)
    assert {step.closed_as for step in TABLE if step.closed_as} == set(ClosedAs)


@given(st.lists(st.sampled_from(list(Event)), max_size=40))
def test_no_sequence_leaves_an_undefined_state(events):
    state = None
    for event in events:
        step = step_from(state, event)
        if step is not None:
            state = step.to
        assert state is None or state in State
        if state is not None:
            assert isinstance(steps_for(state, {"prescriber", "therapist"}), list)
        if state is State.CLOSED:
            assert all(step_from(state, one) is None for one in Event)


GUARDED = [
    (Guard.FOUND_ELIGIBLE, "eligible", True),
    (Guard.FOUND_ELIGIBLE, "not-now", False),
    (Guard.FOUND_ELIGIBLE, None, False),
    (Guard.CONSENT_IN_FORCE, True, True),
    (Guard.CONSENT_IN_FORCE, False, False),
    (Guard.CONSENT_IN_FORCE, None, False),
    (Guard.DOSE_GIVEN, 1, True),
    (Guard.DOSE_GIVEN, 0, False),
    (Guard.DOSE_GIVEN, None, False),
    (Guard.RELAPSE_RULE_DECLARED, "phq-9-loss-of-response", True),
    (Guard.RELAPSE_RULE_DECLARED, None, False),
    (Guard.NO_OPEN_SESSION, 0, True),
    (Guard.NO_OPEN_SESSION, None, True),
    (Guard.NO_OPEN_SESSION, 1, False),
    (Guard.NO_OPEN_REFERRAL, 0, True),
    (Guard.NO_OPEN_REFERRAL, None, True),
    (Guard.NO_OPEN_REFERRAL, 1, False),
]


@pytest.mark.parametrize(("guard", "value", "holds"), GUARDED)
def test_guards(guard, value, holds):
    facts = {} if value is None else {FACTS[guard]: value}
    found = against([guard], facts, [])
    assert (found == []) is holds
    assert all(one.because[0].fact == FACTS[guard] and one.message for one in found)
