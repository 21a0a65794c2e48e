"""What an ending other than a discharge asks of the team: a task with its time, and an alert where nobody can wait."""

from __future__ import annotations

from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.finding import Because, Finding, Severity
from upwell.knowledge.aftercare import Ending, load_aftercare
from upwell.knowledge.gates.loader import knowledge_version
from upwell.pathway.due import due_at
from upwell.pathway.session.log import Folded
from upwell.pathway.session.models import Session
from upwell.pathway.session.words import DISPOSITIONS
from upwell.record.models import Alert, Task
from upwell.record.once import insert_once
from upwell.science.session import Event

TASK, ALERT = "after", "alert"


def follow_ending(by: Actor, session: Session, after: Folded) -> None:
    """The task and the alert of the ending; once each. A task of an ending that was corrected away is not needed."""
    ended = _ended(after)
    ending = load_aftercare().endings.get(after.state.ended_as or "") if ended is not None else None
    wanted = None if ended is None or ending is None else uuid5(UUID(ended.id), f"{TASK}-{ending.id}")
    _drop_others(by, session, wanted)
    if ended is None or ending is None or wanted is None:
        return
    insert_once(
        Task(
            id=wanted,
            **_whose(by, session),
            kind=f"{TASK}-{ending.id}",
            detail={
                "session": str(session.id),
                "event": ended.id,
                "words": str(ended.body.get("follow_up") or ""),
            },
            due_at=due_at(ending.due, ended.observed_at, session.patient.practice.time_zone),
        )
    )
    if ending.alerts:
        _alert(by, session, ended, ending)


def _ended(after: Folded) -> Event | None:
    if after.state.ended_as is None:
        return None
    return next((one for one in after.state.counting if one.type == "ended"), None)


def _drop_others(by: Actor, session: Session, wanted: UUID | None) -> None:
    """Open tasks of an ending that does not hold any more are finished, with the reason."""
    rows = Task.objects.filter(
        patient_id=session.patient_id,
        done_at__isnull=True,
        kind__startswith=f"{TASK}-",
        detail__session=str(session.id),
    )
    for row in rows.exclude(id=wanted) if wanted is not None else rows:
        row.done_at, row.done_by_id = now(), by.account_id
        row.outcome = _("Not needed any more: the entry of how the session ended was corrected.")
        row.save(update_fields=["done_at", "done_by", "outcome"])


def _alert(by: Actor, session: Session, ended: Event, ending: Ending) -> None:
    """Nobody has to take it on first: from the first moment it is shown to everybody, the backup beside it."""
    finding = Finding(
        rule=f"session.ended.{ending.id}",
        severity=Severity.EMERGENCY,
        message=f"{DISPOSITIONS[ending.id]}. {ending.task}",
        because=(Because("session", str(DISPOSITIONS[ending.id]), ended.observed_at.isoformat()),),
        source=ending.provenance.sources,
        policy=ending.provenance.is_policy,
    )
    moment = now()
    raised = Alert(
        id=uuid5(UUID(ended.id), f"{ALERT}-{ending.id}"),
        **_whose(by, session),
        kind=f"session-{ending.id}",
        finding={**finding.as_json(), "session": str(session.id), "knowledge_version": knowledge_version()},
        raised_at=moment,
        pages_at=moment,
        escalates_at=moment,
    )
    if insert_once(raised):
        record("alert.raised", by=by, patient_id=session.patient_id, object_type="alert", object_id=raised.id)


def _whose(by: Actor, session: Session) -> dict[str, UUID | None]:
    return {
        "practice_id": session.practice_id,
        "patient_id": session.patient_id,
        "created_by_id": by.account_id,
        "updated_by_id": by.account_id,
    }
