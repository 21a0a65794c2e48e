"""Writing a report, sending it with date and number, or saying why it is not needed."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, StaleState
from upwell.base.limits import LONGEST_NAME
from upwell.pathway.incidents.models import IncidentReport
from upwell.pathway.incidents.rules import Event, State, after
from upwell.pathway.incidents.words import STATES
from upwell.pathway.local_time import today
from upwell.pathway.own_words import own_words
from upwell.record.actions import refuse_other_practice

CHANGED = (
    "state",
    "text",
    "sent_on",
    "reference",
    "sent_by",
    "sent_by_name",
    "reason",
    "by_itself",
    "updated_at",
    "updated_by_id",
)


def draft_report(*, by: Actor, report_id: UUID, text: str) -> IncidentReport:
    """Keep what is written so far."""
    row = _locked(by, report_id, Event.DRAFT)
    row.text = own_words(text, path="text", missing=_("Nothing is written yet."))
    return _saved(by, row, "drafted")


def send_report(*, by: Actor, report_id: UUID, sent_on: date | None, reference: str) -> IncidentReport:
    """Note that it was sent: by whom, when, and under which number; it is sent where the receiver takes it."""
    row = _locked(by, report_id, Event.SEND)
    if sent_on is None:
        raise BadInput(_("On which day was it sent?"), path="sent_on")
    if sent_on > today():
        raise BadInput(_("That day lies in the future."), path="sent_on")
    row.sent_on = sent_on
    row.reference = own_words(reference, path="reference", longest=LONGEST_NAME)
    row.sent_by_id, row.sent_by_name = by.account_id, by.name
    return _saved(by, row, "sent")


def drop_report(*, by: Actor, report_id: UUID, reason: str) -> IncidentReport:
    """Say why it is not needed."""
    row = _locked(by, report_id, Event.DROP)
    row.reason = own_words(reason, path="reason", missing=_("Write down why it is not needed."))
    row.by_itself = False
    return _saved(by, row, "dropped")


def reopen_report(*, by: Actor, report_id: UUID) -> IncidentReport:
    """Open it again: what was sent is amended, or it is needed after all. What was sent stays in its history."""
    row = _locked(by, report_id, Event.REOPEN)
    row.sent_on, row.sent_by_id, row.sent_by_name = None, None, ""
    row.reason, row.by_itself = "", False
    return _saved(by, row, "reopened")


def _locked(by: Actor, report_id: UUID, event: Event) -> IncidentReport:
    require(by, "incident.report")
    row = IncidentReport.objects.select_for_update().filter(id=report_id).first()
    if row is None:
        raise NotFound(_("There is no such report here."))
    refuse_other_practice(by, row.practice_id)
    then = after(State(row.state), event)
    if then is None:
        words = _("This report stands at “%(state)s” meanwhile. Look at it again; nothing was stored.")
        raise StaleState(words % {"state": STATES[State(row.state)]})
    row.state = then.value
    return row


def _saved(by: Actor, row: IncidentReport, done: str) -> IncidentReport:
    row.updated_at, row.updated_by_id = now(), by.account_id
    row.save(update_fields=CHANGED)
    record(
        f"incident-report.{done}",
        by=by,
        patient_id=row.patient_id,
        object_type="incident-report",
        object_id=row.id,
        report=row.report,
    )
    return row
