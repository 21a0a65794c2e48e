"""What a person shares between two practices: seen, ended and opened again by the person, on their own page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from upwell.access.acting import acting_as
from upwell.access.links import ReleaseKind, care_links, release_kinds
from upwell.access.models import Release
from upwell.access.roles import require
from upwell.access.sharing import NAMED, end_to, in_force, open_to
from upwell.access.trail import looked_at
from upwell.base.actor import Actor
from upwell.base.errors import NotFound
from upwell.pathway.referral.sending import both_practices
from upwell.people.charts import kept_chart
from upwell.people.models import Patient, Practice
from upwell.record.models import Task

SHARING_ENDED = "sharing-ended"


@dataclass(frozen=True, slots=True)
class SharedKind:
    """One kind of information, and since when it is open; None where it is not."""

    kind: ReleaseKind
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Sharing:
    """What one practice sees of a person's record at another one."""

    chart: Patient
    to_practice: Practice
    kinds: tuple[SharedKind, ...]

    @property
    def open(self) -> list[SharedKind]:
        return [one for one in self.kinds if one.since is not None]

    @property
    def closed(self) -> list[SharedKind]:
        return [one for one in self.kinds if one.since is None]


def sharing_of(actor: Actor) -> list[Sharing]:
    """Everything that the person shares or could share between practices that care for them. Three queries."""
    charts = {row.id: row for row in _own(actor)}
    looked_at(charts)
    open_since: dict[tuple[UUID, UUID, str], datetime] = {}
    for row in Release.objects.filter(in_force(), patient_id__in=list(charts)).order_by("-starts_at"):
        open_since[(row.practice_id, row.to_practice_id, row.kind)] = row.starts_at
    pairs = {(chart.practice_id, to): chart for chart, to in _pairs(charts)}
    practices = {one.id: one for one in Practice.objects.filter(id__in={to for _home, to in pairs})}
    return [
        Sharing(
            chart,
            practices[to],
            tuple(SharedKind(kind, open_since.get((home, to, key))) for key, kind in release_kinds().items()),
        )
        for (home, to), chart in pairs.items()
    ]


def _own(actor: Actor) -> list[Patient]:
    rows = Patient.objects.select_related("practice").defer("resource").filter(id__in=actor.patient_ids)
    return sorted(rows, key=lambda row: (row.practice.name, row.merged_into_id is not None, str(row.id)))


def _pairs(charts: dict[UUID, Patient]) -> list[tuple[Patient, UUID]]:
    """Each own chart with the practices that it is linked to; of joined charts, the kept one stands for all."""
    links = care_links().filter(patient_id__in=list(charts)).values_list("practice_id", "other_practice_id")
    found: dict[tuple[UUID, UUID], Patient] = {}
    linked = set(links)
    for chart in charts.values():
        for home, other in sorted(linked, key=str):
            if chart.practice_id == home:
                found.setdefault((home, other), chart)
    return [(chart, other) for (_home, other), chart in found.items()]


@transaction.atomic
def end_sharing(*, by: Actor, chart_id: UUID, to_practice_id: UUID, kind: str | None = None) -> list[str]:
    """The person ends one kind, or everything, that a practice sees of their record at another one. It holds at once.

    Returns the kinds that were open. Both practices are told, without hurry; what a practice wrote into its own
    record stays there.
    """
    require(by, "own.share")
    charts = _family(by, chart_id, to_practice_id)
    kinds = None if kind in {None, NAMED} else [str(kind)]  # without the name nobody knows whose the rest is
    ended = end_to(by=by, charts=charts, to_practice_id=to_practice_id, kinds=kinds)
    if ended:
        _tell_both(charts[0], to_practice_id, ended, by)
    return ended


@transaction.atomic
def open_sharing(*, by: Actor, chart_id: UUID, to_practice_id: UUID, kind: str) -> list[str]:
    """The person opens a kind of information again to a practice that cares for them."""
    require(by, "own.share")
    charts = _family(by, chart_id, to_practice_id)
    return open_to(by=by, charts=charts, to_practice_id=to_practice_id, kinds=[NAMED, kind])


def _family(by: Actor, chart_id: UUID, to_practice_id: UUID) -> list[Patient]:
    """The person's own charts at the practice of this one, if the other practice cares for them, too."""
    own = _own(by) if by.is_patient else []
    home = next((row.practice_id for row in own if row.id == chart_id), None)
    charts = [row for row in own if row.practice_id == home]
    links = care_links().filter(patient_id__in=[row.id for row in charts], other_practice_id=to_practice_id)
    if not charts or not links.exists():
        raise NotFound(_("There is nothing of yours that is shared like this."))
    return charts


def _tell_both(chart: Patient, to_practice_id: UUID, ended: list[str], by: Actor) -> None:
    """A task at each of the two practices; who has not looked at an earlier one finds it all in one."""
    with acting_as(both_practices(by)):
        there = care_links().filter(practice_id=chart.practice_id, other_practice_id=to_practice_id)
        other = there.filter(patient_id=chart.id).values_list("other_patient_id", flat=True).first()
        names = dict(
            Practice.objects.filter(id__in=[chart.practice_id, to_practice_id]).values_list("id", "name")
        )
        detail = {"of": names[chart.practice_id], "to": names[to_practice_id]}
        _tell(chart.practice_id, kept_chart(chart.id) or chart.id, detail, ended)
        if other is not None:
            _tell(to_practice_id, kept_chart(other) or other, detail, ended)


def _tell(practice_id: UUID, patient_id: UUID, detail: dict[str, str], ended: list[str]) -> None:
    rows = Task.objects.select_for_update().filter(
        patient_id=patient_id, kind=SHARING_ENDED, done_at__isnull=True, detail__contains=detail
    )
    there = rows.first()
    if there is None:
        Task.objects.create(
            practice_id=practice_id,
            patient_id=patient_id,
            kind=SHARING_ENDED,
            detail={**detail, "kinds": ended},
        )
        return
    known = {*there.detail.get("kinds", ()), *ended}
    there.detail = {**detail, "kinds": [kind for kind in release_kinds() if kind in known]}
    there.save(update_fields=["detail"])
