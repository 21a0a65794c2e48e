"""The quick answer, whether a rule holds, is the one that comes with its reasons: of every rule, for any facts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.spec.facts import AT, HOME, IN_SESSION, READY
from tests.unit.science.test_rules_properties import conditions, medicines, on_file, places
from upwell.knowledge.gates.loader import (
    RULE_FILES,
    load_code_lists,
    load_drug_classes,
    load_fact_book,
    load_rule_set,
)
from upwell.knowledge.gates.model import Rule
from upwell.science.rules.case import Case
from upwell.science.rules.judge import Judge
from upwell.science.rules.reading import case_of
from upwell.science.rules.truth import truth_of_rule

NOW = datetime.fromisoformat(AT)
ANSWERS = sorted({*READY["answers"], *HOME["answers"]})


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Readings around the limits of the rules, some of one moment, beside answers that are there or not."""
    facts = on_file(draw(conditions), draw(medicines), **draw(st.fixed_dictionaries(places)))
    answers = {**READY["answers"], **HOME["answers"]}
    facts["answers"] = {name: answers[name] for name in draw(st.lists(st.sampled_from(ANSWERS), unique=True))}
    facts["doses"] = draw(st.sampled_from([None, [], IN_SESSION["doses"], HOME["doses"]]))
    for group in ("conditions", "medicines"):
        if draw(st.booleans()):
            del facts[group]
    facts["vitals"] = [_row(draw) for _ in range(draw(st.integers(0, 6)))]
    facts["assessments"] = [
        {"instrument": "moaa-s", "at": _moment(draw), "total": draw(st.integers(0, 5))}
        for _ in range(draw(st.integers(0, 2)))
    ]
    facts["at"] = HOME["at"]
    return case_of({key: value for key, value in facts.items() if value is not None}, load_fact_book())


def _moment(draw: st.DrawFn) -> str:
    minutes = draw(st.sampled_from([-1500, -120, -20, -10, -5, 0, 5, 60, 110, 120]))
    return (NOW + timedelta(minutes=minutes)).isoformat()


def _row(draw: st.DrawFn) -> dict[str, Any]:
    numbers = {
        "bp_systolic_mmhg": st.sampled_from([89, 128, 139, 140, 160, 168, 180, 200]),
        "bp_diastolic_mmhg": st.sampled_from([60, 82]),
        "heart_rate_bpm": st.sampled_from([44, 72, 111, 121, 131]),
        "spo2_percent": st.sampled_from([89, 93, 97]),
        "resp_rate_bpm": st.sampled_from([7, 9, 14]),
    }
    return {"at": _moment(draw), **draw(st.fixed_dictionaries({}, optional=numbers))}


def _with_reasons(rule: Rule, judge: Judge, case: Case) -> bool | None:
    holds = judge.judge(rule.when, case).holds
    spared = rule.unless is not None and judge.judge(rule.unless, case).holds is True
    return False if spared and holds is not False else holds


@settings(max_examples=120, deadline=None)
@given(cases())
def test_both_say_the_same(case: Case) -> None:
    for name in RULE_FILES:
        rules = load_rule_set(name)
        judge = Judge(load_fact_book(), load_code_lists(), load_drug_classes(), rules.window)
        for rule in rules.rules:
            assert truth_of_rule(rule, judge)(case) is _with_reasons(rule, judge, case), rule.id
