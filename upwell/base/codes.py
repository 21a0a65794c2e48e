"""Code systems as types, and the URIs under which FHIR knows them."""

from __future__ import annotations

from typing import NewType

Loinc = NewType("Loinc", str)
Rxnorm = NewType("Rxnorm", str)
Snomed = NewType("Snomed", str)
Icd10 = NewType("Icd10", str)

SYSTEM_URI: dict[str, str] = {
    "loinc": "http://loinc.org",
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "snomed": "http://snomed.info/sct",
    "icd10": "http://hl7.org/fhir/sid/icd-10-cm",
    "npi": "http://hl7.org/fhir/sid/us-npi",
}
SYSTEM_NAME = {uri: name for name, uri in SYSTEM_URI.items()}


def short_system(uri: str) -> str:
    """The short name of a code system (``snomed``), or the URI itself where we have none."""
    return SYSTEM_NAME.get(uri, uri)
