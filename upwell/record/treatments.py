"""The treatment history of a chart: read as facts and as a form, kept with every former row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.codes import NOT_TO_BE_GIVEN
from upwell.base.errors import StaleState
from upwell.knowledge.gates.loader import load_treatment
from upwell.people.charts import chart_ids
from upwell.people.models import Patient
from upwell.record.actions import refuse_other_practice
from upwell.record.models import DepressiveEpisode, MedicationRequest, MedicationStatement, TreatmentTrial
from upwell.science.rules.matching import normalised
from upwell.science.rules.trials import find_antidepressant

NUMBERS = ("max_dose_mg_per_day", "weeks_at_or_above_minimum", "adherence_percent", "benefit_percent")
TRIAL = ("display", *NUMBERS, "current_episode", "stopped_because")
CODED = {"system": "code_system", "code": "code"}
EPISODE = (
    "duration_months",
    "severity",
    "psychotic",
    "augmentation_used",
    "ect_used",
    "ect_bilateral",
)
RXNORM = "rxnorm"


def history_of(patient_ids: Iterable[UUID]) -> dict[str, Any]:
    """The history as a form holds it: trials with their ids, the episode, and whether none was tried. Two queries."""
    ids = list(patient_ids)
    trials = TreatmentTrial.objects.filter(patient_id__in=ids, entered_in_error=False).order_by(
        "created_at", "id"
    )
    episode = DepressiveEpisode.objects.filter(patient_id__in=ids).order_by("-updated_at").first()
    found = {
        "trials": [_trial(row) for row in trials],
        "episode": {} if episode is None else _given(episode, EPISODE),
        "none": episode is not None and episode.none_tried,
    }
    return {key: value for key, value in found.items() if value}


def treatment_facts(history: Mapping[str, Any]) -> dict[str, Any]:
    """The history in the groups of the contract's facts. Nothing on record is unknown, not none."""
    facts: dict[str, Any] = {}
    if history.get("trials") or history.get("none"):
        trials = history.get("trials") or ()
        facts["trials"] = [{key: value for key, value in one.items() if key != "id"} for one in trials]
    if history.get("episode"):
        facts["episode"] = dict(history["episode"])
    return facts


def mark_of(history: Mapping[str, Any]) -> str:
    """A short mark of what the history holds: whoever saves over another's words is told."""
    text = json.dumps(history, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def keep_history(*, by: Actor, patient: Patient, content: Mapping[str, Any], seen_mark: str | None) -> None:
    """Keep the history as it was filled in. What is not in it any more is taken off the list; its rows stay."""
    require(by, "screening.fill")
    refuse_other_practice(by, patient.practice_id)
    Patient.objects.select_for_update(of=("self",), no_key=True).get(id=patient.id)  # one at a time
    charts = chart_ids(patient.id) or [patient.id]
    if seen_mark is not None and seen_mark != mark_of(history_of(charts)):
        raise StaleState(
            _(
                "Somebody has changed the treatment history meanwhile. What you entered is still on this page, and not"
                " stored: look at what stands there now, then save again."
            )
        )
    changed = _keep_trials(by, patient, charts, content.get("trials") or ())
    changed += _keep_episode(by, patient, charts, content)
    if changed:
        record(
            "treatments.kept",
            by=by,
            patient_id=patient.id,
            object_type="patient",
            object_id=patient.id,
            changed=changed,
        )


def proposals(patient_ids: Iterable[UUID], history: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Antidepressants that were ordered or taken by the record and are not in the history yet, each once.

    By RxNorm ingredient, then by name. The record does not say how long at which dose, or whether it helped: that is
    left to be asked. Two queries.
    """
    ids, treatment = list(patient_ids), load_treatment()
    listed = {
        drug.name for one in history.get("trials") or () if (drug := find_antidepressant(one, treatment))
    }
    found: dict[str, dict[str, Any]] = {}
    for row in _ordered(ids):
        drug = find_antidepressant({"system": row[0], "code": row[1], "display": row[2]}, treatment)
        if drug is None or drug.name in listed:
            continue
        one = found.setdefault(
            drug.name, {"display": drug.name, "orders": 0, "first": row[3], "last": row[3]}
        )
        if drug.rxnorm:
            one |= {"system": RXNORM, "code": drug.rxnorm}
        one["orders"] += 1
        if row[3] is not None:
            one["first"] = min(one["first"] or row[3], row[3])
            one["last"] = max(one["last"] or row[3], row[3])
        one.setdefault("as_ordered", row[2])
    return list(found.values())


def _ordered(ids: list[UUID]) -> list[tuple[Any, ...]]:
    wanted = ("code_system", "code", "display")
    orders = MedicationRequest.objects.filter(patient_id__in=ids, entered_in_error=False)
    told = MedicationStatement.objects.filter(patient_id__in=ids, entered_in_error=False)
    return [
        *orders.exclude(status="cancelled")
        .exclude(intent=NOT_TO_BE_GIVEN)
        .order_by("-authored_at", "id")
        .values_list(*wanted, "authored_at"),
        *told.exclude(status="not-taken")
        .order_by("-effective_at", "id")
        .values_list(*wanted, "effective_at"),
    ]


def _keep_trials(by: Actor, patient: Patient, charts: list[UUID], wanted: Sequence[Mapping[str, Any]]) -> int:
    rows = TreatmentTrial.objects.filter(patient_id__in=charts, entered_in_error=False).order_by(
        "created_at", "id"
    )
    there, changed = list(rows), 0
    for one in wanted:
        row = _same(there, one)
        if row is not None:
            there.remove(row)
        elif len(there) == 0 or not one.get("id"):
            row = TreatmentTrial(
                practice_id=patient.practice_id, patient_id=patient.id, created_by_id=by.account_id
            )
        if row is not None:
            changed += _put(by, row, one)
    for row in there:
        row.entered_in_error = True
        row.updated_at, row.updated_by_id = now(), by.account_id
        row.save()
        changed += 1
    return changed


def _same(there: list[TreatmentTrial], one: Mapping[str, Any]) -> TreatmentTrial | None:
    """The row that a line is about: by its id, else by its name."""
    number = str(one.get("id") or "")
    if number:
        return next((row for row in there if str(row.id) == number), None)
    name = normalised(str(one.get("display") or ""))
    return next((row for row in there if normalised(row.display) == name), None)


def _put(by: Actor, row: TreatmentTrial, one: Mapping[str, Any]) -> int:
    before = _trial(row) if not row._state.adding else None
    for name in TRIAL:
        empty: Any = "" if name in ("display", "stopped_because") else None
        setattr(row, name, _stored(one.get(name), empty))
    for name, column in CODED.items():
        setattr(row, column, str(one.get(name) or ""))
    if before is None:
        row.from_record = bool(one.get("from_record"))
    elif _trial(row) == before:
        return 0
    row.updated_at, row.updated_by_id = now(), by.account_id
    row.save()
    return 1


def _keep_episode(by: Actor, patient: Patient, charts: list[UUID], content: Mapping[str, Any]) -> int:
    given, none = content.get("episode") or {}, bool(content.get("none"))
    row = DepressiveEpisode.objects.filter(patient_id__in=charts).order_by("-updated_at").first()
    if row is None and not given and not none:
        return 0
    if row is None:
        row = DepressiveEpisode(
            practice_id=patient.practice_id, patient_id=patient.id, created_by_id=by.account_id
        )
    before = None if row._state.adding else (_given(row, EPISODE), row.none_tried)
    for name in EPISODE:
        setattr(row, name, _stored(given.get(name), "" if name == "severity" else None))
    row.none_tried = none
    if before == (_given(row, EPISODE), none):
        return 0
    row.updated_at, row.updated_by_id = now(), by.account_id
    row.save()
    return 1


def _trial(row: TreatmentTrial) -> dict[str, Any]:
    coded = {name: getattr(row, column) for name, column in CODED.items() if getattr(row, column)}
    return {"id": str(row.id), **coded, **_given(row, TRIAL)}


def _given(row: Any, names: Iterable[str]) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in names}
    return {name: _plain(value) for name, value in found.items() if value not in (None, "")}


def _plain(value: Any) -> Any:
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)


def _stored(value: Any, empty: Any) -> Any:
    if value in (None, ""):
        return empty
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return Decimal(str(value))
