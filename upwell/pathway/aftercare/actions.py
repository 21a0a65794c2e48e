"""Writing down a call; and what follows where nobody called, or the person is not safe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, NotPermitted, RefusedByRule, StaleState
from upwell.base.finding import Because, Finding, Severity
from upwell.knowledge.aftercare import load_aftercare
from upwell.pathway.aftercare.models import SAID, NextDayCall
from upwell.pathway.aftercare.queries import call_due, to_call
from upwell.pathway.own_words import own_words
from upwell.pathway.session.alerting import raise_once
from upwell.pathway.session.models import Session
from upwell.record.actions import refuse_other_practice

MISSED, NOT_SAFE = "call-missed", "not-safe-after-session"


@dataclass(frozen=True, slots=True)
class Said:
    """What came of an attempt."""

    reached: bool
    symptoms: str = ""
    drove: str = ""
    safe: str = ""
    note: str = ""
    gives_up: bool = False


def record_call(*, by: Actor, session_id: UUID, said: Said, call_id: UUID) -> NextDayCall:
    """Write an attempt down. Sent twice it is one; who is not safe is an alert at once."""
    require(by, "session.record")
    session = Session.objects.select_for_update(of=("self",)).filter(id=session_id).first()
    if session is None:
        raise NotFound(_("There is no such session here."))
    refuse_other_practice(by, session.practice_id)
    there = NextDayCall.objects.filter(id=call_id, session_id=session.id).first()
    if there is not None:
        return there
    if session.first_dose_at is None:
        raise RefusedByRule(_("Nothing was given in this session: no call is needed."))
    if by.account_id is None:
        raise NotPermitted(_("A call is a person's word."))
    _refuse_done(session)
    row = _row(by, by.account_id, session, said, call_id)
    row.save(force_insert=True)
    record("call.recorded", by=by, patient_id=row.patient_id, object_type="session", object_id=session.id)
    if row.reached and row.safe == "no":
        _raise(by, session, NOT_SAFE, _not_safe(), now(), at_once=True)
    return row


def _refuse_done(session: Session) -> None:
    for one in NextDayCall.objects.filter(session_id=session.id):
        if one.reached or one.gives_up:
            words = _("%(name)s was faster: this call is done with. Nothing was stored.")
            raise StaleState(words % {"name": one.by_name})


def _row(by: Actor, account_id: UUID, session: Session, said: Said, call_id: UUID) -> NextDayCall:
    if said.reached:
        for name in ("drove", "safe"):
            if getattr(said, name) not in SAID:
                raise BadInput(_("Choose an answer, or that it was not asked."), path=name)
    missing = _("Write down why no further attempt is made.") if said.gives_up and not said.reached else ""
    return NextDayCall(
        id=call_id,
        session=session,
        practice_id=session.practice_id,
        patient_id=session.patient_id,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
        reached=said.reached,
        symptoms=own_words(said.symptoms, path="symptoms") if said.reached else "",
        drove=said.drove if said.reached else "",
        safe=said.safe if said.reached else "",
        note=own_words(said.note, path="note", missing=missing),
        gives_up=said.gives_up and not said.reached,
        by_id=account_id,
        by_name=by.name,
    )


def raise_missed(by: Actor, at: datetime) -> None:
    """Whose day to be called is over, and nobody reached them: the team is alerted, once."""
    if by.practice_id is None:
        return
    for one in to_call(by.practice_id, at):
        if call_due(one) <= at:
            _raise(by, one, MISSED, _missed(one), at)


def _raise(
    by: Actor, session: Session, kind: str, finding: Finding, at: datetime, *, at_once: bool = False
) -> None:
    about = uuid5(session.id, kind)
    raise_once(by, session, kind, finding.as_json(), alert_id=about, at=at, at_once=at_once)


def _missed(session: Session) -> Finding:
    call = load_aftercare().call
    return Finding(
        rule="aftercare.call-missed",
        severity=Severity.NEEDS_DECISION,
        message=_("The person was not reached on the day after the dose. Call them, or whoever they named."),
        because=(Because("first dose", session.first_dose_at.isoformat() if session.first_dose_at else ""),),
        source=call.provenance.sources,
        policy=call.provenance.is_policy,
    )


def _not_safe() -> Finding:
    call = load_aftercare().call
    return Finding(
        rule="aftercare.not-safe",
        severity=Severity.EMERGENCY,
        message=_("On the day after the dose the person said that they are not safe. A clinician, now."),
        because=(Because("safe", "no"),),
        source=call.provenance.sources,
        policy=call.provenance.is_policy,
    )
