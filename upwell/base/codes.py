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
# Other addresses of the same systems, as records have them: ICD-10 of the WHO, and the systems' object identifiers.
ALSO_KNOWN_AS: dict[str, str] = {
    "http://hl7.org/fhir/sid/icd-10": "icd10",
    "urn:oid:2.16.840.1.113883.6.3": "icd10",
    "urn:oid:2.16.840.1.113883.6.90": "icd10",
    "urn:oid:2.16.840.1.113883.6.96": "snomed",
    "urn:oid:2.16.840.1.113883.6.88": "rxnorm",
    "urn:oid:2.16.840.1.113883.6.1": "loinc",
}
# Short names of them, as people write them.
ALSO_SPELLED: dict[str, str] = {
    "icd-10": "icd10",
    "icd-10-cm": "icd10",
    "icd10cm": "icd10",
    "icd10-cm": "icd10",
    "snomed-ct": "snomed",
    "snomedct": "snomed",
    "snomed ct": "snomed",
}
SYSTEM_NAME = {uri: name for name, uri in SYSTEM_URI.items()} | ALSO_KNOWN_AS


def short_system(uri: str) -> str:
    """The short name of a code system (``snomed``), or the URI itself where we have none."""
    return SYSTEM_NAME.get(uri, uri)


NOT_TO_BE_GIVEN = (
    "do-not-perform"  # the intent of an order that a medicine is not to be given (FHIR: doNotPerform)
)
