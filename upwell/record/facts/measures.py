"""Vital signs, weight and questionnaires on record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from upwell.base.codes import SYSTEM_NAME
from upwell.knowledge.gates.loader import load_fact_book
from upwell.knowledge.loader import load_instrument
from upwell.knowledge.vitals import Sign, load_vital_signs
from upwell.record.facts.entry import Frame, day_of
from upwell.record.models import Assessment, Observation

EACH = 5  # of every code, the latest: what a page shows and a rule looks at
NOT_MEASURED = ("cancelled", "registered", "entered-in-error")
# Levels of C-SSRS and ASQ as the facts name them; "none" is never a level that was proven.
_LEVELS = {"low": "low", "moderate": "moderate", "high": "high", "acute": "acute", "acute-positive": "acute"}
SUICIDE_INSTRUMENTS = ("c-ssrs-screener-recent", "c-ssrs-screener-since-last", "asq")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A measurement on record that rules are not given, and why."""

    title: str
    value: str
    at: datetime | None
    why: str  # unit, impossible, upside-down, undated


@dataclass(frozen=True, slots=True)
class Measures:
    """The vital signs by moment, the latest last; the latest weight; and what could not be taken."""

    vitals: tuple[Mapping[str, Any], ...]
    weight_kg: float | None
    weight_at: datetime | None
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class OnRecord:
    """The latest filling-in of one questionnaire."""

    id: UUID
    instrument: str
    at: datetime
    total: float | None
    status: str
    band: str
    flags: tuple[str, ...]
    risk: str
    level_at_least: str
    fact: Mapping[str, Any]

    @property
    def band_label(self) -> str:
        """The band as people call it."""
        found = None if self.total is None else load_instrument(self.instrument).band_of(self.total)
        return self.band if found is None else found.label


def measures_on_record(ids: list[UUID], frame: Frame) -> Measures:
    """The latest measurements of each kind. One query."""
    signs = load_vital_signs()
    rows = (
        Observation.objects.filter(
            patient_id__in=ids,
            code__in=sorted(signs.all_codes),
            code_system__in=[uri for uri, name in SYSTEM_NAME.items() if name == "loinc"],
            entered_in_error=False,
            effective_at__lte=frame.at,
        )
        .exclude(status__in=NOT_MEASURED)
        .annotate(
            place=Window(
                RowNumber(),
                partition_by="code",
                order_by=[F("effective_at").desc(), F("created_at").desc(), F("id").desc()],
            )
        )
        .filter(place__lte=EACH)
    )
    columns = (
        "code",
        "display",
        "effective_at",
        "effective_text",
        "value_number",
        "value_unit",
        "value_text",
    )
    by_moment: dict[datetime, dict[str, float]] = {}
    left_out: list[LeftOut] = []
    # A minute may hold two measurements: the one that was entered last counts.
    for row in rows.order_by("effective_at", "created_at", "id").values(*columns, "components"):
        at = _moment(row, frame)
        for part in _parts(row, signs.panel_codes):
            taken = _taken(part, at, left_out)
            if taken is not None and at is not None:
                by_moment.setdefault(at, {})[taken[0].fact] = taken[1]
    return _measures(by_moment, left_out)


def _parts(row: Mapping[str, Any], panels: Iterable[str]) -> list[Mapping[str, Any]]:
    return list(row["components"]) if row["code"] in panels else [row]


def _moment(row: Mapping[str, Any], frame: Frame) -> datetime | None:
    """When it was measured, on the practice's clock; a day without a time is the beginning of that day."""
    if not row["effective_text"]:
        return row["effective_at"].astimezone(frame.at.tzinfo)  # type: ignore[no-any-return]
    day = day_of(row["effective_at"], row["effective_text"], frame.today)
    if day is None or day > frame.today:
        return None
    return datetime.combine(day, time(0), frame.at.tzinfo)


def _taken(
    part: Mapping[str, Any], at: datetime | None, left_out: list[LeftOut]
) -> tuple[Sign, float] | None:
    sign = load_vital_signs().of_code(part.get("code") or "")
    if sign is None or part.get("value_number") is None:
        return None
    number, unit = float(part["value_number"]), str(part.get("value_unit") or "")
    value = sign.in_our_unit(number, unit)
    entry = load_fact_book().entries[sign.fact]
    why = "undated" if at is None else "unit" if value is None else ""
    if value is not None and entry.possible is not None:
        low, high = entry.possible
        why = why if low <= value <= high else "impossible"
    if why or value is None:
        left_out.append(LeftOut(sign.title, f"{number:g} {unit}".strip(), at, why))
        return None
    return sign, int(value) if value == int(value) else value


def _measures(by_moment: Mapping[datetime, dict[str, float]], left_out: list[LeftOut]) -> Measures:
    signs = load_vital_signs().signs
    vitals: list[dict[str, Any]] = []
    weight: tuple[float, datetime] | None = None
    for at, values in sorted(by_moment.items()):
        found: dict[str, Any] = {"at": at.isoformat()}
        for fact, value in values.items():
            if fact.startswith("vitals."):
                found[signs[fact].name] = value
            else:
                weight = (value, at)
        systolic, diastolic = found.get("bp_systolic_mmhg"), found.get("bp_diastolic_mmhg")
        if systolic is not None and diastolic is not None and systolic < diastolic:
            left_out.append(LeftOut("Blood pressure", f"{systolic:g}/{diastolic:g} mmHg", at, "upside-down"))
            del found["bp_systolic_mmhg"], found["bp_diastolic_mmhg"]
        if len(found) > 1:
            vitals.append(found)
    kilograms, weighed = weight or (None, None)
    return Measures(tuple(vitals), kilograms, weighed, tuple(left_out))


def assessments_on_record(ids: list[UUID], frame: Frame) -> tuple[OnRecord, ...]:
    """The latest filling-in of each questionnaire, also one that can't be scored. One query."""
    rows = Assessment.objects.filter(patient_id__in=ids, entered_in_error=False, effective_at__lte=frame.at)
    latest = rows.order_by("instrument", "-effective_at", "-id").distinct("instrument")
    columns = ("id", "instrument", "effective_at", "total", "status", "band", "flags", "result")
    return tuple(_on_record(row, frame) for row in latest.values(*columns))


def _on_record(row: Mapping[str, Any], frame: Frame) -> OnRecord:
    at = row["effective_at"].astimezone(frame.at.tzinfo)
    total = None if row["total"] is None else float(row["total"])
    result = row["result"] or {}
    algorithms, level = result.get("algorithms") or {}, result.get("level_at_least")
    fact = {
        "instrument": row["instrument"],
        "at": at.isoformat(),
        "total": total,
        "status": row["status"],
        "level": algorithms.get("risk"),
        "level_at_least": level,
    }
    return OnRecord(
        id=row["id"],
        instrument=row["instrument"],
        at=at,
        total=total,
        status=row["status"],
        band=row["band"],
        flags=tuple(row["flags"]),
        risk=algorithms.get("risk") or "",
        level_at_least=level or "",
        fact={key: value for key, value in fact.items() if value is not None},
    )


def suicide_answers(assessments: Iterable[OnRecord]) -> dict[str, Any]:
    """What the latest questions about suicide gave, with their time; whether that is recent enough, rules say."""
    asked = [one for one in assessments if one.instrument in SUICIDE_INSTRUMENTS]
    if not asked:
        return {}
    latest = max(asked, key=lambda one: one.at)
    found = {
        "suicide_risk": latest.risk or None,
        "suicide_risk_at": latest.at.isoformat(),
        "suicide_level_at_least": _LEVELS.get(latest.level_at_least),
    }
    return {key: value for key, value in found.items() if value}
