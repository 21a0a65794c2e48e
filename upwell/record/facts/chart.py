"""Reading a person's record for rules: a fixed number of queries, own chart and what is released from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from upwell.access.local_time import local_time
from upwell.people.models import Patient, Practice
from upwell.record.facts.conditions import allergies_on_record, allergy_conditions, conditions_on_record
from upwell.record.facts.entry import Entry, Frame
from upwell.record.facts.measures import (
    Measures,
    OnRecord,
    assessments_on_record,
    measures_on_record,
    suicide_answers,
)
from upwell.record.facts.medicines import medicines_on_record
from upwell.record.facts.person import earliest_birthday, person_facts


@dataclass(frozen=True, slots=True)
class ChartRecord:
    """What the record says, line by line, and the facts that rules are asked with."""

    conditions: tuple[Entry, ...]
    medicines: tuple[Entry, ...]
    allergies: tuple[Entry, ...]
    measures: Measures
    assessments: tuple[OnRecord, ...]
    facts: dict[str, Any]

    def latest(self, instrument: str) -> OnRecord | None:
        """The latest filling-in of one questionnaire."""
        return next((one for one in self.assessments if one.instrument == instrument), None)

    @property
    def compartments(self) -> frozenset[str]:
        """The compartments of the chart that the facts come from."""
        return frozenset(one.compartment for one in (*self.conditions, *self.medicines, *self.allergies))


def chart_facts(patient: Patient, patient_ids: Iterable[UUID], at: datetime, **more: Any) -> dict[str, Any]:
    """The facts document of one person at one moment (contract: "Facts for upwell screen | gate …").

    ``patient_ids`` are the charts that count: ``upwell.access.links.person_charts``. Seven queries at most. ``more``
    adds what the record does not hold: a mapping is merged into its group, a list is added to what is on record, any
    other value is set; None leaves the fact unknown.
    """
    return read_chart(patient, patient_ids, at, **more).facts


def read_chart(patient: Patient, patient_ids: Iterable[UUID], at: datetime, **more: Any) -> ChartRecord:
    """The record and its facts together, for a page that shows both."""
    ids = list(patient_ids)
    with local_time(patient.practice.time_zone):
        here = timezone.localtime(at)
        frame = Frame(here, earliest_birthday(patient, here.date()), patient.practice_id, _names(patient))
        conditions, allergies = conditions_on_record(ids, frame), allergies_on_record(ids, frame)
        medicines, measures = medicines_on_record(ids, frame), measures_on_record(ids, frame)
        assessments = assessments_on_record(ids, frame)
    facts: dict[str, Any] = {
        "at": here.isoformat(),
        "jurisdiction": str(patient.practice.jurisdiction),
        "person": person_facts(patient, here.date(), measures.weight_kg),
        "conditions": _facts_of(conditions) + allergy_conditions(allergies),
        "medicines": _facts_of(medicines),
        "answers": suicide_answers(assessments),
        "vitals": [dict(one) for one in measures.vitals],
        "assessments": [dict(one.fact) for one in assessments],
    }
    return ChartRecord(conditions, medicines, allergies, measures, assessments, _joined(facts, more))


def condition_facts(patient: Patient, patient_ids: Iterable[UUID], at: datetime) -> list[dict[str, Any]]:
    """The conditions on record alone, as facts. One query."""
    with local_time(patient.practice.time_zone):
        here = timezone.localtime(at)
        frame = Frame(here, earliest_birthday(patient, here.date()), patient.practice_id, {})
        return _facts_of(conditions_on_record(list(patient_ids), frame))


def _names(patient: Patient) -> dict[object, str]:
    return dict(Practice.objects.exclude(id=patient.practice_id).values_list("id", "name"))


def _facts_of(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """The facts, each once: a prescription that was written fifty times is one medicine."""
    found = [dict(one.fact) for one in entries if one.fact is not None]
    return list(
        {tuple(sorted((key, str(value)) for key, value in one.items())): one for one in found}.values()
    )


def _joined(facts: dict[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    for key, value in more.items():
        if isinstance(value, Mapping):
            facts[key] = {**facts.get(key, {}), **value}
        elif isinstance(value, list | tuple):
            facts[key] = [*facts.get(key, []), *value]
        else:
            facts[key] = value
    # An empty list would say "none"; the record only knows that it holds none.
    for key in ("conditions", "medicines", "vitals", "assessments", "answers"):
        if not facts[key] and more.get(key) is None:
            del facts[key]
    return facts
