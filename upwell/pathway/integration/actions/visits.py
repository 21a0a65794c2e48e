"""Writing an integration visit: a draft is kept, a signed note is added to, never overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor, Compartment
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, NotPermitted, RefusedByRule, StaleState
from upwell.base.finding import Because, Finding, Severity, Source
from upwell.base.ids import new_id
from upwell.base.limits import LONGEST_WORDS
from upwell.knowledge.loader import load_visit_template
from upwell.pathway.course.models import Course
from upwell.pathway.integration.doses import last_doses
from upwell.pathway.integration.models import IntegrationVisit, ProcessNote, VisitAddendum
from upwell.pathway.integration.models.visit import RELEASED
from upwell.pathway.integration.queries import writers_chart
from upwell.pathway.integration.rules import NEXT_NOTE, Lacking, NoteEvent, NoteState, SuicideAnswer, lacking
from upwell.record.actions import CLOCK_SLACK, refuse_other_practice
from upwell.record.linked_alerts import raise_alert_at_linked
from upwell.record.models import Alert
from upwell.record.once import insert_once
from upwell.record.rules import SUICIDE_TOLD

LOOK_BACK = timedelta(days=366)  # for the dose that a visit follows

WORDS_OF_LACKING: dict[Lacking, Promise] = {
    Lacking.WORDS: gettext_lazy("Write something under at least one heading."),
    Lacking.ASKED: gettext_lazy("Say whether you asked about thoughts of suicide."),
    Lacking.ANSWER: gettext_lazy("Say what the person answered."),
    Lacking.DONE: gettext_lazy("Write down what was done, or why you did not ask and who will."),
}


@dataclass(frozen=True, slots=True)
class VisitFields:
    """What stands on the form of a visit. ``process`` is None where the writer has no process notes to write."""

    held_at: datetime
    way: str = IntegrationVisit.Way.IN_PERSON
    words: Mapping[str, str] = field(default_factory=dict)
    suicide_asked: bool | None = None
    suicide_answer: str = ""
    risk_done: str = ""
    process: str | None = None


def save_visit(
    *,
    by: Actor,
    course: Course,
    visit_id: UUID,
    fields: VisitFields,
    sign: bool = False,
    seen_version: int | None = None,
) -> IntegrationVisit:
    """Keep a draft, or sign it. ``visit_id`` was made when the form was opened: sent twice, it is one visit."""
    require(by, "integration.write")
    visit = _locked(by, visit_id)
    is_new = visit is None
    visit = visit or _blank(by, course, visit_id)
    if visit.course_id != course.id:
        raise NotFound(_("There is no such visit here."))
    _refuse_others_draft(by, visit)
    if seen_version is not None and visit.version > seen_version:
        raise StaleState(
            _("This note was changed in another window meanwhile. Nothing of yours was overwritten.")
        )
    to = _next(visit, NoteEvent.SIGN if sign else NoteEvent.SAVE)
    _fill(visit, fields, course)
    if sign:
        _refuse_unfinished(visit)
        visit.state, visit.signed_at, visit.release_kind = to.value, now(), RELEASED
    _store(by, visit, is_new=is_new)
    _keep_process_note(by, visit, fields.process)
    _note(by, visit, "signed" if sign else "saved")
    return visit


def _store(by: Actor, visit: IntegrationVisit, *, is_new: bool) -> None:
    visit.version += 1
    visit.updated_at, visit.updated_by_id = now(), by.account_id
    if not is_new:
        visit.save()
    elif not insert_once(visit):
        raise StaleState(_("This form was sent a moment ago already. Open the visit to go on with it."))
    if visit.alert_id is None and visit.suicide_answer == SuicideAnswer.PRESENT:
        visit.alert = _alert(by, visit)
        visit.save(update_fields=["alert"])


def add_addendum(*, by: Actor, visit_id: UUID, addendum_id: UUID, text: str) -> VisitAddendum:
    """Add to a signed note. What was signed stays as it is."""
    require(by, "integration.write")
    visit = _locked_or_none_there(by, visit_id)
    _next(visit, NoteEvent.ADD)
    words = _words(text, "text")
    row = VisitAddendum(
        id=addendum_id,
        practice_id=visit.practice_id,
        patient_id=visit.patient_id,
        visit=visit,
        text=words,
        by_id=by.account_id,
        by_name=by.name,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
    )
    if insert_once(row):
        _note(by, visit, "added-to")
    return row


def mark_visit_wrong(*, by: Actor, visit_id: UUID, reason: str) -> IntegrationVisit:
    """Mark a note as entered in error, with the reason. It stays on record."""
    require(by, "integration.write")
    visit = _locked_or_none_there(by, visit_id)
    to = _next(visit, NoteEvent.MARK_WRONG)
    visit.error_reason = _words(reason, "reason")
    visit.state, visit.version = to.value, visit.version + 1
    visit.updated_at, visit.updated_by_id = now(), by.account_id
    visit.save(update_fields=["state", "version", "error_reason", "updated_at", "updated_by_id"])
    _note(by, visit, "marked-in-error")
    return visit


def _locked(by: Actor, visit_id: UUID) -> IntegrationVisit | None:
    visit = IntegrationVisit.objects.select_for_update(of=("self",)).filter(id=visit_id).first()
    if visit is not None:
        refuse_other_practice(by, visit.practice_id)
    return visit


def _locked_or_none_there(by: Actor, visit_id: UUID) -> IntegrationVisit:
    visit = _locked(by, visit_id)
    if visit is None:
        raise NotFound(_("There is no such visit here."))
    return visit


def _blank(by: Actor, course: Course, visit_id: UUID) -> IntegrationVisit:
    chart = writers_chart(by, course)
    if chart is None:
        raise RefusedByRule(
            _("Your practice has no chart of this person, so that it can't keep a note about them.")
        )
    return IntegrationVisit(
        id=visit_id,
        practice_id=chart.practice_id,
        patient_id=chart.id,
        course=course,
        template_version=load_visit_template().version,
        author_id=by.account_id,
        author_name=by.name,
        author_role=", ".join(sorted(by.roles & {"therapist", "prescriber"})),
        version=0,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
    )


def _refuse_others_draft(by: Actor, visit: IntegrationVisit) -> None:
    if visit.is_draft and visit.author_id != by.account_id:
        raise NotPermitted(
            _("%(name)s is writing this note. Only its writer can change or sign it.")
            % {"name": visit.author_name}
        )


def _next(visit: IntegrationVisit, event: NoteEvent) -> NoteState:
    to = NEXT_NOTE.get((NoteState(visit.state), event))
    if to is not None:
        return to
    if visit.state == NoteState.WRONG:
        raise StaleState(_("This note was marked as entered in error. Nothing was stored."))
    if visit.is_draft:
        raise RefusedByRule(_("This note is not signed yet: change it instead."))
    raise StaleState(_("This note is signed and stays as it is. Add to it instead."))


def _fill(visit: IntegrationVisit, fields: VisitFields, course: Course) -> None:
    if fields.held_at > now() + CLOCK_SLACK:
        raise BadInput(
            _("The visit lies in the future. A note is written about a visit that was held."), path="held_at"
        )
    known = {heading.id for heading in load_visit_template().headings}
    visit.held_at, visit.way = fields.held_at, fields.way
    visit.words = {key: text.strip() for key, text in fields.words.items() if key in known and text.strip()}
    visit.suicide_asked = fields.suicide_asked
    visit.suicide_answer = fields.suicide_answer if fields.suicide_asked else ""
    visit.risk_done = fields.risk_done.strip()
    if any(
        len(text) > LONGEST_WORDS for text in (*visit.words.values(), visit.risk_done, fields.process or "")
    ):
        raise BadInput(
            _("One of the texts is longer than %(n)d characters. Shorten it.") % {"n": LONGEST_WORDS}
        )
    dosed = last_doses(fields.held_at - LOOK_BACK, course.id).get(course.id)
    visit.dose_at = dosed.at if dosed is not None and dosed.at < fields.held_at else None


def _refuse_unfinished(visit: IntegrationVisit) -> None:
    found = lacking(visit.suicide_asked, visit.suicide_answer, visit.risk_done, list(visit.words.values()))
    if found:
        raise BadInput(" ".join(str(WORDS_OF_LACKING[one]) for one in found), path=found[0].value)


def _alert(by: Actor, visit: IntegrationVisit) -> Alert:
    """Told is as serious as ticked on a form: the team sees it, and who is on it."""
    finding = Finding(
        rule="integration.suicide-told",
        severity=Severity.NEEDS_DECISION,
        message=str(_("The person told of thoughts of suicide in an integration visit.")),
        because=(Because("integration.suicide_answer", SuicideAnswer.PRESENT.value),),
        source=(Source("Upwell: what is told counts like what is written", "C"),),
        policy=True,
    )
    at = now()
    alert = Alert(
        id=new_id(),
        practice_id=visit.practice_id,
        patient_id=visit.patient_id,
        kind=SUICIDE_TOLD,
        finding=finding.as_json(),
        raised_at=at,
        acknowledged_at=at,
        acknowledged_by_id=by.account_id,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
    )
    alert.save(force_insert=True)
    raise_alert_at_linked(alert, release_kind=RELEASED)
    return alert


def _keep_process_note(by: Actor, visit: IntegrationVisit, words: str | None) -> None:
    if words is None or Compartment.PROCESS_NOTES not in by.compartments:
        return
    note = ProcessNote.objects.select_for_update().filter(visit_id=visit.id).first()
    if note is None and not words.strip():
        return
    if note is None:
        note = ProcessNote(visit=visit, practice_id=visit.practice_id, patient_id=visit.patient_id)
        note.created_by_id = by.account_id
    if note.words != words.strip():
        note.words, note.updated_at, note.updated_by_id = words.strip(), now(), by.account_id
        note.save()


def _words(text: str, path: str) -> str:
    words = text.strip()
    if not words:
        raise BadInput(_("Write something first. Nothing was stored."), path=path)
    if len(words) > LONGEST_WORDS:
        raise BadInput(
            _("This is longer than %(n)d characters. Shorten it.") % {"n": LONGEST_WORDS}, path=path
        )
    return words


def _note(by: Actor, visit: IntegrationVisit, done: str) -> None:
    record(
        f"integration.visit-{done}",
        by=by,
        patient_id=visit.patient_id,
        object_type="integration-visit",
        object_id=visit.id,
    )
