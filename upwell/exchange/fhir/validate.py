"""Whether a resource can be taken into a chart: what it says it is, its version, its shape, its dates."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from upwell.exchange.fhir.dates import read_date
from upwell.exchange.fhir.places import Wrong
from upwell.exchange.fhir.shapes import Json, check_shape, table
from upwell.exchange.fhir.versions import check_version

PARTIES = ("Organization", "Practitioner", "Location", "PractitionerRole")
CLINICAL = (
    "Encounter",
    "Condition",
    "AllergyIntolerance",
    "MedicationRequest",
    "MedicationStatement",
    "Observation",
)
STORED = (*PARTIES, "Patient", *CLINICAL)
USED = frozenset((*STORED, "Medication"))  # a Medication is read for its code alone

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}", re.ASCII)
_FURTHEST_EAST = timedelta(hours=14)  # today has begun somewhere


def check_identity(resource: Any) -> tuple[str, str]:
    """The type and id of a resource; refuses what is no resource of FHIR R4."""
    if not isinstance(resource, dict):
        raise Wrong("is not a JSON object, so it is no FHIR resource")
    kind = resource.get("resourceType")
    if not isinstance(kind, str) or not kind:
        raise Wrong("is missing, so this is no FHIR resource", "resourceType")
    known = table().names
    if not any(kind in names for names in known.values()):
        raise Wrong("is no resource type of FHIR R4", "resourceType")
    ident = resource.get("id")
    if ident is None and kind not in USED:
        return kind, ""
    if ident is None:
        raise Wrong("is missing; without it the next import could not tell the resource again", "id")
    if not isinstance(ident, str) or not _ID.fullmatch(ident):
        raise Wrong("is not as FHIR writes ids (letters, digits, - and . only, at most 64)", "id")
    return kind, ident


def check_resource(resource: Json, now: datetime) -> None:
    """Refuse a resource that is of another version, misshapen, or says what can't be."""
    check_version(resource)
    kind = resource["resourceType"]
    if kind not in USED:
        return
    check_shape(kind, resource)
    if kind == "Patient":
        _check_birth(resource, now)
    contained = resource.get("contained")
    if contained is not None:
        _check_contained(contained)


def _check_birth(patient: Json, now: datetime) -> None:
    born = patient.get("birthDate")
    if born is not None and read_date(born).earliest.date() > (now + _FURTHEST_EAST).date():
        raise Wrong("is in the future", "birthDate")


def _check_contained(contained: Any) -> None:
    if not isinstance(contained, list):
        raise Wrong("should be a list", "contained")
    for index, inner in enumerate(contained):
        if not isinstance(inner, dict) or not isinstance(inner.get("resourceType"), str):
            raise Wrong("is no FHIR resource", f"contained[{index}]")
        if inner["resourceType"] in USED:
            try:
                check_shape(inner["resourceType"], inner)
            except Wrong as wrong:
                raise wrong.under(f"contained[{index}]") from None


def has_nul(value: Any) -> bool:
    """Whether any text inside holds the NUL character, which no database stores."""
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(has_nul(key) or has_nul(part) for key, part in value.items())
    return isinstance(value, list) and any(has_nul(part) for part in value)
