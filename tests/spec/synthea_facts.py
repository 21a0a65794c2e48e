"""Facts from the Synthea records: conditions and medicines of one patient on one day, as FHIR R4 has them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "data" / "synthea-10-patients"


def resources(kind: str) -> Iterator[dict[str, Any]]:
    """All resources of a kind."""
    with (FOLDER / f"{kind}.ndjson").open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def patients() -> list[dict[str, Any]]:
    """All patients."""
    return list(resources("Patient"))


def facts_on(
    patient_id: str, at: str, *, substance: str = "esketamine", jurisdiction: str = "US"
) -> dict[str, Any]:
    """What was on file about a patient on a day."""
    patient = next(one for one in patients() if one["id"] == patient_id)
    day = datetime.fromisoformat(at).date()
    born = date.fromisoformat(patient["birthDate"])
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return {
        "at": at,
        "jurisdiction": jurisdiction,
        "substance": substance,
        "route": "intranasal" if substance == "esketamine" else "im",
        "setting": "clinic",
        "person": {"age_years": age, "sex": patient["gender"]},
        "conditions": [_condition(one) for one in _of(patient_id, "Condition") if _day(one["onsetDateTime"]) <= day],
        "medicines": [_medicine(one) for one in _of(patient_id, "MedicationRequest") if _day(one["authoredOn"]) <= day],
    }  # fmt: skip


def _of(patient_id: str, kind: str) -> Iterator[dict[str, Any]]:
    return (one for one in resources(kind) if one["subject"]["reference"].endswith(patient_id))


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


def _condition(resource: dict[str, Any]) -> dict[str, Any]:
    coding = resource["code"]["coding"][0]
    ended = resource.get("abatementDateTime")
    return {
        "system": coding["system"],
        "code": coding["code"],
        "display": coding["display"],
        "onset": resource["onsetDateTime"][:10],
        "abated": None if ended is None else ended[:10],
    }


def _medicine(resource: dict[str, Any]) -> dict[str, Any]:
    coding = resource["medicationCodeableConcept"]["coding"][0]
    return {
        "system": coding["system"],
        "code": coding["code"],
        "display": coding["display"],
        "active": resource["status"] == "active",
    }
