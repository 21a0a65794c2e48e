"""Joining two charts of one person, and parting them again. No row moves: the kept chart reads both."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from upwell.access.joined import part_again, share_as_one
from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, RefusedByRule
from upwell.base.one_line import tidy
from upwell.office.patients.rules import ChartFacts, merge_refusal, receiver
from upwell.office.patients.words import MERGES
from upwell.office.practice.place import here
from upwell.people.charts import chart_ids, charts_of, kept_chart
from upwell.people.models import Patient, PatientMerge


def merge_charts(*, by: Actor, kept_id: UUID, merged_id: UUID, reason: str) -> PatientMerge:
    """Join one chart into another that is kept. Both are locked, so that no two merges cross each other."""
    require(by, "patient.merge")
    why = _reason(reason, _("Write down why these are the same person."))
    if kept_id == merged_id:
        raise RefusedByRule(str(MERGES["same-chart"]))
    charts = _locked({kept_id, merged_id}, by)
    families = charts_of([kept_id, merged_id])
    kept, merged = (facts_of(charts[chart], families[chart]) for chart in (kept_id, merged_id))
    if refusal := merge_refusal(kept, merged):
        raise RefusedByRule(str(MERGES[refusal]))
    gets_log_in = receiver(kept, merged)
    if gets_log_in is not None:
        (account_id,) = kept.log_ins | merged.log_ins
        _give_log_in(families[gets_log_in.id], account_id, by)
    _update([merged_id], by, merged_into_id=kept_id)
    merge = PatientMerge.objects.create(
        practice_id=charts[kept_id].practice_id,
        patient_id=kept_id,
        merged_id=merged_id,
        reason=why,
        account_moved_to=gets_log_in.id if gets_log_in else None,
        merged_by_id=by.account_id,
    )
    share_as_one(by=by, family=[*families[kept_id], *families[merged_id]], joined_at=merge.merged_at)
    _record_both("patient.merged", merge, by, log_in_moved=gets_log_in is not None)
    return merge


def undo_merge(*, by: Actor, merge_id: UUID, reason: str) -> PatientMerge:
    """Part two charts that were joined: each shows its own rows again, and a log-in that was passed on goes back."""
    require(by, "patient.merge")
    why = _reason(reason, _("Write down why the charts are parted again."))
    merge = PatientMerge.objects.filter(id=merge_id, practice_id=here(by)).first()
    if merge is None:
        raise NotFound(_("There is no such merge here."))
    charts = _locked({merge.patient_id, merge.merged_id}, by)
    merge = PatientMerge.objects.select_for_update(of=("self",)).get(id=merge_id)
    if merge.undone_at is not None or charts[merge.merged_id].merged_into_id != merge.patient_id:
        raise RefusedByRule(_("These charts have been parted already. Nothing was changed."))
    _update([merge.merged_id], by, merged_into_id=None)
    if merge.account_moved_to is not None:
        _take_log_in_back(merge, charts[merge.merged_id].account_id, by)
    sides = [*chart_ids(merge.merged_id), *chart_ids(kept_chart(merge.patient_id) or merge.patient_id)]
    part_again(by=by, charts=sides, joined_at=merge.merged_at)
    merge.undone_at, merge.undone_by_id, merge.undo_reason = now(), by.account_id, why
    merge.save(update_fields=["undone_at", "undone_by", "undo_reason"])
    _record_both("patient.merge-undone", merge, by)
    return merge


def facts_of(chart: Patient, family: Collection[UUID]) -> ChartFacts:
    """What matters of a chart and its family when it is joined with another."""
    log_ins = Patient.objects.filter(id__in=family, account__isnull=False).values_list(
        "account_id", flat=True
    )
    return ChartFacts(
        id=chart.id,
        practice_id=chart.practice_id,
        merged_into_id=chart.merged_into_id,
        entered_in_error=chart.entered_in_error,
        log_ins=frozenset(log_ins),
    )


def _reason(text: str, complaint: str) -> str:
    why = tidy(text)
    if not why:
        raise BadInput(complaint, path="reason")
    return why


def _locked(ids: set[UUID], by: Actor) -> dict[UUID, Patient]:
    """Both charts, locked in the order of their ids, so that two who merge crosswise wait and do not block.

    At one practice, one merge happens at a time: whole families of charts take part in it, not these two alone.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"merge {by.practice_id}"])
    rows = Patient.objects.select_for_update(of=("self",)).filter(id__in=ids).defer("resource").order_by("id")
    found = {row.id: row for row in rows if row.practice_id == by.practice_id}
    if len(found) < len(ids):
        raise NotFound(_("There is no such patient here."))
    return found


def _give_log_in(family: Collection[UUID], account_id: UUID, by: Actor) -> None:
    """Every chart of a family carries the person's log-in, so that they see all of it."""
    _update(family, by, account_id=account_id)


def _take_log_in_back(merge: PatientMerge, account_id: UUID | None, by: Actor) -> None:
    """The side that had no log-in before has none again; who signed up since then keeps theirs."""
    if account_id is None:
        return
    if merge.account_moved_to == merge.merged_id:
        side = chart_ids(merge.merged_id)
    else:
        side = chart_ids(kept_chart(merge.patient_id) or merge.patient_id)
    passed_on = Patient.objects.filter(id__in=side, account_id=account_id)
    _update(list(passed_on.values_list("id", flat=True)), by, account_id=None)


def _update(ids: Collection[UUID], by: Actor, **values: UUID | None) -> None:
    Patient.objects.filter(id__in=ids).update(**values, updated_at=now(), updated_by_id=by.account_id)


def _record_both(action: str, merge: PatientMerge, by: Actor, **detail: bool) -> None:
    """One audit row on each of the two charts, so that either one's trail tells of it."""
    for chart, other in ((merge.patient_id, merge.merged_id), (merge.merged_id, merge.patient_id)):
        record(action, by=by, patient_id=chart, object_type="patientmerge", object_id=merge.id,
               kept=str(merge.patient_id), other=str(other), **detail)  # fmt: skip
