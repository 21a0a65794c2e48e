"""Changing who a patient is and how to reach them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, RefusedByRule, StaleState
from upwell.office.patients.actions.register_row import former_state, own_practice
from upwell.office.patients.days import day_words, today_at, zone_of
from upwell.office.patients.details import FIELDS, Details, checked, details_of, put
from upwell.people.charts import chart_ids
from upwell.people.models import Patient, Practice
from upwell.people.search_keys import renew_search_keys
from upwell.record.models import Assessment

NAMES = {"family_name", "given_names"}
CHANGEABLE = [name for name in FIELDS if name != "deceased_on"] + ["deceased_at"]


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


def edit_patient(*, by: Actor, patient_id: UUID, version: int, details: Details) -> list[str]:
    """Change a patient's details; returns the fields that changed. The former state stays in the history.

    ``version`` is the one that the person saw. Where somebody else has changed a field since,
    ``StaleDetails`` is raised and nothing is written.
    """
    require(by, "patient.edit")
    practice = own_practice(by)
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
    if "birth_date" in changed:
        _refuse_birth_after_answers(patient, practice)
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


def _refuse_closed(patient: Patient) -> None:
    if patient.merged_into_id is not None:
        raise RefusedByRule(_("This chart has been joined into another one. Change the details there."))
    if patient.entered_in_error:
        raise RefusedByRule(_("This chart is marked as entered in error and can't be changed."))


def _refuse_birth_after_answers(patient: Patient, practice: Practice) -> None:
    """Nobody answers a questionnaire before they are born. Who may not read charts is not told of any."""
    rows = Assessment.objects.filter(patient_id__in=chart_ids(patient.id), entered_in_error=False)
    first = rows.order_by("effective_at").values_list("effective_at", flat=True).first()
    if first is None or patient.birth_date is None:
        return
    day = first.astimezone(zone_of(practice)).date()
    if patient.birth_date > day:
        words = _(
            "Answers to a questionnaire from %(day)s are on record, before this birth date. Check the year."
        )
        raise BadInput(words % {"day": day_words(day)}, path="birth_date")


def _refuse_stale(patient: Patient, practice: Practice, version: int) -> None:
    """Refuse if any of the form's fields changed since that version; other changes (a new log-in) don't matter."""
    current = details_of(patient, practice)
    former = former_state(patient, version)
    base = details_of(former, practice) if former is not None else {}
    between = [
        Between(name, base.get(name), current[name]) for name in FIELDS if base.get(name) != current[name]
    ]
    if between:
        raise StaleDetails(patient, between, base)
