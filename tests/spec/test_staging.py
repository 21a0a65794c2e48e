"""Trials and resistance to treatment: clinical reference 2.6, at, below and above every step."""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.facts import ask

TRIAL: dict[str, Any] = {
    "system": "rxnorm", "code": "36437", "display": "sertraline", "max_dose_mg_per_day": 150,
    "weeks_at_or_above_minimum": 8, "adherence_percent": 90, "benefit_percent": 20, "current_episode": True,
}  # fmt: skip
EPISODE = {
    "duration_months": 30,
    "severity": "severe",
    "psychotic": False,
    "augmentation_used": True,
    "ect_used": False,
}
DRUGS = ["sertraline", "fluoxetine", "citalopram", "escitalopram", "paroxetine", "venlafaxine", "duloxetine",
         "desvenlafaxine", "bupropion", "mirtazapine", "vortioxetine"]  # fmt: skip


def trial(name: str = "sertraline", **changes: Any) -> dict[str, Any]:
    return {**TRIAL, "system": "local", "code": None, "display": name, "max_dose_mg_per_day": 1000, **changes}


def staged(trials: list[dict[str, Any]] | None, **episode: Any) -> dict[str, Any]:
    result = ask("screen", {"trials": trials, "episode": {**EPISODE, **episode}})
    staging: dict[str, Any] = result["staging"]
    return staging


ADEQUACY = [
    # change, adequate, failed
    ({}, True, True),
    ({"max_dose_mg_per_day": 50}, True, True),
    ({"max_dose_mg_per_day": 49}, False, False),
    ({"max_dose_mg_per_day": None}, None, None),
    ({"weeks_at_or_above_minimum": 6}, True, True),
    ({"weeks_at_or_above_minimum": 5.9}, False, False),
    ({"weeks_at_or_above_minimum": None}, None, None),
    ({"adherence_percent": 75}, True, True),
    ({"adherence_percent": 74}, False, False),
    ({"adherence_percent": None}, None, None),
    ({"benefit_percent": 49}, True, True),
    ({"benefit_percent": 50}, True, False),
    ({"benefit_percent": None}, True, None),
    ({"weeks_at_or_above_minimum": 2, "adherence_percent": None}, False, False),
    ({"code": "0", "display": "mystery drug"}, None, None),
    ({"code": "704", "display": "amitriptyline", "max_dose_mg_per_day": 100}, True, True),
    ({"code": "704", "display": "amitriptyline", "max_dose_mg_per_day": 99}, False, False),
    ({"code": None, "display": "milnacipran"}, None, None),  # sources disagree about its minimum dose
]


@pytest.mark.parametrize(("change", "adequate", "failed"), ADEQUACY)
def test_adequate_and_failed(change: dict[str, Any], adequate: bool | None, failed: bool | None) -> None:
    judged = ask("screen", {"trials": [{**TRIAL, **change}]})["trials"][0]
    assert (judged["adequate"], judged["failed"]) == (adequate, failed)
    assert judged["reasons"]


REASONS = [
    # change, a reason that is given
    ({}, "150 mg/day: at or above the minimum of 50 mg/day"),
    ({"max_dose_mg_per_day": 49}, "49 mg/day: below the minimum of 50 mg/day"),
    ({"max_dose_mg_per_day": None}, "The highest dose is not on record."),
    ({"display": "mystery drug", "code": "0"}, "not on the list of antidepressants"),
    ({"display": "milnacipran", "code": None}, "No source gives a minimum adequate dose for milnacipran."),
    ({"weeks_at_or_above_minimum": 6}, "6 weeks at or above the minimum dose: at least 6."),
    ({"weeks_at_or_above_minimum": 5.9}, "5.9 weeks at or above the minimum dose: below 6."),
    ({"weeks_at_or_above_minimum": None}, "Not on record: weeks at or above the minimum dose."),
    ({"adherence_percent": 74}, "74 % adherence: below 75."),
    ({"benefit_percent": 49}, "Benefit 49 %: below 50 %."),
    ({"benefit_percent": 50}, "Benefit 50 %: not below 50 %."),
    ({"benefit_percent": None}, "How much it helped is not on record."),
]


@pytest.mark.parametrize(("change", "reason"), REASONS)
def test_each_trial_says_why(change: dict[str, Any], reason: str) -> None:
    (judged,) = ask("screen", {"trials": [{**TRIAL, **change}]})["trials"]
    assert len([one for one in judged["reasons"] if reason in one]) == 1


NAMED = [
    # system, code, display: the code of RxNorm first, then the name; the longest name that stands there
    ("rxnorm", "36437", "their old tablets", "sertraline", 50),
    ("http://www.nlm.nih.gov/research/umls/rxnorm", "36437", "", "sertraline", 50),
    ("local", "36437", "their old tablets", "their old tablets", None),
    ("rxnorm", "0", "Sertraline 50 MG Oral Tablet", "sertraline", 50),
    ("rxnorm", "0", "", "0", None),
    (None, None, "desvenlafaxine 50 mg", "desvenlafaxine", 50),
]


@pytest.mark.parametrize(("system", "code", "display", "drug", "minimum"), NAMED)
def test_which_drug_a_trial_names(
    system: str | None, code: str | None, display: str, drug: str, minimum: float | None
) -> None:
    (judged,) = ask("screen", {"trials": [{**TRIAL, "system": system, "code": code, "display": display}]})[
        "trials"
    ]
    assert (judged["drug"], judged["minimum_mg_per_day"]) == (drug, minimum)


def test_an_unknown_drug_is_said_not_guessed() -> None:
    judged = ask("screen", {"trials": [trial("mystery drug")]})["trials"][0]
    assert judged["drug_class"] is None
    assert any("not on the list" in reason for reason in judged["reasons"])


REGULATORY = [
    ([trial("sertraline"), trial("venlafaxine")], True),
    ([trial("sertraline")], False),
    ([trial("sertraline"), trial("Sertraline 50 MG")], False),  # one drug twice
    ([trial("sertraline"), trial("venlafaxine", current_episode=False)], False),
    ([trial("sertraline"), trial("venlafaxine", benefit_percent=60)], False),
    ([trial("sertraline"), trial("venlafaxine", weeks_at_or_above_minimum=None)], None),
    ([trial("sertraline"), trial("venlafaxine", current_episode=None)], None),
    ([], False),
    (None, None),
]


@pytest.mark.parametrize(("trials", "resistant"), REGULATORY)
def test_regulatory_resistance(trials: Any, resistant: bool | None) -> None:
    assert staged(trials)["regulatory_trd"] is resistant


def scored(months: float, severity: str, psychotic: bool, drugs: int, augmented: bool, ect: bool) -> Any:
    return staged(
        [trial(name) for name in DRUGS[:drugs]], duration_months=months, severity=severity,
        psychotic=psychotic, augmentation_used=augmented, ect_used=ect,
    )["maudsley"]  # fmt: skip


MAUDSLEY = [
    # months, severity, psychotic, failed drugs, augmentation, ECT, score, band
    (12, "subsyndromal", False, 1, False, False, 3, "mild"),
    (13, "subsyndromal", False, 1, False, False, 4, "mild"),
    (24, "subsyndromal", False, 2, False, False, 4, "mild"),
    (25, "subsyndromal", False, 2, False, False, 5, "mild"),
    (25, "mild", False, 2, False, False, 6, "mild"),
    (25, "moderate", False, 2, False, False, 7, "moderate"),
    (30, "severe", False, 1, True, False, 9, "moderate"),
    (30, "severe", False, 3, True, False, 10, "moderate"),
    (30, "severe", True, 3, True, False, 11, "severe"),
    (30, "severe", True, 4, True, False, 11, "severe"),
    (30, "severe", True, 5, True, False, 12, "severe"),
    (30, "severe", True, 7, True, False, 13, "severe"),
    (30, "severe", True, 10, True, True, 14, "severe"),
    (30, "severe", True, 11, True, True, 15, "severe"),
]


@pytest.mark.parametrize(
    ("months", "severity", "psychotic", "drugs", "augmented", "ect", "score", "band"), MAUDSLEY
)
def test_maudsley(
    months: float,
    severity: str,
    psychotic: bool,
    drugs: int,
    augmented: bool,
    ect: bool,
    score: int,
    band: str,
) -> None:
    assert scored(months, severity, psychotic, drugs, augmented, ect) == {"score": score, "band": band}


@pytest.mark.parametrize(
    "fact", ["duration_months", "severity", "psychotic", "augmentation_used", "ect_used"]
)
def test_maudsley_is_not_guessed(fact: str) -> None:
    staging = staged([trial()], **{fact: None})
    assert staging["maudsley"] == {"score": None, "band": None}
    assert any("Maudsley" in reason for reason in staging["reasons"])


def test_maudsley_stands_where_what_is_unknown_makes_no_difference() -> None:
    """One failed, one that can't be judged: 1 or 2 drugs are both 1 point."""
    trials = [trial("sertraline"), trial("venlafaxine", weeks_at_or_above_minimum=None)]
    assert staged(trials)["maudsley"]["score"] == 9
    trials.append(trial("bupropion", weeks_at_or_above_minimum=None))
    assert staged(trials)["maudsley"]["score"] is None


THASE_RUSH = [
    (["sertraline"], None, "I"),
    (["sertraline", "fluoxetine"], None, "I"),  # one class
    (["sertraline", "venlafaxine"], None, "II"),
    (["sertraline", "venlafaxine", "bupropion"], None, "II"),
    (["sertraline", "nortriptyline"], None, "II"),
    (["sertraline", "venlafaxine", "nortriptyline"], None, "III"),
    (["sertraline", "venlafaxine", "phenelzine"], None, "II"),  # no TCA yet
    (["sertraline", "venlafaxine", "nortriptyline", "phenelzine"], None, "IV"),
    (["sertraline", "venlafaxine", "nortriptyline", "phenelzine"], False, "IV"),
    (["sertraline", "venlafaxine", "nortriptyline", "phenelzine"], True, "V"),
    ([], None, None),
]


@pytest.mark.parametrize(("drugs", "bilateral", "stage"), THASE_RUSH)
def test_thase_and_rush(drugs: list[str], bilateral: bool | None, stage: str | None) -> None:
    assert staged([trial(name) for name in drugs], ect_bilateral=bilateral)["thase_rush"] == stage


def test_staging_says_what_it_lacks() -> None:
    assert staged(None)["reasons"][0] == "No trials of antidepressants are on record: staging needs them."
    assert not [one for one in staged([trial()])["reasons"] if "needs them" in one]
    open_one = [trial("sertraline"), trial("venlafaxine", weeks_at_or_above_minimum=None)]
    assert any(
        one.startswith("Regulatory: some trials can't be judged") for one in staged(open_one)["reasons"]
    )
    (unjudged,) = [trial(weeks_at_or_above_minimum=None)]
    assert any("no trial is certain to have failed" in one for one in staged([unjudged])["reasons"])
    lacking = staged([trial()], duration_months=None, severity=None, augmentation_used=None, ect_used=None)
    (said,) = [one for one in lacking["reasons"] if "not known" in one]
    for one in (
        "the duration of the episode",
        "the severity",
        "whether augmentation",
        "whether ECT was used",
    ):
        assert one in said


def test_ect_that_was_perhaps_bilateral_is_asked_about() -> None:
    four = [trial(name) for name in ("sertraline", "venlafaxine", "nortriptyline", "phenelzine")]
    asked = "Thase and Rush: whether ECT was bilateral is not on record."
    assert asked in staged(four, ect_used=True, ect_bilateral=None)["reasons"]
    assert asked not in staged(four, ect_used=False, ect_bilateral=None)["reasons"]
    assert asked not in staged(four, ect_used=True, ect_bilateral=False)["reasons"]


def test_a_stage_that_needs_one_class_is_met_by_that_class_alone_only_with_enough_classes() -> None:
    """Stage III needs a tricyclic among three classes, so one tricyclic alone is stage I."""
    assert staged([trial("nortriptyline")])["thase_rush"] == "I"


def test_the_example_of_the_contract() -> None:
    result = ask("screen", {"trials": [TRIAL], "episode": EPISODE})
    assert result["staging"]["regulatory_trd"] is False
    assert result["staging"]["maudsley"] == {"score": 9, "band": "moderate"}
    assert result["staging"]["thase_rush"] == "I"
