"""Which table holds which type of resource."""

from __future__ import annotations

from django.db import models

from upwell.exchange.fhir.validate import PARTIES
from upwell.people.models import Patient
from upwell.record.models import (
    AllergyIntolerance,
    Condition,
    Encounter,
    MedicationRequest,
    MedicationStatement,
    Observation,
    OriginParty,
)

MODELS: dict[str, type[models.Model]] = {
    **dict.fromkeys(PARTIES, OriginParty),
    "Patient": Patient,
    "Encounter": Encounter,
    "Condition": Condition,
    "AllergyIntolerance": AllergyIntolerance,
    "MedicationRequest": MedicationRequest,
    "MedicationStatement": MedicationStatement,
    "Observation": Observation,
}
