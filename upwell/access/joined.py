"""Two charts of one person are joined, or parted again: what was open of the one is open of the other, or no more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from upwell.access.acting import acting_as
from upwell.access.links import care_links
from upwell.access.models import CareLink, Release
from upwell.access.sharing import end_to, in_force, link_charts, open_to
from upwell.access.system import Purpose, system_actor
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.people.models import Patient


def share_as_one(*, by: Actor, family: Collection[UUID], joined_at: datetime) -> None:
    """After charts were joined: links and releases of one of them hold for all. An allergy is not to be missed because
    it stands in the chart that was joined into the linked one.
    """
    with acting_as(system_actor(Purpose.SHARED_CARE, None, by.account_id)):
        charts = list(Patient.objects.filter(id__in=list(family)).order_by("id"))
        others = {link.other_patient_id: link.other_patient for link in _links(family)}
        for chart in charts:
            for other in others.values():
                link_charts(one=chart, other=other, by=by, made_at=joined_at)
        rows = Release.objects.filter(in_force(), patient_id__in=list(family))
        for to_practice_id, kind in sorted(set(rows.values_list("to_practice_id", "kind")), key=str):
            open_to(by=by, charts=charts, to_practice_id=to_practice_id, kinds=[kind], made_at=joined_at)


def part_again(*, by: Actor, charts: Collection[UUID], joined_at: datetime) -> None:
    """After charts were parted: what was linked and opened only because they had been joined holds no more."""
    with acting_as(system_actor(Purpose.SHARED_CARE, None, by.account_id)):
        moment = now()
        made = CareLink.objects.filter(created_at=joined_at, ended_at__isnull=True)
        for column in ("patient_id__in", "other_patient_id__in"):
            made.filter(**{column: list(charts)}).update(
                ended_at=moment, updated_at=moment, updated_by_id=by.account_id
            )
        for row in Release.objects.filter(in_force(), patient_id__in=list(charts), created_at=joined_at):
            chart = Patient.objects.get(id=row.patient_id)
            end_to(by=by, charts=[chart], to_practice_id=row.to_practice_id, kinds=[row.kind])


def _links(family: Collection[UUID]) -> Collection[CareLink]:
    return (
        care_links()
        .select_related("other_patient")
        .filter(patient_id__in=list(family))
        .order_by("since", "id")
    )
