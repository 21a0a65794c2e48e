"""The life of a consent: the table, any sequence of events, and which consent counts at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upwell.base.errors import BadInput
from upwell.pathway.consent.rules import Why, checked_name, decide, months_later, same_person
from upwell.pathway.consent.states import NEXT, STATE_WORDS, STORED, UNSIGNED, Event, State, after, state_at

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
ENDS = {State.WITHDRAWN, State.SUPERSEDED}

TABLE = {
    State.OFFERED: {"understand": "understood", "withdraw": "withdrawn", "supersede": "superseded"},
    State.UNDERSTOOD: {"sign": "signed", "withdraw": "withdrawn", "supersede": "superseded"},
    State.SIGNED: {"withdraw": "withdrawn", "supersede": "superseded", "expire": "expired"},
    State.WITHDRAWN: {},
    State.SUPERSEDED: {},
    State.EXPIRED: {"supersede": "superseded"},
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("event", list(Event))
def test_the_table(state: State, event: Event) -> None:
    expected = TABLE[state].get(event)
    assert after(state, event) == (State(expected) if expected else None)


@given(st.lists(st.sampled_from(list(Event)), max_size=20))
def test_no_sequence_leaves_an_undefined_state_and_no_signature_comes_without_understanding(events) -> None:
    state, seen = State.OFFERED, [State.OFFERED]
    for event in events:
        following = after(state, event)
        if following is not None:
            assert state not in ENDS
            state = following
            seen.append(state)
    assert state in State
    if State.SIGNED in seen:
        assert seen.index(State.UNDERSTOOD) < seen.index(State.SIGNED)
    assert all(seen.count(one) == 1 for one in seen)


def test_every_state_has_words_and_expired_is_never_stored() -> None:
    assert set(STATE_WORDS) == set(State)
    assert State.EXPIRED not in STORED
    assert {state for state, _ in NEXT} | ENDS == set(State)


@pytest.mark.parametrize(("seconds", "stands"), [(-1, State.SIGNED), (0, State.EXPIRED), (1, State.EXPIRED)])
def test_a_signature_expires_by_time_alone(seconds: int, stands: State) -> None:
    assert state_at("signed", AT, AT + timedelta(seconds=seconds)) is stands
    assert state_at("withdrawn", AT, AT + timedelta(days=900)) is State.WITHDRAWN


# --- which one counts ---
@dataclass(frozen=True)
class Row:
    id: UUID
    state: str = "signed"
    substance: str = "racemic-ketamine"
    route: str = "iv"
    document: str = "racemic-ketamine-iv"
    document_version: str = "2"
    offered_at: datetime = AT - timedelta(days=2)
    signed_at: datetime | None = AT - timedelta(days=1)
    expires_at: datetime | None = AT + timedelta(days=364)
    withdrawn_at: datetime | None = None


@dataclass(frozen=True)
class Document:
    takes: tuple[str, ...] = ("2",)

    def accepts(self, version: str) -> bool:
        return version in self.takes


SIGNED = Row(uuid4())
OPEN = Row(uuid4(), "offered", offered_at=AT, signed_at=None, expires_at=None)


def why(*rows: Row, substance: str = "racemic-ketamine", route: str = "iv", document=Document()) -> Why:
    return decide(rows, substance, route, AT, document)[0]


def test_which_consent_counts() -> None:
    assert why() is Why.NONE
    assert why(SIGNED) is Why.IN_FORCE
    assert why(OPEN) is Why.NOT_SIGNED
    assert why(replace(OPEN, state="understood")) is Why.NOT_SIGNED
    assert why(SIGNED, OPEN) is Why.IN_FORCE  # a renewal that is not signed yet takes nothing away
    assert why(replace(SIGNED, state="withdrawn", withdrawn_at=AT)) is Why.WITHDRAWN
    assert why(replace(SIGNED, state="withdrawn", withdrawn_at=AT), OPEN) is Why.NOT_SIGNED
    assert why(replace(SIGNED, state="superseded")) is Why.NONE
    assert why(replace(SIGNED, expires_at=AT)) is Why.EXPIRED
    assert why(replace(SIGNED, expires_at=AT + timedelta(seconds=1))) is Why.IN_FORCE
    assert why(SIGNED, route="im") is Why.OTHER_TREATMENT
    assert why(SIGNED, substance="esketamine") is Why.OTHER_TREATMENT
    assert why(SIGNED, route="") is Why.NO_TREATMENT
    assert why(replace(SIGNED, document_version="1")) is Why.OTHER_VERSION
    assert why(replace(SIGNED, document_version="1"), document=Document(("1", "2"))) is Why.IN_FORCE
    assert why(SIGNED, document=None) is Why.OTHER_VERSION


@given(
    st.lists(st.sampled_from(list(STORED)), max_size=6), st.integers(-400, 400), st.sampled_from(["iv", "im"])
)
def test_nothing_is_in_force_but_a_signature_for_this_treatment_that_has_not_expired(
    states, days, route
) -> None:
    rows = [
        Row(uuid4(), state.value, expires_at=AT + timedelta(days=days), offered_at=AT - timedelta(hours=n))
        for n, state in enumerate(states)
    ]
    found = decide(rows, "racemic-ketamine", route, AT, Document())
    assert (found[0] is Why.IN_FORCE) is (State.SIGNED in states and days > 0 and route == "iv")


def test_unsigned_states() -> None:
    assert {State.OFFERED, State.UNDERSTOOD} == UNSIGNED


# --- time and names ---
@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-03-02", 12, "2027-03-02"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-11-30", 1, "2026-12-30"),
    ],
)
def test_months_later(day: str, months: int, later: str) -> None:
    assert months_later(datetime.fromisoformat(f"{day}T10:00:00+00:00"), months).date().isoformat() == later


@given(st.integers(0, 7_000_000_000).map(lambda s: datetime.fromtimestamp(s, UTC)), st.integers(1, 60))
def test_months_later_is_always_later_and_never_too_late(at: datetime, months: int) -> None:
    later = months_later(at, months)
    assert timedelta(days=28 * months) <= later - at <= timedelta(days=31 * months)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("  Alex \n Rivera ", "Alex Rivera"),
        ("محمد الأمين", "محمد الأمين"),
        ("A\x00lex", "Alex"),
        ("李", "李"),
    ],
)
def test_a_name_is_a_signature(written: str, name: str) -> None:
    assert checked_name(written) == name


@pytest.mark.parametrize("written", ["", "   ", "…", "123", "x" * 501])
def test_what_is_no_name_is_refused(written: str) -> None:
    with pytest.raises(BadInput):
        checked_name(written)


@pytest.mark.parametrize(
    ("signed", "charted", "same"),
    [
        ("alex rivera", "Rivera, Alex", True),
        ("José Muller", "Müller, Jose Maria", True),
        ("Alex Rivera-Smith", "Rivera, Alex", True),
        ("Bo Other", "Rivera, Alex", False),
        ("محمد", "محمد الأمين", True),
    ],
)
def test_a_name_that_is_not_the_charts_is_noticed(signed: str, charted: str, same: bool) -> None:
    assert same_person(signed, [charted]) is same
