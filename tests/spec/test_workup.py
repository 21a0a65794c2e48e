"""What the work-up requires before the first dose, by substance, country and condition; and what it says to the gate.

Source: clinical reference, introduction to section 3 (CPSBC draft standard), 3.1 and 7; the rest is local policy.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.spec.facts import READY
from upwell.knowledge.workup import load_workup
from upwell.pathway.workup.rules import (
    Event,
    Said,
    Standing,
    gate_answers,
    lines_of,
    of_first_doses,
    required,
)
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
    stopping = [one for one in lines_of(ITEMS, {}) if one.stops]
    assert [one.item.id for one in stopping] == ["rems-site", "rems-patient"]
    assert not any(one.item.waivable for one in stopping)


@pytest.mark.parametrize(
    ("done", "outcome"),
    [
        ((), "no-go"),
        (("rems-site",), "no-go"),
        (("rems-patient",), "no-go"),
        (("rems-site", "rems-patient"), "needs-decision"),
    ],
)
def test_without_rems_no_esketamine_in_the_us(done: tuple[str, ...], outcome: str) -> None:
    words = {key: value for item in done for key, value in said(item, Event.DONE).items()}
    answers = gate_answers(lines_of(required(ITEMS, case("esketamine", "US"), ()), words))
    facts = {**READY, "answers": {**READY["answers"], **answers}}
    assert gate.predose(facts)["outcome"] == outcome


# Required before the first dose by a source: the Canadian draft standard (assessment, ECG, liver, kidney, STOP-BANG),
# the consensus of 2017 (drug screen), the label (blood pressure), rules of US states (monitoring programme). That the
# prescriber decides where one is missing, is local policy.
REQUIRED = {
    "history-examination", "blood-pressure", "ecg", "liver-tests", "renal-tests", "urine-drug-screen", "sleep-apnoea",
}  # fmt: skip


def asked_at(words: dict[str, Said], jurisdiction: str = "EU") -> dict[str, Any]:
    lines = lines_of(required(ITEMS, case("racemic-ketamine", jurisdiction), ()), words)
    return gate.predose({**READY, "answers": {**READY["answers"], **gate_answers(lines)}})


def rules(result: dict[str, Any]) -> set[str]:
    return {one["rule"] for one in result["findings"] if one["rule"].startswith("predose.work-up.")}


@pytest.mark.parametrize(("jurisdiction", "more"), [("EU", set()), ("US", {"pdmp"})])
def test_each_required_item_that_is_open_is_a_finding_of_its_own(jurisdiction: str, more: set[str]) -> None:
    result = asked_at({}, jurisdiction)
    assert rules(result) == {f"predose.work-up.{one}" for one in (*REQUIRED, *more, "open")}
    assert result["outcome"] == "needs-decision"
    for one in result["findings"]:
        if one["rule"] in rules(result) - {"predose.work-up.open"}:
            assert (one["severity"], one["policy"], one["overridable_by"]) == (
                "unknown",
                True,
                ["prescriber"],
            )


@pytest.mark.parametrize("event", [Event.DONE, Event.WAIVED])
@pytest.mark.parametrize("item", sorted(REQUIRED - {"history-examination"}))
def test_what_is_done_or_left_out_with_a_reason_is_no_finding(item: str, event: Event) -> None:
    assert rules(asked_at(said(item, event))) == {
        f"predose.work-up.{one}" for one in (*REQUIRED - {item}, "open")
    }


def test_history_and_examination_can_not_be_left_out() -> None:
    assert "predose.work-up.history-examination" in rules(asked_at(said("history-examination", Event.WAIVED)))
    assert "predose.work-up.history-examination" not in rules(
        asked_at(said("history-examination", Event.DONE))
    )


def test_the_prescriber_decides_on_each_one_with_a_reason() -> None:
    words = {key: value for one in REQUIRED - {"ecg"} for key, value in said(one, Event.DONE).items()}
    lines = lines_of(required(ITEMS, case("racemic-ketamine", "EU"), ()), words)
    facts = {**READY, "answers": {**READY["answers"], **gate_answers(lines)}}
    assert gate.predose(facts)["outcome"] == "needs-decision"
    own = {"rule": "predose.work-up.ecg", "by": "prescriber", "reason": "Read last month.", "at": READY["at"]}
    assert gate.predose({**facts, "overrides": [own]})["outcome"] == "go"


def test_other_open_items_are_said_at_the_gate_and_do_not_stop_it() -> None:
    words = {key: value for one in REQUIRED for key, value in said(one, Event.DONE).items()}
    result = asked_at(words)
    assert rules(result) == {"predose.work-up.open"}
    assert result["outcome"] == "go"


def test_facts_without_a_work_up_say_nothing_of_it() -> None:
    assert rules(gate.predose(READY)) == set()


def test_what_can_not_be_left_out_any_more_is_open_again() -> None:
    (line,) = lines_of([one for one in ITEMS if one.id == "rems-site"], said("rems-site", Event.WAIVED))
    assert line.standing is Standing.OPEN


@given(st.sets(st.sampled_from(sorted(ESKETAMINE_US))), st.sampled_from(sorted(ESKETAMINE_US)))
def test_one_more_item_done_never_opens_another(done: set[str], more: str) -> None:
    def opened(items: set[str]) -> int:
        words = {key: value for one in items for key, value in said(one, Event.DONE).items()}
        answers = gate_answers(lines_of(required(ITEMS, case("esketamine", "US"), ()), words))
        asked = [value for value in (*answers["workup"].values(), *answers.values()) if value is False]
        return int(answers["workup_open"]) + len(asked)

    assert opened(done | {more}) <= opened(done)


def test_what_counts_only_until_the_first_doses_are_over() -> None:
    answers = gate_answers(lines_of(required(ITEMS, case("esketamine", "US"), ()), {}))
    assert of_first_doses(answers) == {"workup", "workup_open"}
    assert of_first_doses({"rems_site_certified": True}) == frozenset()
