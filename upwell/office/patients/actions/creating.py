"""Adding a patient to the register."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.errors import RefusedByRule
from upwell.office.patients.actions.register_row import former_state, own_practice
from upwell.office.patients.days import today_at
from upwell.office.patients.details import FIELDS, Details, checked, details_of, put
from upwell.office.patients.likely import Duplicate, likely_duplicates, someone_entered
from upwell.people.models import Patient, Practice
from upwell.people.numbers import allot_record_numbers
from upwell.people.search_keys import renew_search_keys
from upwell.record.once import insert_once


@dataclass(frozen=True, slots=True)
class Created:
    """The patient is on record. ``was_there``: the same form had been sent before."""

    patient: Patient
    was_there: bool = False


@dataclass(frozen=True, slots=True)
class LooksLike:
    """Nothing was made: these charts look like the person, and nobody has said that this is somebody new."""

    duplicates: list[Duplicate]


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
    practice = own_practice(by)
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


def _already_sent(patient_id: UUID, values: Details, practice: Practice) -> Created | None:
    there = Patient.objects.filter(id=patient_id, practice=practice).first()
    if there is None:
        return None
    as_made = there if there.version == 1 else former_state(there, 1) or there
    if details_of(as_made, practice) != values:
        raise RefusedByRule(
            _(
                "This form was sent before and made the record of %(name)s (%(number)s). Open that record to change it,"
                " or a fresh form to add somebody else. Nothing was made now."
            )
            % {"name": there.display_name, "number": there.record_number}
        )
    return Created(there, was_there=True)


def _look_alikes(practice: Practice, values: Details, seen: Collection[UUID]) -> LooksLike | None:
    found = likely_duplicates(practice.id, someone_entered(values))
    return LooksLike(found) if {duplicate.entry.id for duplicate in found} - set(seen) else None
