"""Writing a session's log: what happened is always stored; what is wrong with it is said and flagged."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.access.trail import looked_at
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, NotPermitted, RefusedByRule
from upwell.base.ids import new_id
from upwell.knowledge.gates.loader import knowledge_version
from upwell.pathway.calendar.models import Appointment
from upwell.pathway.calendar.states import Event as Visit
from upwell.pathway.course.models import Course
from upwell.pathway.parts import refuse_session, tell_logged
from upwell.pathway.session.after import follow_ending
from upwell.pathway.session.alerting import alert_of_deviations, alert_of_risk, may_tell_of_risk
from upwell.pathway.session.kept_log import CLOCK_AHEAD, Fresh
from upwell.pathway.session.log import (
    WHILE_WRITING,
    Folded,
    as_line,
    facts_kept,
    folded,
    recent_facts,
)
from upwell.pathway.session.models import KINDS, Session, SessionEvent, SessionQuarantine
from upwell.pathway.session.project import changes, project
from upwell.pathway.session.queries import session_to_write
from upwell.pathway.session.storing import store_entry, tell
from upwell.people.models import Chair
from upwell.record.actions import refuse_other_practice
from upwell.science.session import DEVIATIONS, EVENT_TYPES, FLAGS, Event, parse_event

log = logging.getLogger("upwell.session")
INTENT_TYPES = frozenset({"ordered", "gate-decided", "discharged"})
ROLES = ("prescriber", "therapist", "monitor", "admin")
LONGEST_RAW = 100_000
LATE = CLOCK_AHEAD * 5
NOTHING_FOLLOWS = frozenset({"vitals", "scale", "comfort"})  # elsewhere than in the session itself


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of one entry: its row, or why it was set aside; whether it was there already; what to say."""

    id: str
    is_new: bool
    set_aside: bool
    told: tuple[str, ...]
    received_at: datetime | None = None  # of the original, where it was there already


def open_session(
    *,
    by: Actor,
    course: Course,
    appointment: Appointment | None = None,
    chair_id: UUID | None = None,
    kind: str = "individual",
) -> Session:
    """Open the session of a dosing day. Opened twice for one appointment, it is one session."""
    require(by, "session.record")
    refuse_other_practice(by, course.practice_id)
    locked = Course.objects.select_for_update(of=("self",)).get(id=course.id)
    if appointment is not None:
        there = Session.objects.filter(appointment_id=appointment.id).first()
        if there is not None:
            return there
    if not locked.is_open:
        raise RefusedByRule(_("This course of care is closed. No session can be opened in it."))
    running = Session.objects.filter(patient_id=course.patient_id, over_at__isnull=True).first()
    if running is not None:
        raise RefusedByRule(
            _("A session of this person is open already. Go on with that one, or end it with its true time.")
        )
    if kind not in dict(KINDS):
        raise BadInput(_("There is no such kind of session."), path="kind")
    refuse_session(by, locked, kind)
    if (
        chair_id is not None
        and not Chair.objects.filter(id=chair_id, practice_id=course.practice_id).exists()
    ):
        raise BadInput(_("There is no such chair here."), path="chair")
    session = Session.objects.create(
        practice_id=course.practice_id,
        patient_id=course.patient_id,
        course=course,
        appointment=appointment,
        chair_id=appointment.chair_id if appointment is not None else chair_id,
        kind=kind,
        substance=course.substance,
        route=course.route,
        created_by_id=by.account_id,
    )
    _audit(by, session, "session.opened")
    return session


def record_event(*, by: Actor, session_id: UUID, document: Mapping[str, Any]) -> Recorded:
    """Store one observation (see ``record_events``)."""
    return record_events(by=by, session_id=session_id, documents=[document])[0]


def record_events(*, by: Actor, session_id: UUID, documents: Sequence[Mapping[str, Any]]) -> list[Recorded]:
    """Store what was observed: ``id``, ``type``, ``observed_at``, ``body``, ``device`` of the contract.

    An id that is there already is the same entry; with other content it is set aside, like what can't be read.
    Only what is not an observation is refused: intents have their own way.
    """
    require(by, "session.record")
    for one in documents:
        if one.get("type") in INTENT_TYPES:
            raise BadInput(_("That is decided on its own page, not recorded here."), path="type")
        if one.get("type") == "correction":
            raise BadInput(_("A correction begins at the entry that it corrects."), path="type")
    session = locked_session(by, session_id)
    return append(by, session, documents)


def set_aside_event(*, by: Actor, session_id: UUID, document: Mapping[str, Any], reason: str) -> Recorded:
    """Keep an entry beside the log that can be read, but not taken as it is: a person looks at it."""
    require(by, "session.record")
    session = locked_session(by, session_id)
    whole, _off = _whole(by, session, document, now())
    return _set_aside(by, session, whole, reason, "")


def correct_event(
    *,
    by: Actor,
    session_id: UUID,
    event_id: UUID,
    reason: str,
    replacement: Mapping[str, Any] | None = None,
    correction_id: UUID | None = None,
) -> Recorded:
    """Correct an entry: give it a new body, or, without one, mark it as entered in error. A reason is needed."""
    require(by, "session.record")
    session = locked_session(by, session_id)
    target = SessionEvent.objects.filter(session_id=session.id, id=event_id).first()
    kind = target.type if target is not None else _kind_set_aside(session, event_id)
    if kind in {"ordered", "gate-decided"}:
        require(by, "session.order")
    elif kind == "discharged":
        require(by, "session.discharge")
    if not reason.strip():
        raise BadInput(_("Write down why it is corrected."), path="reason")
    body: dict[str, Any] = {"corrects": str(event_id), "reason": reason.strip()}
    if replacement is None:
        body["entered_in_error"] = True
    else:
        body["replacement"] = dict(replacement)
        _refuse_misfit(kind, replacement)
    document = {"id": str(correction_id or new_id()), "type": "correction", "body": body}
    return append(by, session, [document])[0]


def _kind_set_aside(session: Session, event_id: UUID) -> str:
    for one in folded(session, now(), {}).state.quarantined:
        if one.envelope is not None and one.envelope.id == str(event_id):
            return one.envelope.type
    raise NotFound(_("There is no such entry in this session."))


def _refuse_misfit(kind: str, body: Mapping[str, Any]) -> None:
    """A replacement that does not fit is said at once, while somebody is there to mend it."""
    at = now().isoformat()
    parse_event(
        {
            "id": str(new_id()),
            "session": str(new_id()),
            "type": kind,
            "observed_at": at,
            "received_at": at,
            "body": dict(body),
        }
    )


def locked_session(by: Actor, session_id: UUID) -> Session:
    """The session, for this transaction alone to add to."""
    found = session_to_write(session_id)
    if found is None:
        raise NotFound(_("There is no such session here."))
    if not by.is_staff:
        raise NotPermitted(_("Only the team writes into a session."))
    refuse_other_practice(by, found.practice_id)
    looked_at([found.patient_id])
    return found


def append(
    by: Actor, session: Session, documents: Iterable[Mapping[str, Any]], findings: Iterable[Any] = ()
) -> list[Recorded]:
    """Add entries to the log of a locked session, and write down what it folds to."""
    documents = list(documents)
    fresh = Fresh()
    stored = [_store(by, session, document, list(findings), fresh) for document in documents]
    if any(one.set_aside for one in stored):
        fresh.ids = None  # it says which entries there are, and not what was set aside since
    if any(one.is_new for one in stored):
        after = _consequences(by, session, fresh)
        if after is not None:
            _tell_steps(by, session, after, {str(document.get("type")) for document in documents})
            told = _tell_of_deviations(by, session, after, {one.id for one in stored if one.is_new})
            stored = [_with_words(one, after, told) for one in stored]
    return stored


def _tell_of_deviations(by: Actor, session: Session, after: Folded, new: Collection[str]) -> bool:
    """The alert that a dose nobody had released calls for, in the dose's transaction."""
    flags = [one for one in after.state.flags if one.event in new]
    if not flags:
        return False
    try:
        with transaction.atomic():
            return alert_of_deviations(by, session, flags)
    except Exception:  # the dose itself stays stored and flagged
        log.exception("the alert that a dose calls for failed")
        _audit(by, session, "session.alert-failed", "dose-given")
        return False


def _consequences(by: Actor, session: Session, fresh: Fresh) -> Folded | None:
    """What follows from a new entry. The entry itself stays stored, whatever goes wrong here."""
    try:
        at = now()
        with transaction.atomic() if facts_kept(session, by, at, WHILE_WRITING) is None else nullcontext():
            facts = recent_facts(session, by, at, WHILE_WRITING)
        after = folded(session, at, facts, fresh)
        changed = changes(session, after.state)
        with transaction.atomic() if follows(session, changed) else nullcontext():
            follow(by, session, after, changed)
    except Exception:  # a dose that was given may not be lost to a fault elsewhere
        log.exception("what follows from an entry failed")
        _audit(by, session, "session.consequences-failed")
        return None
    return after


def _tell_steps(by: Actor, session: Session, after: Folded, types: set[str]) -> None:
    """What the other steps make of it, such as the drug book; the entry stays stored, whatever goes wrong there."""
    try:
        with nullcontext() if types <= NOTHING_FOLLOWS else transaction.atomic():
            tell_logged(by, session, after, types)
    except Exception:  # whatever they missed they make up for with the next entry
        log.exception("what other steps make of an entry failed")
        _audit(by, session, "session.steps-failed")


def follows(session: Session, changed: Mapping[str, Any]) -> bool:
    """Whether anything is to be written elsewhere: after most entries there is not."""
    return bool(changed) or session.appointment_id is not None or session.is_over


def follow(by: Actor, session: Session, after: Folded, changed: Mapping[str, Any]) -> None:
    """What a changed log means elsewhere: the lists, the appointment, the measures after a first dose."""
    former, was_over = session.first_dose_at, session.over_at is not None
    if changed:
        project(session, changed, after.state, now())
    _follow_appointment(by, session, after)
    if was_over or session.over_at is not None:
        follow_ending(by, session, after)
    if former != session.first_dose_at:
        _plan_measures(by, session)


def _store(
    by: Actor,
    session: Session,
    document: Mapping[str, Any],
    findings: list[Any],
    fresh: Fresh,
) -> Recorded:
    received = now()
    whole, clock_off_s = _whole(by, session, document, received)
    try:
        event = parse_event(whole)
    except BadInput as error:
        return _set_aside(by, session, whole, error.message, error.path or "")
    row = SessionEvent(
        id=UUID(event.id),
        **_logged(by, session, received, event.device or ""),
        type=event.type,
        observed_at=event.observed_at.astimezone(UTC),
        body=dict(event.body),
        clock_off_s=clock_off_s,
        findings=findings,
        knowledge_version=knowledge_version() if findings else "",
    )
    if not store_entry(session, row, fresh):
        return _again(by, session, event, whole)
    _audit(by, session, "session.recorded", event.type, row.id)
    if may_tell_of_risk(row.body):
        _alert(by, session, row)
    return Recorded(event.id, True, False, ())


def _whole(
    by: Actor, session: Session, document: Mapping[str, Any], received: datetime
) -> tuple[dict[str, Any], float | None]:
    """The entry with what is known here: who wrote it, where, received when; and how far its device's clock is off."""
    whole = {
        "observed_at": received.isoformat(),
        **{key: value for key, value in document.items() if value is not None},
        "session": str(session.id),
        "received_at": received.isoformat(),
        "author": {"id": str(by.account_id), "role": role_of(by)},
    }
    whole.setdefault("id", str(new_id()))
    return whole, whole.pop("clock_off_s", None)


def _alert(by: Actor, session: Session, row: SessionEvent) -> None:
    """The alert that an entry calls for, in its transaction; apart from all else that follows from it."""
    try:
        with transaction.atomic():
            alert_of_risk(by, session, row.id, row.body)
    except Exception:  # the entry itself stays stored: the gate stops the dose all the same
        log.exception("the alert that an entry calls for failed")
        _audit(by, session, "session.alert-failed", row.type, row.id)


def _again(by: Actor, session: Session, event: Event, whole: Mapping[str, Any]) -> Recorded:
    """The id is there: the same entry once more, or another one that must not be lost."""
    there = SessionEvent.objects.filter(id=event.id, session_id=session.id).first()
    same = there is not None and (there.type, there.body) == (event.type, dict(event.body))
    if same:
        words = (_("This is stored already; it counts once."),)
        return Recorded(event.id, False, False, words, there.received_at if there is not None else None)
    return _set_aside(by, session, whole, str(FLAGS["same-id-other-content"]), "id")


def _set_aside(by: Actor, session: Session, whole: Mapping[str, Any], reason: str, path: str) -> Recorded:
    raw = as_line(whole).replace("\0", "\ufffd")[:LONGEST_RAW]
    raw = raw.encode("utf-8", "replace").decode("utf-8")
    found = SessionQuarantine.objects.filter(session_id=session.id, raw__contains=str(whole["id"])[:200])
    for one in found.only("id", "reason"):
        if one.reason == reason:
            return Recorded(str(one.id), False, True, (_("This is set aside already."),))
    device = str(whole.get("device") or "")[:200]
    row = SessionQuarantine.objects.create(
        **_logged(by, session, now(), device.replace("\0", "")), raw=raw, reason=reason, path=path
    )
    tell(session, str(row.id))
    _audit(by, session, "session.set-aside", "", row.id)
    words = _("It could not be read and was set aside, nothing is lost: %(why)s Correct it.") % {
        "why": reason
    }
    return Recorded(str(row.id), True, True, (words,))


def _logged(by: Actor, session: Session, received: datetime, device: str) -> dict[str, Any]:
    return {
        "practice_id": session.practice_id,
        "patient_id": session.patient_id,
        "session": session,
        "received_at": received,
        "author": str(by.account_id or ""),
        "author_role": role_of(by),
        "author_name": by.name,
        "device": device,
        "created_by_id": by.account_id,
        "updated_by_id": by.account_id,
    }


def _with_words(one: Recorded, after: Folded, told_the_team: bool) -> Recorded:
    """What whoever recorded it should know at once: it is late, a clock is ahead, a flag, an alarm."""
    if one.set_aside or not one.is_new:
        return one
    row = after.rows[one.id]
    flags = [flag for flag in after.state.flags if flag.event == one.id]
    told = [f"{FLAGS[flag.flag]} {flag.more}".strip() for flag in flags]
    if told_the_team and any(flag.flag in DEVIATIONS for flag in flags):
        told.append(_("Your team has been alerted."))
    if row.received_at - row.observed_at > LATE:
        told.insert(0, _("Recorded as a late entry, at its own time."))
    told += [alarm.message for alarm in after.state.alarms if alarm.event == one.id]
    return Recorded(one.id, True, False, tuple(dict.fromkeys(told)))


def role_of(by: Actor) -> str:
    """The role in which somebody writes here: the one that may decide most."""
    return next((role for role in ROLES if role in by.roles), next(iter(sorted(by.roles)), "staff"))


def _audit(by: Actor, session: Session, action: str, kind: str = "", event_id: UUID | None = None) -> None:
    detail = {"type": kind} if kind in EVENT_TYPES else {}
    if event_id is not None:
        detail["event"] = str(event_id)
    record(
        action, by=by, patient_id=session.patient_id, object_type="session", object_id=session.id, **detail
    )


def _follow_appointment(by: Actor, session: Session, after: Folded) -> None:
    from upwell.pathway.calendar.actions import follow_visit

    if session.appointment_id is None:
        return
    if after.state.over_at is not None:
        follow_visit(by=by, appointment_id=session.appointment_id, to=Visit.FINISH)
    elif after.state.arrived:
        follow_visit(by=by, appointment_id=session.appointment_id, to=Visit.ARRIVE)


def _plan_measures(by: Actor, session: Session) -> None:
    """The questions of the hours and days after a dose follow the first dose of the session."""
    from upwell.pathway.response import plan_measures

    plan_measures(by=by, course=session.course)
