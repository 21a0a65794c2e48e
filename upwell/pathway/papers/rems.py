"""The REMS monitoring form of a session: made of its log, with what a person added."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, StaleState
from upwell.base.limits import LONGEST_NAME
from upwell.pathway.local_time import today
from upwell.pathway.own_words import own_words
from upwell.pathway.papers.models import RemsRecord
from upwell.pathway.papers.queries import plain_facts
from upwell.pathway.papers.rules import Event, State, after
from upwell.pathway.session.log import folded
from upwell.pathway.session.models import Session
from upwell.record.actions import refuse_other_practice
from upwell.record.once import insert_once
from upwell.science.session import SessionState
from upwell.science.session.rems import rems_form

ASKED = ("serious_adverse_event", "dissociation_significant")
CHANGED = (
    "state",
    "answers",
    "missing",
    "due_at",
    "submitted_on",
    "reference",
    "note",
    "submitted_by",
    "submitted_by_name",
    "updated_at",
    "updated_by_id",
)


def form_of(session: Session, state: SessionState, row: RemsRecord | None, at: datetime) -> dict[str, Any]:
    """The form as it stands. Only what belongs to this day: readings of other days are none of its business."""
    facts = {"jurisdiction": session.patient.practice.jurisdiction, **plain_facts(session)}
    submitted = None if row is None or row.submitted_on is None else _noon(row.submitted_on, at)
    answers = row.answers if row is not None else None
    return rems_form(state, at, facts, answers=answers, submitted_at=submitted)


def _noon(day: date, at: datetime) -> datetime:
    return min(datetime.combine(day, datetime.min.time(), at.tzinfo), at)


def follow_session(by: Actor, session: Session, state: SessionState) -> None:
    """A session that is over owes a form, where there is one; what is corrected later changes what is missing."""
    if state.over_at is None or not state.dosed:
        return
    row = RemsRecord.objects.filter(session_id=session.id).first()
    form = form_of(session, state, row, max(now(), state.over_at))
    if form["applies"] is not True or form["due_at"] is None:
        return
    if row is None:
        row = RemsRecord(
            session=session,
            practice_id=session.practice_id,
            patient_id=session.patient_id,
            created_by_id=by.account_id,
            updated_by_id=by.account_id,
            due_at=datetime.fromisoformat(form["due_at"]),
        )
        _stands(row, form)
        insert_once(row)
        return
    before = (row.state, row.missing, row.due_at)
    row.due_at = datetime.fromisoformat(form["due_at"])
    _stands(row, form)
    if before != (row.state, row.missing, row.due_at):
        _save(by, row)


def _stands(row: RemsRecord, form: Mapping[str, Any]) -> None:
    row.missing = len(form["missing"])
    then = after(State(row.state), Event.LACKS if row.missing else Event.FILLED)
    row.state = (then or State(row.state)).value  # what was submitted stays submitted


def answer_rems(*, by: Actor, session: Session, answers: Mapping[str, bool | None]) -> RemsRecord:
    """Add what the log does not say: yes or no, to what a person can answer afterwards."""
    row = _locked(by, session)
    if State(row.state) is State.SUBMITTED:
        raise StaleState(_("This form was submitted meanwhile. Open it again first; nothing was stored."))
    given = {name: value for name, value in answers.items() if name in ASKED and value is not None}
    if not given:
        raise BadInput(_("Nothing is answered yet."))
    row.answers = {**row.answers, **given}
    at = now()
    form = form_of(session, folded(session, at, plain_facts(session)).state, row, at)
    _stands(row, form)
    _save(by, row)
    _audit(by, row, "answered")
    return row


def submit_rems(
    *, by: Actor, session: Session, submitted_on: date | None, reference: str, note: str = ""
) -> RemsRecord:
    """Note that the form was submitted. With something missing, it says why; what is not known can't be made up."""
    row = _locked(by, session)
    then = after(State(row.state), Event.SUBMIT)
    if then is None:
        raise StaleState(_("This form was submitted meanwhile. Nothing was stored."))
    if submitted_on is None:
        raise BadInput(_("On which day was it submitted?"), path="submitted_on")
    if submitted_on > today():
        raise BadInput(_("That day lies in the future."), path="submitted_on")
    missing = _("Something is missing. Write down why it can't be had.") if row.missing else ""
    row.note = own_words(note, path="note", missing=missing)
    row.reference = own_words(reference, path="reference", longest=LONGEST_NAME)
    row.state, row.submitted_on = then.value, submitted_on
    row.submitted_by_id, row.submitted_by_name = by.account_id, by.name
    _save(by, row)
    _audit(by, row, "submitted")
    return row


def reopen_rems(*, by: Actor, session: Session) -> RemsRecord:
    """Open it again, to submit it anew. What was noted before stays in its history."""
    row = _locked(by, session)
    then = after(State(row.state), Event.REOPEN)
    if then is None:
        raise StaleState(_("This form is open. Nothing was stored."))
    row.state, row.submitted_on = then.value, None
    row.submitted_by_id, row.submitted_by_name, row.reference, row.note = None, "", "", ""
    at = now()
    _stands(row, form_of(session, folded(session, at, plain_facts(session)).state, row, at))
    _save(by, row)
    _audit(by, row, "reopened")
    return row


def record_of(session_id: UUID) -> RemsRecord | None:
    """Where the form of a session stands; none where none is owed."""
    return RemsRecord.objects.filter(session_id=session_id).first()


def _locked(by: Actor, session: Session) -> RemsRecord:
    require(by, "rems.submit")
    refuse_other_practice(by, session.practice_id)
    row = RemsRecord.objects.select_for_update().filter(session_id=session.id).first()
    if row is None:
        raise NotFound(_("No REMS form is owed for this session, or not before it is over."))
    return row


def _save(by: Actor, row: RemsRecord) -> None:
    row.updated_at, row.updated_by_id = now(), by.account_id
    row.save(update_fields=CHANGED)


def _audit(by: Actor, row: RemsRecord, done: str) -> None:
    record(f"rems.{done}", by=by, patient_id=row.patient_id, object_type="session", object_id=row.session_id)
