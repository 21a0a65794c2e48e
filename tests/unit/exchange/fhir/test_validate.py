"""What is refused in a resource, in which words and at which element."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.unit.exchange.fhir.reading import NOW
from tests.unit.exchange.fhir.samples import (
    Json,
    allergy,
    concept,
    condition,
    encounter,
    observation,
    order,
    organization,
    patient,
    practitioner,
    statement,
    without,
)
from upwell.exchange.fhir.oddities import oddities
from upwell.exchange.fhir.places import Wrong
from upwell.exchange.fhir.validate import check_identity, check_resource

GOOD: list[Json] = [
    patient(),
    condition(),
    allergy(),
    order(),
    statement(),
    encounter(),
    observation(),
    practitioner(),
    organization(),
    {"resourceType": "Location", "id": "l1", "status": "active", "address": {"city": "Burlington"}},
    {"resourceType": "PractitionerRole", "id": "r1", "practitioner": {"reference": "Practitioner/d1"}},
    {"resourceType": "Medication", "id": "x1", "code": concept("1")},
    {"resourceType": "Procedure", "id": "y1", "status": "whatever this type says is not looked at"},
    {"resourceType": "SubscriptionStatus", "id": "y2"},  # R4B, which is R4 for the types that are read
    patient(birthDate="2026-03-03"),  # already tomorrow, further east
    patient(birthDate="1990"),
    patient(gender=None),  # null is as good as absent
    patient(name=[{"given": ["Alex", None]}]),
    patient(meta={"profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient"]}),
    patient(meta={"profile": ["http://hl7.org/fhir/StructureDefinition/Patient|4.0.1"]}),
    patient(unheard_of={"of": ["any", 1, None]}),  # kept, not checked
    patient(status={"code": "planned"}),
    allergy(clinicalStatus=concept("active"), type="allergy", category=["food"], criticality="low"),
    order(medicationCodeableConcept=None, medicationReference={"reference": "Medication/x1"}),
    order(status="entered-in-error"),
    condition(verificationStatus=concept("entered-in-error")),
    observation(valueQuantity=None, component=[{"code": concept("8480-6"), "valueQuantity": {"value": 120}}]),
    observation(valueQuantity={"value": 5, "comparator": "<"}),
]


def check(resource: Any) -> None:
    check_identity(resource)
    check_resource(resource, NOW)


@pytest.mark.parametrize("resource", GOOD, ids=lambda r: f"{r['resourceType']}-{GOOD.index(r)}")
def test_what_r4_allows_is_taken(resource):
    before = copy.deepcopy(resource)
    check(resource)
    assert list(oddities(resource, NOW)) == []
    assert resource == before


BAD: list[tuple[Any, str, str]] = [
    # what it is
    ([1, 2], "", "is not a JSON object"),
    ("text", "", "is not a JSON object"),
    (None, "", "is not a JSON object"),
    ({"id": "1"}, "resourceType", "is missing"),
    ({"resourceType": 7, "id": "1"}, "resourceType", "is missing"),
    ({"resourceType": "Pateint", "id": "1"}, "resourceType", "no resource type of FHIR R4"),
    (without(patient(), "id"), "id", "is missing"),
    (patient(id=17), "id", "not as FHIR writes ids"),
    (patient(id=""), "id", "not as FHIR writes ids"),
    (patient(id="a b"), "id", "not as FHIR writes ids"),
    (patient(id="a/b"), "id", "not as FHIR writes ids"),
    (patient(id="x" * 65), "id", "not as FHIR writes ids"),
    # what says that it means something else
    (patient(modifierExtension=[{"url": "u"}]), "modifierExtension", "changes what this means"),
    (
        order(dosageInstruction=[{"modifierExtension": [{"url": "u"}]}]),
        "dosageInstruction[0].modifierExtension",
        "changes what this means",
    ),
    # codes that R4 fixes
    (patient(gender="F"), "gender", "not one of the codes of FHIR R4: female, male, other, unknown"),
    (patient(gender="Female"), "gender", "not one of the codes"),
    (patient(name=[{"use": "legal", "family": "Rivera"}]), "name[0].use", "not one of the codes"),
    (patient(telecom=[{"system": "tel", "value": "1"}]), "telecom[0].system", "not one of the codes"),
    (patient(link=[{"type": "same", "other": {"reference": "Patient/2"}}]), "link[0].type", "not one of"),
    (condition(clinicalStatus=concept("chronic")), "clinicalStatus", "no coding with one of the codes"),
    (condition(clinicalStatus={"text": "active"}), "clinicalStatus", "no coding with one of the codes"),
    (condition(verificationStatus=concept("sure")), "verificationStatus", "no coding with one"),
    (allergy(clinicalStatus=concept("remission")), "clinicalStatus", "no coding with one"),
    (allergy(criticality="severe"), "criticality", "not one of the codes"),
    (allergy(category=["drug"]), "category[0]", "not one of the codes"),
    (allergy(type="rash"), "type", "not one of the codes"),
    (order(status="ordered"), "status", "not one of the codes"),
    (without(order(), "status"), "status", "is missing"),
    (without(order(), "intent"), "intent", "is missing"),
    (order(intent="wish"), "intent", "not one of the codes"),
    (order(priority="now"), "priority", "not one of the codes"),
    (statement(status="taken"), "status", "not one of the codes"),
    (encounter(status="completed"), "status", "not one of the codes"),
    (without(encounter(), "class"), "class", "is missing"),
    (observation(status="done"), "status", "not one of the codes"),
    (observation(valueQuantity={"value": 1, "comparator": "~"}), "valueQuantity.comparator", "not one of"),
    ({"resourceType": "Location", "id": "l1", "status": "open"}, "status", "not one of the codes"),
    # what must be there
    (without(condition(), "subject"), "subject", "is missing"),
    (without(allergy(), "patient"), "patient", "is missing"),
    (without(order(), "medicationCodeableConcept"), "medication[x]", "is missing"),
    (without(observation(), "code"), "code", "is missing"),
    (allergy(reaction=[{"description": "rash"}]), "reaction[0].manifestation", "is missing"),
    # shapes
    (patient(name={"family": "Rivera"}), "name", "should be a list, not an object"),
    (patient(name=["Alex Rivera"]), "name[0]", "should be an object (HumanName), not text"),
    (patient(name=[{"family": ["Rivera", "x"], "given": "Alex"}]), "name", "DSTU2"),
    (patient(name=[{"given": "Alex"}]), "name[0].given", "should be a list, not text"),
    (patient(active="yes"), "active", "should be true or false, not text"),
    (patient(identifier=[{"value": 17}]), "identifier[0].value", "should be text, not a number"),
    (condition(code="depression"), "code", "should be an object (CodeableConcept), not text"),
    (condition(code={"coding": {"code": "1"}}), "code.coding", "should be a list"),
    (condition(subject="Patient/p1"), "subject", "should be an object (Reference), not text"),
    (condition(onsetString="childhood"), "onset[x]", "in more than one form"),
    (observation(valueQuantity={"value": "72"}), "valueQuantity.value", "should be a number, not text"),
    (observation(valueQuantity={"value": True}), "valueQuantity.value", "should be a number, not true"),
    (observation(valueQuantity=None, valueInteger=1.5), "valueInteger", "should be a whole number"),
    (observation(valueQuantity=None, valueTime="25:00:00"), "valueTime", "not a time of day"),
    (observation(valueString="also"), "value[x]", "in more than one form"),
    (encounter(participant=[{"individual": []}]), "participant[0].individual", "should be an object"),
    (patient(contained={"resourceType": "Organization"}), "contained", "should be a list"),
    (patient(contained=["x"]), "contained[0]", "is no FHIR resource"),
    (order(contained=[{"resourceType": "Medication", "id": "m", "code": 5}]), "contained[0].code", "object"),
    # dates
    (patient(birthDate="1980-02-30"), "birthDate", "does not exist"),
    (patient(birthDate="1980-05-02T00:00:00Z"), "birthDate", "without a time"),
    (patient(birthDate=1980), "birthDate", "should be text, not a number"),
    (patient(birthDate="2026-03-04"), "birthDate", "is in the future"),
    (patient(birthDate="2027"), "birthDate", "is in the future"),
    (patient(deceasedDateTime="2020-01-02T10:00:00"), "deceasedDateTime", "without a time zone"),
    (condition(onsetDateTime="2015-02-29"), "onsetDateTime", "does not exist"),
    (encounter(period={"start": "yesterday"}), "period.start", "is not a date"),
    (observation(issued="2020-01-02"), "issued", "should be a moment"),
    (patient(meta={"lastUpdated": "2020-01-02"}), "meta.lastUpdated", "should be a moment"),
]


@pytest.mark.parametrize(("resource", "field", "reason"), BAD)
def test_what_r4_does_not_allow_is_refused_in_words(resource, field, reason):
    with pytest.raises(Wrong) as refused:
        check(resource)
    assert refused.value.field == field
    assert reason in refused.value.reason


def reason_of(resource: Json) -> str:
    try:
        check(resource)
    except Wrong as wrong:
        return wrong.reason
    return ""


def test_no_refusal_says_what_a_field_says():
    secret = "Mxyzptlk"
    for resource, _, _ in BAD:
        if isinstance(resource, dict):
            for name in ("gender", "birthDate", "status"):
                assert secret not in reason_of(resource | {name: secret})
