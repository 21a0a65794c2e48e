"""FHIR of another version is told by its shape, and named."""

from __future__ import annotations

import pytest

from tests.unit.exchange.fhir.samples import (
    Json,
    allergy,
    concept,
    condition,
    encounter,
    observation,
    order,
    patient,
    practitioner,
    statement,
    without,
)
from upwell.exchange.fhir.places import Wrong
from upwell.exchange.fhir.shapes import table
from upwell.exchange.fhir.versions import SIGNS, check_version

OTHER: list[tuple[Json, str]] = [
    ({"resourceType": "MedicationOrder", "id": "1", "status": "active"}, "DSTU2"),
    ({"resourceType": "DiagnosticOrder", "id": "1"}, "DSTU2"),
    ({"resourceType": "ProcedureRequest", "id": "1"}, "DSTU2 or STU3"),
    (condition(clinicalStatus="active"), "STU3"),
    (condition(verificationStatus="confirmed"), "STU3"),
    (without(condition(), "subject") | {"patient": {"reference": "Patient/p1"}}, "DSTU2"),
    (condition(assertedDate="2015-03-01"), "STU3"),
    (condition(context={"reference": "Encounter/e1"}), "STU3"),
    (allergy(clinicalStatus="active"), "STU3"),
    (allergy(substance=concept("1")), "DSTU2"),
    (order(requester={"agent": {"reference": "Practitioner/d1"}}), "STU3"),
    (order(context={"reference": "Encounter/e1"}), "STU3"),
    (statement(taken="y"), "STU3"),
    (encounter(reason=[concept("1")]), "STU3"),
    (encounter(**{"class": "outpatient"}), "DSTU2"),
    (observation(comment="felt well"), "STU3"),
    (patient(animal={}), "STU3"),
    (patient(name=[{"family": ["Rivera"]}]), "DSTU2"),
    (practitioner(name={"family": ["Ito"]}), "DSTU2"),
    ({"resourceType": "NutritionIntake", "id": "1"}, "R5"),
    (order(medication={"concept": concept("1")}), "R5"),
    (statement(medication={"reference": {"reference": "Medication/x1"}}), "R5"),
    (order(reason=[{"concept": concept("1")}]), "R5"),
    (encounter(**{"class": [concept("AMB")]}), "R5"),
    (encounter(actualPeriod={"start": "2020-01-02"}), "R5"),
    (encounter(reason=[{"value": [{"concept": concept("1")}]}]), "R5"),
    (allergy(type=concept("allergy")), "R5"),
    (condition(participant=[{"actor": {"reference": "Practitioner/d1"}}]), "R5"),
    (observation(triggeredBy=[{}]), "R5"),
    (patient(meta={"profile": ["http://hl7.org/fhir/STU3/patient.html"]}), "STU3"),
    (patient(meta={"profile": ["http://hl7.org/fhir/3.0/StructureDefinition/Patient"]}), "STU3"),
    (patient(meta={"profile": ["http://hl7.org/fhir/5.0/StructureDefinition/Patient"]}), "R5"),
    (patient(meta={"profile": ["http://hl7.org/fhir/StructureDefinition/Patient|5.0.0"]}), "R5"),
    ({"resourceType": "CapabilityStatement", "id": "1", "fhirVersion": "3.0.2"}, "3.0.2"),
]


@pytest.mark.parametrize(("resource", "version"), OTHER)
def test_another_version_is_named(resource, version):
    with pytest.raises(Wrong) as refused:
        check_version(resource)
    assert refused.value.reason.startswith("this looks like FHIR ")
    assert version in refused.value.reason
    assert refused.value.reason.endswith("Upwell reads R4 (4.0.1)")


@pytest.mark.parametrize("version", ["4.0.0", "4.0.1", "4.3.0"])
def test_r4_says_so_itself(version):
    check_version({"resourceType": "CapabilityStatement", "id": "1", "fhirVersion": version})


def test_no_sign_is_an_element_that_our_table_of_r4_allows_in_every_form():
    """A sign that only asks whether an element is there must not be an element of R4."""
    for kind, signs in SIGNS.items():
        for element, test, _ in signs:
            if test({"anything": 1}) and test("anything") and test(["anything"]):
                assert element not in table().types[kind], (kind, element)
