"""From a FHIR resource to the columns of the chart: pure, one file per kind of thing."""

from __future__ import annotations

from upwell.exchange.fhir.mapping.clinical import allergy, condition, encounter
from upwell.exchange.fhir.mapping.common import Columns, Links, shared
from upwell.exchange.fhir.mapping.medication import request, statement
from upwell.exchange.fhir.mapping.observation import observation
from upwell.exchange.fhir.mapping.party import party
from upwell.exchange.fhir.mapping.patient import patient
from upwell.exchange.fhir.shapes import Json

_CLINICAL = {
    "Condition": condition,
    "AllergyIntolerance": allergy,
    "Encounter": encounter,
    "MedicationRequest": request,
    "MedicationStatement": statement,
    "Observation": observation,
}


def columns_of(resource: Json, links: Links) -> Columns:
    """The columns that a resource fills, beside those of identity and ownership."""
    kind = resource["resourceType"]
    if kind == "Patient":
        return patient(resource)
    if kind in _CLINICAL:
        return shared(resource, links) | _CLINICAL[kind](resource, links)
    return party(resource, links)


__all__ = ["Columns", "Links", "columns_of"]
