"""Entering vital signs and weight by hand: as observations of the chart, in our units, each once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.codes import SYSTEM_URI
from upwell.base.errors import BadInput, NotFound, StaleState
from upwell.knowledge.gates.loader import load_fact_book
from upwell.knowledge.vitals import Sign, load_vital_signs
from upwell.people.models import Patient
from upwell.record.actions import CLOCK_SLACK, refuse_other_practice
from upwell.record.models import Observation
from upwell.record.once import insert_once

SYSTOLIC, DIASTOLIC = "vitals.bp_systolic_mmhg", "vitals.bp_diastolic_mmhg"
VITAL_SIGNS = "vital-signs"  # FHIR's category of an observation
LONGEST_REASON = 10_000


@dataclass(frozen=True, slots=True)
class Measured:
    """What is stored now, whether this call stored it, and which numbers are rare enough to be a slip."""

    observations: tuple[Observation, ...]
    created: bool
    rare: tuple[str, ...]


def record_vitals(
    *, by: Actor, patient: Patient, values: Mapping[str, float], at: datetime, submission_id: UUID
) -> Measured:
    """Store vital signs (facts such as ``vitals.heart_rate_bpm``, ``person.weight_kg``) that were measured at ``at``.

    Raises ``BadInput`` with the fact in ``path``. Sent twice, under one ``submission_id``, it is stored once.
    """
    require(by, "screening.fill")
    refuse_other_practice(by, patient.practice_id)
    if not values:
        raise BadInput(_("Enter at least one measurement."), path="values")
    for fact, value in values.items():
        _refuse_impossible(fact, value)
    _refuse_half_a_pressure(values)
    moment = _checked_moment(patient, at)
    rows = _rows(by, patient, values, moment, submission_id)
    created = [row for row in rows if insert_once(row)]
    if created:
        record(
            "vitals.recorded",
            by=by,
            patient_id=patient.id,
            object_type="observation",
            object_id=created[0].id,
            fields=sorted(values),
        )
    return Measured(
        tuple(rows), bool(created), tuple(sorted(fact for fact in values if _is_rare(fact, values[fact])))
    )


def mark_observation_in_error(*, by: Actor, observation_id: UUID, reason: str) -> Observation:
    """Mark a measurement as entered in error. It stays on record, struck through; no rule counts it any more."""
    require(by, "screening.fill")
    row = Observation.objects.select_for_update().filter(id=observation_id).first()
    if row is None:
        raise NotFound(_("There is no such measurement."))
    refuse_other_practice(by, row.practice_id)
    if row.entered_in_error:
        raise StaleState(_("This is marked as entered in error already."))
    words = reason.strip()
    if not words or len(words) > LONGEST_REASON:
        raise BadInput(
            _("Write down in a sentence why it is wrong, so that others can follow."), path="reason"
        )
    row.entered_in_error, row.status, row.error_reason = True, "entered-in-error", words
    row.updated_at, row.updated_by_id = now(), by.account_id
    row.save(update_fields=["entered_in_error", "status", "error_reason", "updated_at", "updated_by_id"])
    record(
        "vitals.marked-in-error",
        by=by,
        patient_id=row.patient_id,
        object_type="observation",
        object_id=row.id,
        fields=["entered_in_error", "error_reason"],
    )
    return row


def _refuse_impossible(fact: str, value: float) -> None:
    sign, entry = load_vital_signs().signs.get(fact), load_fact_book().entries.get(fact)
    if sign is None or entry is None or entry.possible is None:
        raise BadInput(
            _("“%(fact)s” is not a vital sign that is known here.") % {"fact": fact[:60]}, path=fact
        )
    low, high = entry.possible
    if not low <= value <= high:
        raise BadInput(
            _("%(what)s of %(value)s %(unit)s is not possible (%(low)s to %(high)s). Check number and unit.")
            % {
                "what": _(entry.label),
                "value": f"{value:.6g}",
                "unit": sign.words,
                "low": f"{low:g}",
                "high": f"{high:g}",
            },
            path=fact,
        )


def _is_rare(fact: str, value: float) -> bool:
    plausible = load_fact_book().entries[fact].plausible
    return plausible is not None and not plausible[0] <= value <= plausible[1]


def _refuse_half_a_pressure(values: Mapping[str, float]) -> None:
    systolic, diastolic = values.get(SYSTOLIC), values.get(DIASTOLIC)
    if (systolic is None) is not (diastolic is None):
        missing = SYSTOLIC if systolic is None else DIASTOLIC
        raise BadInput(_("Enter both numbers of the blood pressure."), path=missing)
    if systolic is not None and diastolic is not None and systolic <= diastolic:
        raise BadInput(
            _("The upper number is not above the lower one. Check them, or measure again."), path=SYSTOLIC
        )


def _checked_moment(patient: Patient, at: datetime) -> datetime:
    """The minute of the measurement; nothing is measured in the future, before birth or after death."""
    if at > now() + CLOCK_SLACK:
        raise BadInput(_("The time of the measurement lies in the future. Correct it."), path="at")
    if patient.birth_date is not None and at.date() < patient.birth_date:
        raise BadInput(_("The time of the measurement lies before the date of birth. Correct it."), path="at")
    if patient.deceased_at is not None and at > patient.deceased_at + timedelta(days=1):
        raise BadInput(_("The time of the measurement lies after the date of death. Correct it."), path="at")
    return at - timedelta(seconds=at.second, microseconds=at.microsecond)


def _rows(
    by: Actor, patient: Patient, values: Mapping[str, float], at: datetime, submission_id: UUID
) -> list[Observation]:
    signs = load_vital_signs()
    taken = {fact: sign for fact, sign in signs.signs.items() if fact in values}
    parts = [_component(sign, values[fact]) for fact, sign in taken.items() if sign.in_panel]
    rows = []
    if parts:
        rows.append(_row(by, patient, at, submission_id, signs.panel, signs.panel_title, components=parts))
    rows += [
        _row(
            by,
            patient,
            at,
            submission_id,
            sign.code,
            sign.title,
            value_number=_number(sign, values[fact]),
            value_unit=sign.unit,
        )
        for fact, sign in taken.items()
        if not sign.in_panel
    ]
    return rows


def _row(
    by: Actor, patient: Patient, at: datetime, submission_id: UUID, code: str, title: str, **value: Any
) -> Observation:
    return Observation(
        id=uuid5(submission_id, code),
        practice_id=patient.practice_id,
        patient_id=patient.id,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
        code_system=SYSTEM_URI["loinc"],
        code=code,
        display=title,
        status="final",
        category=VITAL_SIGNS,
        effective_at=at,
        **value,
    )


def _component(sign: Sign, value: float) -> dict[str, Any]:
    return {
        "code_system": SYSTEM_URI["loinc"],
        "code": sign.code,
        "display": sign.title,
        "value_number": float(_number(sign, value)),
        "value_unit": sign.unit,
        "value_text": "",
    }


def _number(sign: Sign, value: float) -> Decimal:
    return Decimal(str(round(value, sign.decimals)))
