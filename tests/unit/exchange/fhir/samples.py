"""Small FHIR R4 resources for tests, each valid as it stands, and files made of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Json = dict[str, Any]
CLINICAL_STATUS = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"


def concept(code: str, system: str = "http://snomed.info/sct", display: str = "") -> Json:
    return {"coding": [{"system": system, "code": code, "display": display or code}]}


def patient(ident: str = "p1", **more: Any) -> Json:
    return {
        "resourceType": "Patient",
        "id": ident,
        "name": [{"use": "official", "family": "Rivera", "given": ["Alex", "Jo"]}],
        "gender": "female",
        "birthDate": "1980-05-02",
    } | more


def condition(ident: str = "c1", of: str = "Patient/p1", **more: Any) -> Json:
    return {
        "resourceType": "Condition",
        "id": ident,
        "clinicalStatus": concept("active", CLINICAL_STATUS),
        "verificationStatus": concept("confirmed", VERIFICATION),
        "code": concept("35489007", display="Depressive disorder"),
        "subject": {"reference": of},
        "onsetDateTime": "2015-03-01T10:00:00-05:00",
    } | more


def allergy(ident: str = "a1", of: str = "Patient/p1", **more: Any) -> Json:
    return {
        "resourceType": "AllergyIntolerance",
        "id": ident,
        "code": concept("91936005", display="Allergy to penicillin"),
        "patient": {"reference": of},
    } | more


def order(ident: str = "m1", of: str = "Patient/p1", **more: Any) -> Json:
    return {
        "resourceType": "MedicationRequest",
        "id": ident,
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": concept(
            "312940", "http://www.nlm.nih.gov/research/umls/rxnorm", "sertraline 25 MG"
        ),
        "subject": {"reference": of},
        "authoredOn": "2020-01-02",
    } | more


def statement(ident: str = "s1", of: str = "Patient/p1", **more: Any) -> Json:
    return {
        "resourceType": "MedicationStatement",
        "id": ident,
        "status": "active",
        "medicationCodeableConcept": concept(
            "312940", "http://www.nlm.nih.gov/research/umls/rxnorm", "sertraline 25 MG"
        ),
        "subject": {"reference": of},
    } | more


def encounter(ident: str = "e1", of: str = "Patient/p1", **more: Any) -> Json:
    return {
        "resourceType": "Encounter",
        "id": ident,
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "subject": {"reference": of},
        "period": {"start": "2020-01-02T10:00:00Z", "end": "2020-01-02T11:00:00Z"},
    } | more


def observation(ident: str = "o1", of: str = "Patient/p1", **more: Any) -> Json:
    return {
        "resourceType": "Observation",
        "id": ident,
        "status": "final",
        "code": concept("8867-4", "http://loinc.org", "Heart rate"),
        "subject": {"reference": of},
        "effectiveDateTime": "2020-01-02T10:00:00Z",
        "valueQuantity": {"value": 72, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"},
    } | more


def practitioner(ident: str = "d1", npi: str = "9999999999", **more: Any) -> Json:
    return {
        "resourceType": "Practitioner",
        "id": ident,
        "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": npi}],
        "name": [{"family": "Ito", "given": ["Kim"], "prefix": ["Dr."]}],
    } | more


def organization(ident: str = "org1", **more: Any) -> Json:
    return {"resourceType": "Organization", "id": ident, "name": "Harbor Hospital"} | more


def without(resource: Json, *names: str) -> Json:
    return {name: value for name, value in resource.items() if name not in names}


def bundle(*resources: Json, kind: str = "collection", urls: bool = True, **more: Any) -> Json:
    entries = [
        ({"fullUrl": f"urn:uuid:{resource['id']}"} if urls and "id" in resource else {})
        | {"resource": resource}
        for resource in resources
    ]
    return {"resourceType": "Bundle", "type": kind} | more | {"entry": entries}


def write_lines(path: Path, *resources: Json | str) -> Path:
    lines = [line if isinstance(line, str) else json.dumps(line) for line in resources]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def write_json(path: Path, document: Json, indent: int | None = None) -> Path:
    path.write_text(json.dumps(document, indent=indent), encoding="utf-8")
    return path
