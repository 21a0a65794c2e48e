"""What adding and changing share: the practice, former states, the keys of the search."""

from __future__ import annotations

from typing import Any

from upwell.base.actor import Actor
from upwell.office.practice.place import here
from upwell.people.models import Patient, PatientSearchKey, Practice
from upwell.people.names import full_names, search_keys


def own_practice(by: Actor) -> Practice:
    """The practice that the actor works at."""
    return Practice.objects.get(id=here(by))


def former_state(patient: Patient, version: int) -> Any:
    """The last state that the chart had in a version, or None."""
    return patient.events.filter(version=version).order_by("pgh_id").last()  # type: ignore[attr-defined]


def renew_search_keys(patient: Patient) -> None:
    """Make the keys fit the names, so that the search finds the patient by them."""
    names = full_names(patient.family_name, patient.given_names, patient.other_names)
    wanted = search_keys(" ".join(names), "")
    there = set(PatientSearchKey.objects.filter(patient=patient).values_list("key", flat=True))
    if there - wanted:
        PatientSearchKey.objects.filter(patient=patient, key__in=there - wanted).delete()
    PatientSearchKey.objects.bulk_create(
        PatientSearchKey(practice_id=patient.practice_id, patient=patient, key=key)
        for key in sorted(wanted - there)
    )
