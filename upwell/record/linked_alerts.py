"""An alert about a person who is cared for by two practices: the other one is alerted too, if that is open to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from uuid import UUID, uuid5

from upwell.access.acting import acting_as
from upwell.access.links import LinkedChart, is_released, linked_charts
from upwell.access.system import Purpose, system_actor
from upwell.audit.actions import record
from upwell.base.clock import now
from upwell.base.finding import Because
from upwell.people.charts import chart_ids, kept_chart
from upwell.people.models import Practice
from upwell.record.models import Alert
from upwell.record.once import insert_once


def raise_alert_at_linked(alert: Alert, *, release_kind: str = "assessments") -> list[Alert]:
    """Raise the same alert at every practice to which the person has opened this kind of information.

    Once each, however often it is called: the id of the other practice's alert is made from this one's. What each
    practice does about its own alert is its own.
    """
    with acting_as(system_actor(Purpose.SHARED_CARE)):
        family = chart_ids(kept_chart(alert.patient_id) or alert.patient_id)
        return [
            made
            for link in linked_charts(family)
            if is_released(family, link.practice_id, release_kind)
            and (made := _raise_there(alert, link)) is not None
        ]


def change_at_linked(alert_ids: Iterable[UUID], patient_id: UUID, **fields: Any) -> None:
    """Change what was raised of these alerts at other practices, too. Whoever calls it acts as the system."""
    family = chart_ids(kept_chart(patient_id) or patient_id)
    copies = [
        uuid5(one, str(practice_id))
        for practice_id in {link.practice_id for link in linked_charts(family)}
        for one in alert_ids
    ]
    if copies:
        here = {key: value for key, value in fields.items() if key != "settled_by_id"}
        Alert.objects.filter(id__in=copies, closed_at__isnull=True).update(**here, updated_at=now())


def _raise_there(alert: Alert, link: LinkedChart) -> Alert | None:
    there = system_actor(Purpose.SHARED_CARE, link.practice_id)
    copy = Alert(
        id=uuid5(alert.id, str(link.practice_id)),
        practice_id=link.practice_id,
        patient_id=kept_chart(link.patient_id) or link.patient_id,
        kind=alert.kind,
        level=alert.level,
        finding=_finding_from(alert.finding, alert.practice_id),
        raised_at=alert.raised_at,
        pages_at=alert.pages_at,
        escalates_at=alert.escalates_at,
    )
    if not insert_once(copy):
        return None
    record(
        "alert.raised-at-linked", by=there, patient_id=copy.patient_id, object_type="alert", object_id=copy.id
    )
    return copy


def _finding_from(finding: dict[str, object], practice_id: UUID) -> dict[str, object]:
    """The finding, saying at which practice it was first raised. What rules run on there is kept there alone."""
    name = Practice.objects.values_list("name", flat=True).get(id=practice_id)
    because = finding.get("because")
    known = list(because) if isinstance(because, list) else []
    finding = {key: value for key, value in finding.items() if key != "knowledge_version"}
    return {**finding, "because": [*known, asdict(Because("raised at", name))]}
