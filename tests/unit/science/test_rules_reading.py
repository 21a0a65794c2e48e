"""Facts that can't be taken: each is refused with its path; what is only unlikely is asked about."""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.facts import READY, ask, changed, severities
from upwell.base.errors import BadInput

REFUSED = [
    ("person.weight_kg", 820, "person.weight_kg"),
    ("person.weight_kg", 0, "person.weight_kg"),
    ("person.weight_kg", 10**400, "person.weight_kg"),
    ("answers.sessions_so_far", 10**400, "answers.sessions_so_far"),
    ("person.weight_lb", 180, "person.weight_lb"),
    ("person.age_years", -1, "person.age_years"),
    ("person.age_years", 131, "person.age_years"),
    ("person.age_years", "45", "person.age_years"),
    ("person.age_years", True, "person.age_years"),
    ("person.sex", "F", "person.sex"),
    ("person.birth_date", "2030-01-01", "person.birth_date"),
    ("person.birth_date", "1990-01-01", "person.age_years"),  # 36, not 45
    ("vitals.0.bp_systolic_mmhg", 12, "vitals.0.bp_systolic_mmhg"),
    ("vitals.0.bp_systolic_mmhg", 81, "vitals.0.bp_systolic_mmhg"),  # below diastolic 82
    ("vitals.0.bp_systolic_kpa", 17, "vitals.0.bp_systolic_kpa"),
    ("vitals.0.spo2_percent", 101, "vitals.0.spo2_percent"),
    ("vitals.0.temperature_c", 98.6, "vitals.0.temperature_c"),
    ("vitals.0.at", "2026-03-02T10:01:00-05:00", "vitals.0.at"),
    ("vitals.0.at", "2026-03-02T09:50:00", "vitals.0.at"),
    ("vitals.0.at", "yesterday", "vitals.0.at"),
    ("vitals.0.at", "2026-13-02T09:50:00Z", "vitals.0.at"),
    ("at", "9999-12-31T23:59:59Z", "at"),
    ("at", "0001-01-01T00:00:00+14:00", "at"),
    ("vitals.0.at", None, "vitals.0.at"),
    ("at", "2026-03-02", "at"),
    ("answers.last_food_at", "2026-03-02T11:00:00-05:00", "answers.last_food_at"),
    ("answers.escort", True, "answers.escort"),
    ("answers.escort_named", "yes", "answers.escort_named"),
    ("answers.suicide_risk", "some", "answers.suicide_risk"),
    ("answers.concomitant.cannabis", True, "answers.concomitant.cannabis"),
    ("jurisdiction", "UK", "jurisdiction"),
    ("substance", "arketamine", "substance"),
    ("route", "inhaled", "route"),
    ("unknown_key", 1, "unknown_key"),
    ("conditions", [{"system": "snomed", "code": "1", "onset": "2027-01-01"}], "conditions.0.onset"),
    ("conditions", [{"system": "snomed", "code": "1", "onset": "1970-01-01"}], "conditions.0.onset"),
    ("conditions", [{"system": "snomed", "code": "1", "onset": "2020-02-30"}], "conditions.0.onset"),
    ("conditions", [{"system": "snomed", "code": "1", "onset": "2020-02-01", "abated": "2020-01-01"}],
     "conditions.0.abated"),
    ("conditions", [{"system": "icd9", "code": "1"}], "conditions.0.system"),
    ("conditions", [{"system": "snomed"}], "conditions.0"),
    ("conditions", [{"system": "snomed", "code": 53741008}], "conditions.0.code"),
    ("doses", [{"at": "2026-03-02T09:00:00Z", "ended_at": "2026-03-02T08:00:00Z"}], "doses.0.ended_at"),
    ("doses", [{"at": "2026-03-03T09:00:00Z"}], "doses.0.at"),
    ("doses", [{"at": "2026-03-02T09:00:00Z", "dose_mg": -28}], "doses.0.dose_mg"),
    ("assessments", [{"instrument": "moaa-s", "at": "2026-03-03T09:00:00Z"}], "assessments.0.at"),
    ("trials", [{"display": "sertraline", "adherence_percent": 101}], "trials.0.adherence_percent"),
    ("episode.duration_months", -1, "episode.duration_months"),
    ("overrides", [{"rule": "x"}], "overrides.0.by"),
    ("overrides", [{"rule": "x", "by": "prescriber", "at": "2026-03-02T09:00:00"}], "overrides.0.at"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "where"), REFUSED)
def test_refused_with_its_path(path: str, value: Any, where: str) -> None:
    with pytest.raises(BadInput) as refused:
        ask("predose", changed(READY, path, value))
    assert refused.value.path == where
    assert refused.value.message


@pytest.mark.parametrize("document", [[], "text", 1, None])
def test_facts_are_an_object(document: Any) -> None:
    with pytest.raises(BadInput):
        ask("predose", document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("person.weight_kg", 270),
        ("vitals.0.temperature_c", 43),
        ("vitals.0.heart_rate_bpm", 220),
        ("person.age_years", 115),
    ],
)
def test_hardly_possible_is_asked_about(path: str, value: float) -> None:
    assert severities(ask("predose", changed(READY, path, value)))["facts.implausible"] == "unknown"


def test_a_birth_date_stands_for_the_age() -> None:
    facts = changed(changed(READY, "person.age_years", None), "person.birth_date", "2008-03-03")
    assert severities(ask("predose", facts))["eligibility.age.under-18"] == "absolute"
    facts = changed(facts, "person.birth_date", "2008-03-02")
    assert ask("predose", facts)["outcome"] == "go"


def test_code_systems_may_be_addresses() -> None:
    aneurysm = {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "I714", "display": ""}
    assert ask("predose", READY | {"conditions": [aneurysm]})["outcome"] == "no-go"


def test_times_are_compared_across_offsets() -> None:
    facts = changed(READY, "answers.last_food_at", "2026-03-02T14:01:00+01:00")  # 08:01 at home
    assert severities(ask("predose", facts))["predose.food.intranasal"] == "needs-decision"
