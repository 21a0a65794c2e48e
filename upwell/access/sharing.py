"""Opening one practice's chart of a person to another practice, kind by kind, and ending that."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.functions import TransactionNow
from django.db import connection
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Greatest, Least

from upwell.access.links import release_kinds
from upwell.access.models import CareLink, Release
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import BadInput
from upwell.people.models import Patient

NAMED = "demographics"  # without it nobody knows whose the rest is


def in_force(at: datetime | None = None) -> Q:
    """The releases that open something at a moment."""
    moment = at or now()
    return Q(starts_at__lte=moment) & (Q(ends_at__isnull=True) | Q(ends_at__gt=moment))


def releases_between(patient_ids: Iterable[UUID], to_practice_id: UUID) -> QuerySet[Release]:
    """What is open of these charts to that practice now."""
    return Release.objects.filter(in_force(), patient_id__in=list(patient_ids), to_practice_id=to_practice_id)


def open_to(
    *,
    by: Actor,
    charts: Collection[Patient],
    to_practice_id: UUID,
    kinds: Iterable[str],
    made_at: datetime | None = None,
) -> list[str]:
    """Open kinds of information of every chart in a family to another practice. What is open already stays as it is.

    Returns the kinds that were not open before. Whoever calls has made sure that the person agreed.
    """
    wanted = _known(kinds)
    _one_at_a_time([chart.id for chart in charts], to_practice_id)
    opened: set[str] = set()
    for chart in charts:
        there = set(releases_between([chart.id], to_practice_id).values_list("kind", flat=True))
        missing = [kind for kind in wanted if kind not in there]
        Release.objects.bulk_create(
            Release(
                practice_id=chart.practice_id,
                patient_id=chart.id,
                to_practice_id=to_practice_id,
                kind=kind,
                starts_at=_this_moment(),
                created_at=made_at or now(),
                created_by_id=by.account_id,
                updated_by_id=by.account_id,
            )
            for kind in missing
        )
        opened.update(missing)
        if missing:
            _note("release.opened", by, chart, to_practice_id, missing)
    return [kind for kind in wanted if kind in opened]


def end_to(
    *, by: Actor, charts: Collection[Patient], to_practice_id: UUID, kinds: Iterable[str] | None = None
) -> list[str]:
    """End what is open of a family of charts to another practice: these kinds, or all. It holds at once.

    Returns the kinds that were open before.
    """
    wanted = None if kinds is None else _known(kinds)
    _one_at_a_time([chart.id for chart in charts], to_practice_id)
    ended: set[str] = set()
    for chart in charts:
        rows = releases_between([chart.id], to_practice_id)
        if wanted is not None:
            rows = rows.filter(kind__in=wanted)
        found = sorted(set(rows.values_list("kind", flat=True)))
        if not found:
            continue
        # Whoever opened it a moment ago, in a transaction that began after this one, opened it before this end.
        ends_at = Greatest(_this_moment(), F("starts_at"))
        rows.update(ends_at=ends_at, updated_at=now(), updated_by_id=by.account_id)
        ended.update(found)
        _note("release.ended", by, chart, to_practice_id, found)
    return [kind for kind in release_kinds() if kind in ended]


def link_charts(*, one: Patient, other: Patient, by: Actor, made_at: datetime | None = None) -> None:
    """Note at both practices that these two charts are one person's. The caller may write at both."""
    for here, there in ((one, other), (other, one)):
        link, made = CareLink.objects.get_or_create(
            patient_id=here.id,
            other_patient_id=there.id,
            defaults={
                "practice_id": here.practice_id,
                "other_practice_id": there.practice_id,
                "created_at": made_at or now(),
                "created_by_id": by.account_id,
                "updated_by_id": by.account_id,
            },
        )
        if not made and link.ended_at is not None:
            link.ended_at, link.created_at = None, made_at or now()
            link.updated_at, link.updated_by_id = now(), by.account_id
            link.save(update_fields=["ended_at", "created_at", "updated_at", "updated_by_id"])


def _this_moment() -> Least:
    """Now, by whichever clock is behind: row security asks PostgreSQL's, which stands still within a transaction."""
    return Least(Value(now()), TransactionNow())


def _known(kinds: Iterable[str]) -> list[str]:
    """The kinds in the order in which people read them; one that is not known is refused."""
    asked = set(kinds)
    if unknown := asked - set(release_kinds()):
        raise BadInput(f"There is no such kind of information: {', '.join(sorted(unknown))}.", path="kinds")
    return [kind for kind in release_kinds() if kind in asked]


def _one_at_a_time(patient_ids: Collection[UUID], to_practice_id: UUID) -> None:
    """Two who open or end the same thing at once wait for each other."""
    with connection.cursor() as cursor:
        for patient_id in sorted(patient_ids):
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"release {patient_id} {to_practice_id}"],
            )


def _note(action: str, by: Actor, chart: Patient, to_practice_id: UUID, kinds: list[str]) -> None:
    record(
        action,
        by=replace(by, practice_id=chart.practice_id),
        patient_id=chart.id,
        object_type="release",
        to_practice=str(to_practice_id),
        kinds=kinds,
    )
