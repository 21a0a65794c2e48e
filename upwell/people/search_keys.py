"""The keys by which the search finds a patient, kept as rows."""

from __future__ import annotations

from upwell.people.models import Patient, PatientSearchKey
from upwell.people.names import search_keys


def renew_search_keys(patient: Patient) -> None:
    """Make the keys fit the names, so that the search finds the patient by them."""
    names = patient.all_names
    wanted = search_keys(" ".join(names), "")
    there = set(PatientSearchKey.objects.filter(patient=patient).values_list("key", flat=True))
    if there - wanted:
        PatientSearchKey.objects.filter(patient=patient, key__in=there - wanted).delete()
    PatientSearchKey.objects.bulk_create(
        PatientSearchKey(practice_id=patient.practice_id, patient=patient, key=key)
        for key in sorted(wanted - there)
    )
