"""What holds for any facts: order does not matter, a contraindication never helps, what is missing is no pass."""

from __future__ import annotations

import copy
import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.spec.facts import HOME, IN_SESSION, READY, ask, without
from upwell.knowledge.gates.loader import load_code_lists, load_drug_classes

calm = settings(deadline=None, max_examples=60)
ORDER = ["go", "needs-decision", "no-go"]
LISTS = load_code_lists().lists
CODES = sorted(code for one in LISTS.values() for code in one.snomed)
DRUGS = sorted({drug.name for one in load_drug_classes().classes.values() for drug in one.ingredients})
# A mood stabiliser on record speaks for a person with bipolar disorder, so it is no contraindication.
HELPS = {drug.name for drug in load_drug_classes().classes["mood-stabilisers"].ingredients}
ANSWERED = copy.deepcopy(READY)
ANSWERED["answers"] |= {"hypersensitivity": False, "breastfeeding": False}

conditions = st.lists(st.sampled_from(CODES), max_size=5, unique=True)
medicines = st.lists(st.sampled_from(DRUGS), max_size=5, unique=True)


def on_file(codes: list[str], drugs: list[str], **more: Any) -> dict[str, Any]:
    return ANSWERED | {
        "conditions": [{"system": "snomed", "code": code, "onset": "2026-02-01"} for code in codes],
        "medicines": [{"system": "local", "display": name, "active": True} for name in drugs],
        **more,
    }


def rank(result: dict[str, Any]) -> int:
    return ORDER.index(result["outcome"])


places = {
    "substance": st.sampled_from(["esketamine", "racemic-ketamine"]),
    "jurisdiction": st.sampled_from(["US", "EU"]),
    "route": st.sampled_from(["iv", "im", "oral", "intranasal"]),
}


@calm
@given(codes=conditions, drugs=medicines, extra=st.sampled_from(CODES), place=st.fixed_dictionaries(places))
def test_a_further_condition_never_makes_it_milder(
    codes: list[str], drugs: list[str], extra: str, place: dict[str, str]
) -> None:
    before = ask("screen", on_file(codes, drugs, **place))
    after = ask("screen", on_file([*codes, extra], drugs, **place))
    assert rank(after) >= rank(before)


@calm
@given(codes=conditions, drugs=medicines, extra=st.sampled_from(DRUGS), place=st.fixed_dictionaries(places))
def test_a_further_medicine_never_makes_it_milder(
    codes: list[str], drugs: list[str], extra: str, place: dict[str, str]
) -> None:
    if extra in HELPS:
        return
    before = ask("screen", on_file(codes, drugs, **place))
    after = ask("screen", on_file(codes, [*drugs, extra], **place))
    assert rank(after) >= rank(before)


@calm
@given(codes=conditions, drugs=medicines, seed=st.integers(0, 999))
def test_the_order_of_facts_does_not_matter(codes: list[str], drugs: list[str], seed: int) -> None:
    facts = on_file(codes, drugs)
    assert ask("screen", shuffled(facts, seed)) == ask("screen", facts)


@calm
@given(seed=st.integers(0, 9999))
def test_the_order_of_readings_does_not_matter(seed: int) -> None:
    for gate, facts in (("predose", READY), ("session", IN_SESSION), ("discharge", HOME)):
        assert ask(gate, shuffled(facts, seed)) == ask(gate, facts)


def shuffled(node: Any, seed: int) -> Any:
    dice = random.Random(seed)
    if isinstance(node, dict):
        keys = list(node)
        dice.shuffle(keys)
        return {key: shuffled(node[key], seed) for key in keys}
    if isinstance(node, list):
        items = [shuffled(one, seed) for one in node]
        dice.shuffle(items)
        return items
    return node


def leaves(node: Any, path: str = "") -> list[str]:
    if isinstance(node, dict):
        return [
            leaf for key, value in node.items() for leaf in leaves(value, f"{path}.{key}" if path else key)
        ]
    if isinstance(node, list):
        return [leaf for place, value in enumerate(node) for leaf in leaves(value, f"{path}.{place}")]
    return [path]


OPTIONAL = (
    "setting",
    "weight_kg",
    "dose_mg",
    "device",
    "instrument",
    "person.sex",
    "person.could_be_pregnant",
)
MAY_GO = {
    "predose": [leaf for leaf in leaves(READY) if not leaf.endswith((*OPTIONAL, "vitals.0.at"))],
    "discharge": [leaf for leaf in leaves(HOME) if leaf.startswith("answers.") and "suicid" not in leaf],
}


@calm
@given(data=st.data())
def test_missing_facts_never_make_go(data: st.DataObject) -> None:
    for gate, facts in (("predose", READY), ("discharge", HOME)):
        lost = data.draw(st.lists(st.sampled_from(MAY_GO[gate]), min_size=1, max_size=4, unique=True))
        reduced = facts
        for path in lost:
            reduced = without(reduced, path)
        assert ask(gate, reduced)["outcome"] != "go", lost


vitals = st.fixed_dictionaries(
    {
        "bp_systolic_mmhg": st.integers(110, 240),
        "bp_diastolic_mmhg": st.integers(40, 110),
        "heart_rate_bpm": st.integers(35, 180),
        "spo2_percent": st.integers(70, 100),
        "resp_rate_bpm": st.integers(5, 40),
        "temperature_c": st.floats(35, 41),
    }
)


@calm
@given(reading=vitals, rise=st.integers(0, 40))
def test_a_higher_pressure_never_makes_it_milder(reading: dict[str, float], rise: int) -> None:
    at = READY["vitals"][0]["at"]
    higher = {**reading, "bp_systolic_mmhg": reading["bp_systolic_mmhg"] + rise}
    before = ask("predose", READY | {"vitals": [{"at": at, **reading}]})
    after = ask("predose", READY | {"vitals": [{"at": at, **higher}]})
    assert rank(after) >= rank(before)


@calm
@given(reading=vitals)
def test_every_finding_explains_itself(reading: dict[str, float]) -> None:
    for gate in ("predose", "session", "screen"):
        result = ask(gate, ANSWERED | {"vitals": [{"at": READY["vitals"][0]["at"], **reading}]})
        for finding in result["findings"]:
            assert finding["message"], finding
            assert finding["because"], finding
            assert finding["source"], finding
            assert all(source["title"] and source["confidence"] for source in finding["source"])
            assert finding["policy"] is all(source["confidence"] == "C" for source in finding["source"])
