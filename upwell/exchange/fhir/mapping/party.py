"""Practitioners, their roles, organisations and places that an imported record speaks of."""

from __future__ import annotations

from collections.abc import Iterator

from upwell.exchange.fhir.mapping.common import LONGEST, Columns, Links, all_words, items, joined
from upwell.exchange.fhir.mapping.names import best_name, full_name
from upwell.exchange.fhir.shapes import Json


def party(resource: Json, links: Links) -> Columns:
    """What is shown of a party, and whether it is still in use."""
    return {"name": name_of_party(resource, links), "active": _active(resource)}


def name_of_party(resource: Json, links: Links) -> str:
    """What a party is called; a role is called by its practitioner and what they do."""
    kind = resource["resourceType"]
    if kind in ("Practitioner", "Patient"):
        name = best_name(resource.get("name"))
        return full_name(name) if name else ""
    if kind == "PractitionerRole":
        role = all_words(resource.get("code")) or all_words(resource.get("specialty"))
        return joined((links.name(resource.get("practitioner")), role), ", ")
    name = resource.get("name")
    return name if isinstance(name, str) else ""


def _active(resource: Json) -> bool:
    if resource["resourceType"] == "Location":
        return resource.get("status") in (None, "active")
    return resource.get("active") is not False


def identifiers(resource: Json) -> Iterator[tuple[str, str]]:
    """The numbers (system, value) by which a resource can be found."""
    for identifier in items(resource.get("identifier")):
        system, value = str(identifier.get("system") or ""), str(identifier.get("value") or "")
        if value and len(system + value) <= LONGEST:
            yield system, value
