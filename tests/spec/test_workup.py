"""What the work-up requires before the first dose, by substance, country and condition; and what it says to the gate.

Source: clinical reference, introduction to section 3 (CPSBC draft standard), 3.1 and 7; the rest is local policy.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.spec.facts import READY
from upwell.knowledge.workup import load_workup
from upwell.pathway.workup.rules import Event, Said, Standing, gate_answers, lines_of, required
from upwell.science.rules import gate

ITEMS = load_workup().items
EVERYBODY = {
    "history-examination", "blood-pressure", "ecg", "liver-tests", "renal-tests", "urinalysis", "urine-drug-screen",
    "sleep-apnoea", "asa-class",
}  # fmt: skip
REMS = {"rems-site", "rems-patient"}
ESKETAMINE_US = EVERYBODY | REMS | {"pdmp", "prior-authorisation", "drug-arrival"}
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def case(substance: str, jurisdiction: str) -> dict[str, str]:
    return {"substance": substance, "jurisdiction": jurisdiction, "route": "intranasal"}


def said(item: str, event: Event) -> dict[str, Said]:
    return {item: Said(item, event, AT, "Dr. Cho", "why")}


@pytest.mark.parametrize(
    ("substance", "jurisdiction", "items"),
    [
        ("esketamine", "US", ESKETAMINE_US),
        ("esketamine", "EU", EVERYBODY),
        ("racemic-ketamine", "US", EVERYBODY | {"pdmp"}),
        ("racemic-ketamine", "EU", EVERYBODY),
        ("", "US", EVERYBODY | {"pdmp"}),  # not chosen yet
    ],
)
def test_what_is_required(substance: str, jurisdiction: str, items: set[str]) -> None:
    assert {one.id for one in required(ITEMS, case(substance, jurisdiction), ())} == items


@pytest.mark.parametrize(
    ("conditions", "asked"),
    [
        ((), False),
        (("hypertension",), False),
        (("unstable-angina",), True),
        (("valve-disease-severe",), True),
    ],
)
def test_a_specialist_is_asked_for_some_conditions(conditions: tuple[str, ...], asked: bool) -> None:
    found = {one.id for one in required(ITEMS, case("racemic-ketamine", "EU"), conditions)}
    assert ("specialist-clearance" in found) is asked


def test_rems_can_not_be_left_out() -> None:
    assert [one.id for one in ITEMS if one.fact] == ["rems-site", "rems-patient"]
    assert not any(one.waivable for one in ITEMS if one.fact)


@pytest.mark.parametrize(
    ("done", "outcome"),
    [
        ((), "no-go"),
        (("rems-site",), "no-go"),
        (("rems-patient",), "no-go"),
        (("rems-site", "rems-patient"), "go"),
    ],
)
def test_without_rems_no_esketamine_in_the_us(done: tuple[str, ...], outcome: str) -> None:
    words = {key: value for item in done for key, value in said(item, Event.DONE).items()}
    answers = gate_answers(lines_of(required(ITEMS, case("esketamine", "US"), ()), words))
    facts = {**READY, "answers": {**READY["answers"], **answers}}
    assert gate.predose(facts)["outcome"] == outcome


def test_open_items_are_said_at_the_gate_and_do_not_stop_it() -> None:
    answers = gate_answers(lines_of(required(ITEMS, case("racemic-ketamine", "EU"), ()), {}))
    assert answers == {"workup_open": len(EVERYBODY)}
    result = gate.predose({**READY, "answers": {**READY["answers"], **answers}})
    assert "predose.work-up.open" in {one["rule"] for one in result["findings"]}
    assert result["outcome"] == "go"


def test_what_can_not_be_left_out_any_more_is_open_again() -> None:
    (line,) = lines_of([one for one in ITEMS if one.id == "rems-site"], said("rems-site", Event.WAIVED))
    assert line.standing is Standing.OPEN


@given(st.sets(st.sampled_from(sorted(ESKETAMINE_US))), st.sampled_from(sorted(ESKETAMINE_US)))
def test_one_more_item_done_never_opens_another(done: set[str], more: str) -> None:
    def opened(items: set[str]) -> int:
        words = {key: value for one in items for key, value in said(one, Event.DONE).items()}
        count: int = gate_answers(lines_of(required(ITEMS, case("esketamine", "US"), ()), words))[
            "workup_open"
        ]
        return count

    assert opened(done | {more}) <= opened(done)
