"""Reading the chart for people. Row security decides who sees what; what is shown is noted in the trail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Count, Min, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from upwell.access.roles import may
from upwell.access.trail import looked_at
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import NotFound
from upwell.base.kept_query import kept_query
from upwell.people.models import Patient
from upwell.record.models import Alert, Assessment
from upwell.record.models.alert import left_alone

# A chart's front page as it was imported: long, and read by the import alone.
AS_IT_CAME = ("resource", "content_hash", "other_names")
PATIENT_AS_IT_CAME = tuple(f"patient__{column}" for column in AS_IT_CAME)

# A person in a list: of their chart's front page, no more than the name and who keeps it.
_NAMED = {"id", "practice", "account", "given_names", "family_name", "record_number", "merged_into"}
PATIENT_BESIDE_NAME = tuple(
    f"patient__{one.name}" for one in Patient._meta.concrete_fields if one.name not in _NAMED
)

MOST_SCORES = 1000  # what a page reads at once of one person


class ScoreFacts(NamedTuple):
    """An assessment without its answers: what a trajectory needs, five hundred at a time."""

    id: UUID
    patient_id: UUID
    instrument: str
    effective_at: datetime
    total: Decimal | None
    status: str
    origin: str
    source: str
    date_assumed: bool
    entered_in_error: bool


def scores_of(patient_ids: Iterable[UUID], instrument: str = "", *, whole: bool = False) -> list[ScoreFacts]:
    """The assessments of one person, newest first; with one instrument, if it is named. ``whole``: however many."""
    ids = list(patient_ids)
    if whole:
        found = list(_scores(patient_id__in=ids, **({"instrument": instrument} if instrument else {})))
    else:
        found = _latest_on(ids, instrument) if instrument else _latest(ids)
    return [ScoreFacts(*row) for row in found]


def _scores(**whose: Any) -> QuerySet[Assessment, Any]:
    rows = Assessment.objects.filter(**whose).order_by("-effective_at", "-id")
    return rows.values_list(*ScoreFacts._fields)


@kept_query(list)
def _latest(patient_ids: list[UUID]) -> QuerySet[Assessment, Any]:
    return _scores(patient_id__any=patient_ids)[:MOST_SCORES]


@kept_query(list, str)
def _latest_on(patient_ids: list[UUID], instrument: str) -> QuerySet[Assessment, Any]:
    return _scores(patient_id__any=patient_ids, instrument=instrument)[:MOST_SCORES]


@dataclass(frozen=True, slots=True)
class AlertCount:
    """The numbers in the banner of every staff page: alerts to act on, and those that nobody has taken on in time."""

    waiting: int = 0
    unheard: int = 0
    since: datetime | None = None


def alert_count(actor: Actor, at: datetime) -> AlertCount:
    """How many safety alerts wait for somebody to act. One statement.

    Whoever may not see alerts learns only that one has been left, so that they call somebody.
    """
    if not actor.is_staff or actor.practice_id is None:
        return AlertCount()
    if not may(actor, "alert.read"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT n, since FROM upwell_unheard(%s)", [at])
            n, since = cursor.fetchone()
        return AlertCount(0, n, since)
    found = _waiting(actor.practice_id, at)
    return AlertCount(*found[0]) if found else AlertCount()


@kept_query(UUID, datetime)
def _waiting(practice_id: UUID, at: datetime) -> QuerySet[Alert, Any]:
    unheard = left_alone(at)
    rows = Alert.objects.paging(at).filter(practice_id=practice_id).order_by().values("practice_id")
    counted = rows.annotate(
        n=Count("id"),
        unheard=Count("id", filter=unheard),
        since=Min(Coalesce("closes_by", "escalates_at"), filter=unheard),
    )
    return counted.values_list("n", "unheard", "since")


def open_alert_count(actor: Actor) -> int:
    """How many safety alerts wait for somebody to act, for those who may."""
    return alert_count(actor, now()).waiting


def patient_of_chart(patient_id: UUID) -> Patient:
    """The patient with their practice. Whoever may not see them is told that there is nobody."""
    found = _front_page(patient_id)
    if not found:
        raise NotFound(_("There is no such patient here."))
    looked_at([patient_id])
    return found[0]


@kept_query(UUID)
def _front_page(patient_id: UUID) -> QuerySet[Patient]:
    return Patient.objects.select_related("practice").defer(*AS_IT_CAME).filter(id=patient_id)


def assessment_of(patient_ids: tuple[UUID, ...], assessment_id: UUID) -> Assessment:
    """One assessment of one person, with the alert that it raised."""
    row = (
        Assessment.objects.select_related("patient__practice")
        .defer(*PATIENT_AS_IT_CAME)
        .filter(id=assessment_id, patient_id__in=patient_ids)
        .first()
    )
    if row is None:
        raise NotFound(_("There is no such assessment here."))
    looked_at([row.patient_id])
    return row


def alert_of_assessment(assessment_id: UUID) -> Alert | None:
    """The alert that an assessment raised; the team's alone, patients see none."""
    return (
        Alert.objects.select_related("acknowledged_by", "closed_by")
        .filter(assessment_id=assessment_id)
        .first()
    )
