"""Telling FHIR of another version by its shape: what is fine in STU3 or R5 can mean something else in R4."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from upwell.exchange.fhir.places import Wrong
from upwell.exchange.fhir.shapes import Json, table

OLD = "DSTU2 or STU3"
STU3 = "STU3"
DSTU2 = "DSTU2"
R5 = "R5"
Test = Callable[[Any], bool]


def _there(value: Any) -> bool:
    return value is not None


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _object(value: Any) -> bool:
    return isinstance(value, dict)


def _list(value: Any) -> bool:
    return isinstance(value, list)


def _items_with(*names: str) -> Test:
    def test(value: Any) -> bool:
        items = value if isinstance(value, list) else ()
        return any(isinstance(item, dict) and any(name in item for name in names) for item in items)

    return test


def _items_where(name: str, inner: Test) -> Test:
    def test(value: Any) -> bool:
        items = value if isinstance(value, list) else ()
        return any(isinstance(item, dict) and inner(item.get(name)) for item in items)

    return test


def _with(*names: str) -> Test:
    return lambda value: isinstance(value, dict) and any(name in value for name in names)


_NAMES: tuple[tuple[str, Test, str], ...] = (("name", _items_where("family", _list), DSTU2),)

# resource type -> element, what tells the version, which version that is
SIGNS: dict[str, tuple[tuple[str, Test, str], ...]] = {
    "Patient": (*_NAMES, ("careProvider", _there, DSTU2), ("animal", _there, OLD)),
    "Practitioner": (
        ("name", _object, DSTU2),
        ("practitionerRole", _there, DSTU2),
        ("role", _there, OLD),
        ("deceasedBoolean", _there, R5),
        ("deceasedDateTime", _there, R5),
        ("communication", _items_where("language", _object), R5),
    ),
    "PractitionerRole": (
        ("contact", _list, R5),
        ("availability", _list, R5),
        ("characteristic", _list, R5),
    ),
    "Organization": (("contact", _items_where("name", _list), R5), ("qualification", _list, R5)),
    "Location": (
        ("contact", _list, R5),
        ("form", _object, R5),
        ("characteristic", _list, R5),
        ("virtualService", _list, R5),
        ("hoursOfOperation", _object, R5),
    ),
    "Condition": (
        ("patient", _there, DSTU2),
        ("dateRecorded", _there, DSTU2),
        ("assertedDate", _there, STU3),
        ("context", _there, STU3),
        ("clinicalStatus", _text, OLD),
        ("verificationStatus", _text, OLD),
        ("participant", _list, R5),
        ("evidence", _items_with("concept", "reference"), R5),
    ),
    "AllergyIntolerance": (
        ("substance", _there, DSTU2),
        ("status", _text, DSTU2),
        ("reporter", _there, DSTU2),
        ("assertedDate", _there, STU3),
        ("clinicalStatus", _text, OLD),
        ("verificationStatus", _text, OLD),
        ("type", _object, R5),
        ("participant", _list, R5),
    ),
    "MedicationRequest": (
        ("requester", _with("agent", "onBehalfOf"), STU3),
        ("context", _there, STU3),
        ("definition", _there, STU3),
        ("medication", _there, R5),
        ("reason", _list, R5),
        ("reported", _there, R5),
        ("informationSource", _there, R5),
        ("performer", _list, R5),
        ("effectiveDosePeriod", _there, R5),
        ("renderedDosageInstruction", _there, R5),
    ),
    "MedicationStatement": (
        ("patient", _there, DSTU2),
        ("wasNotTaken", _there, DSTU2),
        ("taken", _text, STU3),
        ("reasonNotTaken", _there, STU3),
        ("medication", _there, R5),
        ("reason", _list, R5),
        ("adherence", _there, R5),
        ("informationSource", _list, R5),
        ("encounter", _there, R5),
    ),
    "Medication": (("package", _there, OLD), ("isBrand", _there, OLD), ("product", _there, DSTU2)),
    "Encounter": (
        ("patient", _there, DSTU2),
        ("indication", _there, DSTU2),
        ("class", _text, DSTU2),
        ("incomingReferral", _there, OLD),
        ("class", _list, R5),
        ("actualPeriod", _there, R5),
        ("admission", _there, R5),
        ("participant", _items_with("actor"), R5),
        ("reason", _items_with("use", "value"), R5),
        ("reason", _list, OLD),
        ("virtualService", _list, R5),
    ),
    "Observation": (
        ("comments", _there, DSTU2),
        ("comment", _there, STU3),
        ("related", _there, OLD),
        ("context", _there, STU3),
        ("triggeredBy", _list, R5),
        ("bodyStructure", _there, R5),
        ("instantiatesCanonical", _there, R5),
    ),
}

_PROFILES = (
    (re.compile(r"/fhir/(DSTU2|1\.0)\b", re.I), DSTU2),
    (re.compile(r"/fhir/(STU3|R3|3\.0)\b", re.I), STU3),
    (re.compile(r"/fhir/(R5|5\.0)\b", re.I), R5),
    (re.compile(r"^http://hl7\.org/fhir/StructureDefinition/\w+\|1\.0"), DSTU2),
    (re.compile(r"^http://hl7\.org/fhir/StructureDefinition/\w+\|3\.0"), STU3),
    (re.compile(r"^http://hl7\.org/fhir/StructureDefinition/\w+\|5\."), R5),
)


def other_version(version: str, because: str) -> Wrong:
    """The words in which FHIR of another version is refused."""
    return Wrong(f"this looks like FHIR {version}, Upwell reads R4 (4.0.1)", because)


def check_version(resource: Json) -> None:
    """Refuse a resource that was written for another version of FHIR."""
    kind = resource["resourceType"]
    names = table().names
    if kind in names["dstu2"] or kind in names["stu3"]:
        raise other_version(OLD, "resourceType")
    if kind in names["r5"]:
        raise other_version(R5, "resourceType")
    check_stated_version(resource)
    for element, test, version in SIGNS.get(kind, ()):
        if test(resource.get(element)):
            raise other_version(version, element)


def check_stated_version(resource: Json) -> None:
    """Refuse what says of itself, in ``fhirVersion`` or a profile, that it is of another version."""
    stated = resource.get("fhirVersion")
    if isinstance(stated, str) and stated and not stated.startswith("4."):
        raise other_version(stated[:12], "fhirVersion")
    meta = resource.get("meta")
    profiles = meta.get("profile") if isinstance(meta, dict) else None
    for profile in profiles if isinstance(profiles, list) else ():
        for pattern, version in _PROFILES:
            if isinstance(profile, str) and pattern.search(profile):
                raise other_version(version, "meta.profile")
