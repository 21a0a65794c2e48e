"""What is taken as it came, but should be looked at: dates that disagree with each other or with today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from upwell.exchange.fhir.dates import FhirDate, read_date
from upwell.exchange.fhir.shapes import Json
from upwell.people.rules import EARLIEST_BIRTH_YEAR

BEFORE_BIRTH = "before-birth"
FUTURE = "in-the-future"
REVERSED = "ends-before-it-starts"
TOO_EARLY = "birth-too-early"

WORDS = {
    BEFORE_BIRTH: "a date before the patient's birth",
    FUTURE: "a date in the future",
    REVERSED: "an end before its beginning",
    TOO_EARLY: f"a birth date before {EARLIEST_BIRTH_YEAR}, when nobody alive was born",
    "older-than-stored": "an older version than the one already here; the newer one was kept",
    "replaced-by": "a patient record that its source has replaced by another",
    "inactive-patient": "a patient record that its source no longer uses",
    "likely-duplicate": "a patient who may already be on record; nothing was merged",
    "moved-chart": "a record that its source now gives to another patient; it was moved",
    "no-name": "a patient without a name",
}

# type -> elements that speak of what has happened: the first one begins, the second one ends it
HAPPENED: dict[str, tuple[str, ...]] = {
    "Condition": ("onsetDateTime", "onsetPeriod.start", "abatementDateTime", "recordedDate"),
    "AllergyIntolerance": ("onsetDateTime", "recordedDate", "lastOccurrence"),
    "MedicationRequest": ("authoredOn",),
    "MedicationStatement": ("effectiveDateTime", "effectivePeriod.start", "dateAsserted"),
    "Encounter": ("period.start",),
    "Observation": ("effectiveDateTime", "effectiveInstant", "effectivePeriod.start", "issued"),
    "Patient": ("deceasedDateTime",),
}
SPANS: dict[str, tuple[tuple[str, str], ...]] = {
    "Condition": (
        ("onsetDateTime", "abatementDateTime"),
        ("onsetPeriod.start", "onsetPeriod.end"),
        ("abatementPeriod.start", "abatementPeriod.end"),
    ),
    "MedicationStatement": (("effectivePeriod.start", "effectivePeriod.end"),),
    "Encounter": (("period.start", "period.end"),),
    "Observation": (("effectivePeriod.start", "effectivePeriod.end"),),
    "Patient": (("birthDate", "deceasedDateTime"),),
}
_PLANNED = ("planned", "intended")  # no set: what a type does not have is not checked, and may be anything
_SLACK = timedelta(hours=24)  # clocks and time zones of other houses


def date_at(resource: Json, path: str) -> FhirDate | None:
    """The date that stands at ``onsetDateTime`` or ``period.start``, if there is one."""
    value: object = resource
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return read_date(value) if isinstance(value, str) else None


def oddities(resource: Json, now: datetime) -> Iterator[tuple[str, str]]:
    """Each oddity of a resource by itself, and the element it stands at."""
    kind = resource["resourceType"]
    if resource.get("status") not in _PLANNED:
        for path in HAPPENED.get(kind, ()):
            found = date_at(resource, path)
            if found is not None and found.earliest > now + _SLACK:
                yield FUTURE, path
    born = date_at(resource, "birthDate") if kind == "Patient" else None
    if born is not None and born.latest.year < EARLIEST_BIRTH_YEAR:
        yield TOO_EARLY, "birthDate"
    for start_path, end_path in SPANS.get(kind, ()):
        start, end = date_at(resource, start_path), date_at(resource, end_path)
        if start is not None and end is not None and end.latest < start.earliest:
            yield REVERSED, end_path


def before_birth(resource: Json, born: FhirDate | None) -> Iterator[tuple[str, str]]:
    """Where a resource speaks of a time before its patient was born."""
    if born is None:
        return
    for path in HAPPENED.get(resource["resourceType"], ()):
        found = date_at(resource, path)
        if found is not None and found.latest < born.earliest - _SLACK:
            yield BEFORE_BIRTH, path
