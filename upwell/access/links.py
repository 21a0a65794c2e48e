"""One person in two practices: their charts, and what is open between them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

from django.db.models import Q, QuerySet

from upwell.access.models import CareLink, Release
from upwell.base.clock import now
from upwell.base.kept_query import kept_query
from upwell.people.charts import charts_of


@dataclass(frozen=True, slots=True)
class ReleaseKind:
    """A kind of information that can be opened to another practice, in words for the patient."""

    id: str
    title: str
    sentence: str
    staff: str  # the same, as staff read it

    @property
    def staff_title(self) -> str:
        """What stands before the colon."""
        return self.staff.partition(":")[0]


@cache
def release_kinds() -> dict[str, ReleaseKind]:
    """Every kind (``releases.toml``), in the order in which people read them."""
    data = tomllib.loads((Path(__file__).parent / "releases.toml").read_text("utf-8"))
    return {
        key: ReleaseKind(key, entry["title"], entry["sentence"], entry["staff"])
        for key, entry in data["kinds"].items()
    }


@dataclass(frozen=True, slots=True)
class LinkedChart:
    """The chart of the same person at another practice."""

    practice_id: UUID
    patient_id: UUID


def care_links() -> QuerySet[CareLink]:
    """The links that hold."""
    return CareLink.objects.filter(ended_at__isnull=True)


def linked_charts(patient_ids: Iterable[UUID]) -> list[LinkedChart]:
    """The charts of this person at other practices, as far as the actor's own practice knows of them."""
    return [LinkedChart(*row) for row in _linked(list(patient_ids))]


@kept_query(list)
def _linked(patient_ids: list[UUID]) -> QuerySet[CareLink, tuple[UUID, UUID]]:
    rows = care_links().filter(patient_id__any=patient_ids).order_by("since", "id")
    return rows.values_list("other_practice_id", "other_patient_id").distinct()


def person_charts(patient_id: UUID) -> list[UUID]:
    """Every chart of this person that the actor may know of: own first, merged ones, then other practices'.

    Two queries. What of another practice's rows is seen, row security decides by the releases in force.
    """
    return with_linked(charts_of([patient_id]).get(patient_id, []))


def with_linked(own: list[UUID]) -> list[UUID]:
    """One person's charts at the own practice, and those at others that are linked to them. One query."""
    others = [one.patient_id for one in linked_charts(own)]
    return [*own, *(chart for chart in others if chart not in own)]


def is_released(patient_ids: Iterable[UUID], to_practice_id: UUID, kind: str) -> bool:
    """Whether a release of this kind to this practice is in force for one of these charts."""
    return _in_force(patient_ids, to_practice_id, kind).exists()


def released_charts(patient_ids: Iterable[UUID], to_practice_id: UUID, kind: str) -> set[UUID]:
    """Those of many charts for which a release of this kind to this practice is in force. One query."""
    return set(_in_force(patient_ids, to_practice_id, kind).values_list("patient_id", flat=True))


def _in_force(patient_ids: Iterable[UUID], to_practice_id: UUID, kind: str) -> QuerySet[Release]:
    at = now()
    return Release.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at),
        patient_id__in=list(patient_ids),
        to_practice_id=to_practice_id,
        kind=kind,
        starts_at__lte=at,
    )
