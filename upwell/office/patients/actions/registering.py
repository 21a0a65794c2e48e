"""Adding a patient to the register, and changing who they are and how to reach them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import NotFound, RefusedByRule, StaleState
from upwell.office.patients.days import today_at
from upwell.office.patients.details import FIELDS, Details, checked, details_of, put
from upwell.office.patients.likely import Duplicate, likely_duplicates, someone_entered
from upwell.office.practice.place import here
from upwell.people.models import Patient, PatientSearchKey, Practice
from upwell.people.names import full_names, search_keys
from upwell.people.numbers import allot_record_numbers
from upwell.record.once import insert_once

NAMES = {"family_name", "given_names"}
CHANGEABLE = [name for name in FIELDS if name != "deceased_on"] + ["deceased_at"]


@dataclass(frozen=True, slots=True)
class Created:
    """The patient is on record. ``was_there``: the same form had been sent before."""

    patient: Patient
    was_there: bool = False


@dataclass(frozen=True, slots=True)
class LooksLike:
    """Nothing was made: these charts look like the person, and nobody has said that this is somebody new."""

    duplicates: list[Duplicate]


@dataclass(frozen=True, slots=True)
class Between:
    """A field that somebody else changed while the form was open."""

    field: str
    before: Any
    now: Any


class StaleDetails(StaleState):
    """Somebody changed the patient's details after the form was opened. ``base`` is what the form showed then."""

    def __init__(self, patient: Patient, between: list[Between], base: dict[str, Any]) -> None:
        super().__init__(_("Somebody changed these details after you opened them. Nothing was overwritten."))
        self.patient, self.between, self.base = patient, between, base


class _NotMade(Exception):
    """Undoes what was prepared, so that no record number is lost."""

    def __init__(self, outcome: Created | LooksLike) -> None:
        self.outcome = outcome


def create_patient(
    *, by: Actor, patient_id: UUID, details: Details, seen: Collection[UUID] = ()
) -> Created | LooksLike:
    """Put a new patient on record, unless somebody there looks like them.

    ``patient_id`` was made when the form was opened: sent twice, it is one record. ``seen`` names the likely
    duplicates that the person was shown and said no to.
    """
    require(by, "patient.create")
    practice = _own_practice(by)
    values = checked(details, today_at(practice))
    if there := _already_sent(patient_id, values, practice):
        return there
    if looks_like := _look_alikes(practice, values, seen):
        return looks_like
    try:
        with transaction.atomic():
            # From here on nobody else adds a patient to this practice, so that the look-alikes are all there.
            (number,) = allot_record_numbers(practice.id, 1)
            if not_made := _already_sent(patient_id, values, practice) or _look_alikes(
                practice, values, seen
            ):
                raise _NotMade(not_made)
            patient = Patient(
                id=patient_id, practice=practice, record_number=number, created_by_id=by.account_id,
                updated_by_id=by.account_id,
            )  # fmt: skip
            put(patient, values, practice)
            if not insert_once(patient):
                raise RefusedByRule(
                    _("This form can't be used any more. Open a fresh one; nothing was made.")
                )
    except _NotMade as stopped:
        return stopped.outcome
    renew_search_keys(patient)
    filled = [name for name in FIELDS if values[name] not in {"", None, False}]
    record("patient.created", by=by, patient_id=patient.id, object_type="patient", object_id=patient.id, fields=filled,
           duplicates_shown=[str(other) for other in seen])  # fmt: skip
    return Created(patient)


def edit_patient(*, by: Actor, patient_id: UUID, version: int, details: Details) -> list[str]:
    """Change a patient's details; returns the fields that changed. The former state stays in the history.

    ``version`` is the one that the person saw. Where somebody else has changed a field since,
    ``StaleDetails`` is raised and nothing is written.
    """
    require(by, "patient.edit")
    practice = _own_practice(by)
    values = checked(details, today_at(practice))
    patient = Patient.objects.select_for_update(of=("self",)).filter(id=patient_id, practice=practice).first()
    if patient is None:
        raise NotFound(_("There is no such patient here."))
    _refuse_closed(patient)
    if version != patient.version:
        _refuse_stale(patient, practice, version)
    changed = put(patient, values, practice)
    if not changed:
        return []
    patient.version += 1
    patient.updated_at, patient.updated_by_id = now(), by.account_id
    patient.save(update_fields=[*CHANGEABLE, "version", "updated_at", "updated_by_id"])
    if NAMES & set(changed):
        renew_search_keys(patient)
    record(
        "patient.edited",
        by=by,
        patient_id=patient.id,
        object_type="patient",
        object_id=patient.id,
        fields=changed,
    )
    return changed


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


def _own_practice(by: Actor) -> Practice:
    return Practice.objects.get(id=here(by))


def _already_sent(patient_id: UUID, values: Details, practice: Practice) -> Created | None:
    there = Patient.objects.filter(id=patient_id, practice=practice).first()
    if there is None:
        return None
    as_made = there if there.version == 1 else _former(there, 1) or there
    if details_of(as_made, practice) != values:
        raise RefusedByRule(
            _(
                "This form was sent before and made the record of %(name)s (%(number)s). Open that record to change it,"
                " or a fresh form to add somebody else. Nothing was made now."
            )
            % {"name": there.display_name, "number": there.record_number}
        )
    return Created(there, was_there=True)


def _former(patient: Patient, version: int) -> Any:
    """The last state that the chart had in a version, or None."""
    return patient.events.filter(version=version).order_by("pgh_id").last()  # type: ignore[attr-defined]


def _look_alikes(practice: Practice, values: Details, seen: Collection[UUID]) -> LooksLike | None:
    found = likely_duplicates(practice.id, someone_entered(values))
    return LooksLike(found) if {duplicate.entry.id for duplicate in found} - set(seen) else None


def _refuse_closed(patient: Patient) -> None:
    if patient.merged_into_id is not None:
        raise RefusedByRule(_("This chart has been joined into another one. Change the details there."))
    if patient.entered_in_error:
        raise RefusedByRule(_("This chart is marked as entered in error and can't be changed."))


def _refuse_stale(patient: Patient, practice: Practice, version: int) -> None:
    """Refuse if any of the form's fields changed since that version; other changes (a new log-in) don't matter."""
    current = details_of(patient, practice)
    former = _former(patient, version)
    base = details_of(former, practice) if former is not None else {}
    between = [
        Between(name, base.get(name), current[name]) for name in FIELDS if base.get(name) != current[name]
    ]
    if between:
        raise StaleDetails(patient, between, base)
