"""Who gets a log-in at one practice sees the chart that another practice made for them when they were referred."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from upwell.access.acting import acting_as
from upwell.access.links import linked_charts
from upwell.access.system import Purpose, system_actor
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.people.charts import chart_ids, kept_chart
from upwell.people.models import Patient


def pass_log_in_on(*, by: Actor, family: Collection[UUID], account_id: UUID) -> None:
    """Put the log-in on the linked charts that were made from one of these, as a referral makes them.

    A chart that the other practice had before is left alone: whose it is, that practice's own invitation proves.
    """
    with acting_as(system_actor(Purpose.SHARED_CARE, None, account_id)):
        linked = [one.patient_id for one in linked_charts(family)]
        made = Patient.objects.filter(
            id__in=linked, account__isnull=True, source_id__in=[str(one) for one in family]
        )
        for chart in made.order_by("id"):
            _give(chart, account_id, by)


def _give(chart: Patient, account_id: UUID, by: Actor) -> None:
    side = chart_ids(kept_chart(chart.id) or chart.id)
    rows = list(Patient.objects.select_for_update(of=("self",)).filter(id__in=side).order_by("id"))
    if any(row.entered_in_error or row.account_id not in {None, account_id} for row in rows):
        return
    for row in rows:
        row.account_id, row.version = account_id, row.version + 1
        row.updated_at, row.updated_by_id = now(), account_id
        row.save(update_fields=["account", "version", "updated_at", "updated_by_id"])
    record(
        "patient.log-in-passed-on",
        by=replace(by, practice_id=chart.practice_id),
        patient_id=chart.id,
        object_type="patient",
        object_id=chart.id,
    )
