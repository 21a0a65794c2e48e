"""Conditions and allergies on record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F

from upwell.base.codes import SYSTEM_NAME
from upwell.knowledge.eligibility.allergens import load_allergens
from upwell.record.facts.entry import Entry, Frame, as_known, day_of, named
from upwell.record.models import AllergyIntolerance, Condition

ACTIVE = ("active", "recurrence", "relapse")
RULED_OUT = ("refuted", "entered-in-error")
OVER = ("resolved", "inactive")  # a condition in remission is still one to know of
_SHARED = (
    "practice_id",
    "compartment",
    "source",
    "code_system",
    "code",
    "display",
    "clinical_status",
    "verification_status",
)


def conditions_on_record(ids: list[UUID], frame: Frame) -> tuple[Entry, ...]:
    """Every condition that is not entered in error, current ones first, the newest first."""
    rows = Condition.objects.filter(patient_id__in=ids, entered_in_error=False)
    columns = (*_SHARED, "onset_at", "onset_text", "abated_at", "abated_text")
    newest = rows.order_by(F("onset_at").desc(nulls_last=True), "id").values(*columns)
    found = [_condition(row, frame) for row in newest]
    return tuple(sorted(found, key=lambda one: not one.is_current))


def _condition(row: Mapping[str, Any], frame: Frame) -> Entry:
    begins, ends = (
        day_of(row[f"{stem}_at"], row[f"{stem}_text"], frame.today) for stem in ("onset", "abated")
    )
    if begins is not None and (begins > frame.today or (frame.born_after and begins < frame.born_after)):
        begins = None  # it can't have begun then: when it did is unknown
    if row["clinical_status"] in ACTIVE or (ends is not None and begins is not None and ends < begins):
        ends = None
    over = _is_over(row, ends, frame)
    ruled_out = row["verification_status"] in RULED_OUT
    return Entry(
        title=named(row),
        code_system=row["code_system"],
        code=row["code"],
        begins_at=row["onset_at"],
        begins_text=row["onset_text"],
        ends_at=row["abated_at"],
        ends_text=row["abated_text"],
        status=row["clinical_status"],
        verification=row["verification_status"],
        dose="",
        origin=frame.origin(row),
        compartment=row["compartment"],
        is_current=not over and not ruled_out,
        fact=None if ruled_out else _condition_fact(row, frame, begins, ends, over=over),
    )


def _is_over(row: Mapping[str, Any], ends: date | None, frame: Frame) -> bool:
    """Whether it is over: said to be, or its end has come. Said to be active, it is not, whatever the dates say."""
    if row["clinical_status"] in ACTIVE:
        return False
    if row["clinical_status"] in OVER:
        return True
    if ends is not None:
        return ends <= frame.today
    return bool(row["abated_at"] <= frame.at if row["abated_at"] else row["abated_text"])


def _condition_fact(
    row: Mapping[str, Any], frame: Frame, begins: Any, ends: Any, *, over: bool
) -> dict[str, Any]:
    fact: dict[str, Any] = {
        **coded(row),
        "onset": as_known(begins, row["onset_text"]),
        "abated": as_known(ends, row["abated_text"]),
        "source": frame.elsewhere(row) or None,
    }
    if over and (ends is None or ends > frame.today):
        fact["active"] = False
    return {key: value for key, value in fact.items() if value is not None}


def coded(row: Mapping[str, Any]) -> dict[str, Any]:
    """Code and name, with the short name of a system that rules know; any other system is local to them."""
    system = SYSTEM_NAME.get(row["code_system"], "local" if row["code"] else "")
    return {"system": system, "code": row["code"], "display": named(row)}


def allergies_on_record(ids: list[UUID], frame: Frame) -> tuple[Entry, ...]:
    """Every allergy and intolerance that is not entered in error."""
    rows = AllergyIntolerance.objects.filter(patient_id__in=ids, entered_in_error=False)
    newest = rows.order_by(F("recorded_at").desc(nulls_last=True), "id")
    columns = (*_SHARED, "kind", "criticality", "reaction", "recorded_at", "onset_text")
    return tuple(_allergy(row, frame) for row in newest.values(*columns))


def _allergy(row: Mapping[str, Any], frame: Frame) -> Entry:
    ruled_out = row["verification_status"] in RULED_OUT
    fact = {**coded(row), "source": frame.elsewhere(row) or None}
    return Entry(
        title=named(row),
        code_system=row["code_system"],
        code=row["code"],
        begins_at=row["recorded_at"],
        begins_text=row["onset_text"],
        ends_at=None,
        ends_text="",
        status=row["clinical_status"],
        verification=row["verification_status"],
        dose=row["reaction"],
        origin=frame.origin(row),
        compartment=row["compartment"],
        is_current=row["clinical_status"] not in OVER and not ruled_out,
        fact=None if ruled_out else {key: value for key, value in fact.items() if value is not None},
    )


def allergy_conditions(allergies: Iterable[Entry]) -> list[dict[str, Any]]:
    """The allergies that stand against a treatment here, as rules look for them: among the conditions."""
    found = []
    for one in allergies:
        allergen = None if one.fact is None else load_allergens().found(one.fact)
        if one.fact is not None and allergen is not None:
            fact = dict(one.fact)
            found.append({**fact, "display": allergen.as_condition.format(name=fact["display"])})
    return found
