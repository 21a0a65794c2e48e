"""Who the person is, as far as rules ask: age, sex, weight."""

from __future__ import annotations

from datetime import date
from typing import Any

from upwell.knowledge.loader import load_age_rule
from upwell.people.models import Patient
from upwell.people.rules import possible_ages


def person_facts(patient: Patient, today: date, weight_kg: float | None) -> dict[str, Any]:
    """The facts about the person; what is not on record is left out."""
    found: dict[str, Any] = {"age_years": _age(patient, today), "weight_kg": weight_kg}
    if patient.sex != Patient.Sex.UNKNOWN:
        found["sex"] = patient.sex
    return {key: value for key, value in found.items() if value is not None}


def _age(patient: Patient, today: date) -> int | None:
    """The lowest age that the birth date allows; unknown where it may be a minor's or an adult's."""
    if patient.birth_date is None or patient.birth_date > today:
        return None
    lowest, highest = possible_ages(patient.birth_date, patient.birth_date_precision, today)
    adult = load_age_rule().adult_from_years
    return None if lowest < adult <= highest else max(lowest, 0)


def earliest_birthday(patient: Patient, today: date) -> date | None:
    """Nothing can have begun before it: the first of its month, by the age that rules are given."""
    age = _age(patient, today)
    return None if age is None else today.replace(day=1, year=max(today.year - age - 1, date.min.year))
