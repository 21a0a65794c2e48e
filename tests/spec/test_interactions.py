"""Interactions: clinical reference 3.2, by class and route; loud only where a decision changes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.facts import ask, changed, severities
from tests.spec.test_screening import ASKED

LOUD = {"caution", "relative", "needs-decision", "not-recommended", "absolute"}


def taking(
    name: str, route: str = "intranasal", *, code: str = "", active: bool | None = True
) -> dict[str, Any]:
    medicine = {"system": "rxnorm", "code": code, "display": name, "active": active}
    substance = "esketamine" if route == "intranasal" else "racemic-ketamine"
    return ask("screen", ASKED | {"medicines": [medicine], "route": route, "substance": substance})


def interactions(result: dict[str, Any]) -> dict[str, str]:
    return {
        rule: severity for rule, severity in severities(result).items() if rule.startswith("interactions.")
    }


TABLE = [
    # medicine, route, rule, severity
    ("lorazepam 1 MG Oral Tablet", "intranasal", "interactions.benzodiazepines", "caution"),
    ("Zolpidem tartrate 10 MG Oral Tablet", "iv", "interactions.benzodiazepines", "caution"),
    ("lamotrigine 100 MG Oral Tablet", "iv", "interactions.lamotrigine", "caution"),
    ("phenelzine 15 MG Oral Tablet", "iv", "interactions.maoi", "needs-decision"),
    ("tranylcypromine 10 MG Oral Tablet", "intranasal", "interactions.maoi", "needs-decision"),
    ("methylphenidate 10 MG", "iv", "interactions.stimulants", "caution"),
    ("armodafinil 150 MG Oral Tablet", "iv", "interactions.stimulants", "caution"),
    ("oxycodone 5 MG Oral Tablet", "iv", "interactions.opioids", "caution"),
    ("naltrexone 50 MG Oral Tablet", "iv", "interactions.naltrexone", "information"),
    ("clarithromycin 500 MG", "oral", "interactions.cyp3a4.oral", "caution"),
    ("clarithromycin 500 MG", "sublingual", "interactions.cyp3a4.oral", "caution"),
    ("clarithromycin 500 MG", "iv", "interactions.cyp3a4.other", "information"),
    ("clarithromycin 500 MG", "intranasal", "interactions.cyp3a4.other", "information"),
    ("clopidogrel 75 MG", "oral", "interactions.cyp2b6.oral", "caution"),
    ("clopidogrel 75 MG", "iv", "interactions.cyp2b6.other", "information"),
    ("rifampin 300 MG", "sublingual", "interactions.inducers.oral", "caution"),
    ("carbamazepine 200 MG", "iv", "interactions.inducers.other", "information"),
    ("St. John's Wort", "oral", "interactions.inducers.oral", "caution"),
    ("theophylline 200 MG", "iv", "interactions.theophylline", "not-recommended"),
    ("pseudoephedrine 30 MG", "iv", "interactions.sympathomimetics", "caution"),
    ("risperidone 1 MG", "iv", "interactions.antipsychotics", "information"),
    ("24 HR metoprolol succinate 100 MG", "iv", "interactions.bp-blunting", "information"),
    ("oxymetazoline nasal spray", "intranasal", "interactions.nasal-products", "caution"),
    ("gabapentin 300 MG", "iv", "interactions.little-data.sedating", "information"),
    ("levothyroxine 50 MCG", "iv", "interactions.little-data.thyroid", "information"),
    ("dextromethorphan / bupropion", "iv", "interactions.little-data.nmda", "information"),
    ("semaglutide pen", "iv", "interactions.little-data.glp1", "information"),
]


@pytest.mark.parametrize(("medicine", "route", "rule", "severity"), TABLE)
def test_interaction(medicine: str, route: str, rule: str, severity: str) -> None:
    assert interactions(taking(medicine, route)) == {rule: severity}


@pytest.mark.parametrize(
    "medicine", ["sertraline 100 MG", "venlafaxine 75 MG", "escitalopram", "lithium carbonate 300 MG"]
)
def test_no_alert_where_there_is_no_interaction(medicine: str) -> None:
    result = taking(medicine)
    assert interactions(result) == {}
    assert result["not_assessed"] == [], "it is known, so it is not “not assessed”"


def test_a_medicine_that_no_list_covers_is_not_assessed() -> None:
    assert taking("simvastatin 10 MG")["not_assessed"] == [
        {"fact": "medicines", "value": "simvastatin 10 MG"}
    ]


def test_by_code_first_by_name_less_sure() -> None:
    by_code = taking("", code="6470")["findings"]
    by_name = taking("lorazepam 1 MG Oral Tablet")["findings"]
    words = [
        one["because"][0]["value"]
        for findings in (by_code, by_name)
        for one in findings
        if one["rule"] == "interactions.benzodiazepines"
    ]
    assert "less sure" not in words[0]
    assert "less sure" in words[1]


def test_a_medicine_that_was_stopped_does_not_interact() -> None:
    assert interactions(taking("phenelzine", active=False)) == {}
    assert interactions(taking("phenelzine", active=None)) == {"interactions.maoi": "needs-decision"}


def test_one_word_inside_another_is_not_a_match() -> None:
    assert "interactions.sympathomimetics" not in interactions(taking("norepinephrinelike 1 MG"))
    assert "interactions.stimulants" in interactions(taking("Amphetamine sulfate 5 MG"))


def test_where_the_route_is_unknown_the_louder_rule_speaks_too() -> None:
    facts = changed(ASKED, "route", None) | {
        "medicines": [{"system": "local", "display": "clarithromycin", "active": True}]
    }
    assert "caution" in interactions(ask("screen", facts)).values()


def test_at_most_what_changes_a_decision_is_loud() -> None:
    quiet = [
        "naltrexone",
        "risperidone",
        "metoprolol",
        "gabapentin",
        "levothyroxine",
        "sertraline",
        "lithium",
    ]
    facts = ASKED | {"medicines": [{"system": "local", "display": name, "active": True} for name in quiet]}
    assert not LOUD & set(interactions(ask("screen", facts)).values())


def test_no_message_tells_to_stop_or_skip_a_medicine() -> None:
    for finding in taking("lorazepam")["findings"]:
        if finding["rule"] == "interactions.benzodiazepines":
            assert "Take as prescribed" in finding["message"]
