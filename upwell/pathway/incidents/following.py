"""What a session's log says happened, written down for lists; a serious event opens its reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.knowledge.reporting import Report, load_event_reports
from upwell.pathway.due import due_at
from upwell.pathway.incidents.models import Incident, IncidentReport
from upwell.pathway.incidents.rules import State
from upwell.pathway.session.models import Session
from upwell.record.once import insert_once
from upwell.science.session import ADVERSE, DEVIATIONS, FLAGS, HAPPENED, Happened, SessionState, happened

DIED, DEATH, FATAL, DEVIATION = "died", "death", "fatal", "deviation"
WORST = 5
_BLANK: Mapping[str, Any] = {
    "grade": None,
    "serious": False,
    "because": [],
    "onset_at": None,
    "resolved_at": None,
    "action": "",
    "outcome": "",
    "withdrawn": False,
}
FIELDS = (
    "kind",
    "term",
    "grade",
    "serious",
    "because",
    "happened_at",
    "onset_at",
    "resolved_at",
    "action",
    "outcome",
    "entries",
    "by_rules",
    "withdrawn",
)


def follow_log(by: Actor, session: Session, state: SessionState) -> None:
    """Write what is new; costs nothing for a log in which nothing of the kind stands."""
    if not any(_concerns(one.type, one.body) for one in state.timeline) and not _deviations(state):
        return
    there = {row.id: row for row in Incident.objects.filter(session_id=session.id)}
    wanted = _wanted(session, state)
    for number, fields in wanted.items():
        _write(by, session, there.get(number), number, fields)
    for number, row in there.items():
        if number not in wanted and not row.withdrawn:
            row.withdrawn = True
            row.save(update_fields=["withdrawn"])
            _drop_reports(by, row, _("The entry was marked as entered in error."))


def _concerns(kind: str, body: Any) -> bool:
    """A correction may take back what was written before."""
    return kind in HAPPENED or kind == "correction" or (kind == "ended" and body.get("disposition") == DIED)


def _wanted(session: Session, state: SessionState) -> dict[UUID, dict[str, Any]]:
    told = happened(state.counting)
    found = {UUID(one.id): _fields(one) for one in told}
    if state.ended_as == DIED and not any(_is_death(one) for one in told):
        found |= _death(state)
    return found | _deviations(state)


def _deviations(state: SessionState) -> dict[UUID, dict[str, Any]]:
    """What the log shows by itself: a dose that nobody had released, say."""
    return {
        uuid5(UUID(flag.event), flag.flag): {
            **_BLANK,
            "kind": DEVIATION,
            "term": f"{FLAGS[flag.flag]} {flag.more}".strip(),
            "happened_at": flag.at or state.at,
            "entries": [flag.event],
            "by_rules": True,
        }
        for flag in state.flags
        if flag.flag in DEVIATIONS and flag.event is not None
    }


def _is_death(one: Happened) -> bool:
    says = one.says
    return one.kind == ADVERSE and (
        DEATH in (says.get("serious_because") or ())
        or says.get("ctcae_grade") == WORST
        or says.get("outcome") == FATAL
    )


def _fields(one: Happened) -> dict[str, Any]:
    says = one.says
    return {
        "kind": one.kind,
        "term": says.get("term") or "",
        "grade": says.get("ctcae_grade"),
        "serious": one.serious,
        "because": list(says.get("serious_because") or ()),
        "happened_at": one.observed_at,
        "onset_at": one.moment("onset_at"),
        "resolved_at": one.moment("resolved_at"),
        "action": says.get("action") or "",
        "outcome": says.get("outcome") or "",
        "entries": [one.id, *one.updated_by],
        "by_rules": False,
        "withdrawn": False,
    }


def _death(state: SessionState) -> dict[UUID, dict[str, Any]]:
    """A session that ended with a death tells a serious event, though nobody wrote one down."""
    ended = next(one for one in state.counting if one.type == "ended")
    return {
        uuid5(UUID(ended.id), DIED): {
            **_BLANK,
            "kind": ADVERSE,
            "term": _("Death in the dosing session"),
            "grade": WORST,
            "serious": True,
            "because": [DEATH],
            "happened_at": ended.observed_at,
            "outcome": FATAL,
            "entries": [ended.id],
            "by_rules": True,
        }
    }


def _write(by: Actor, session: Session, row: Incident | None, number: UUID, fields: dict[str, Any]) -> None:
    if row is None:
        row = Incident(id=number, session=session, **_whose(by, session), **fields)
        if not insert_once(row):
            return
    elif all(getattr(row, name) == value for name, value in fields.items()):
        return
    else:
        for name, value in fields.items():
            setattr(row, name, value)
        row.updated_at, row.updated_by_id = now(), by.account_id
        row.save(update_fields=[*FIELDS, "updated_at", "updated_by_id"])
    if row.kind == ADVERSE and row.serious:
        _open_reports(by, session, row)
    else:
        _drop_reports(by, row, _("The event is not serious any more, by a later entry."))


def _open_reports(by: Actor, session: Session, row: Incident) -> None:
    known: Iterable[Report] = load_event_reports().reports.values()
    jurisdiction = session.patient.practice.jurisdiction
    for one in known:
        if not one.is_for(substance=session.substance, jurisdiction=jurisdiction):
            continue
        due = due_at(one.due, row.happened_at, session.patient.practice.time_zone) if one.due else None
        report = IncidentReport(
            id=uuid5(row.id, one.id), incident=row, report=one.id, due_at=due, **_whose(by, session)
        )
        if insert_once(report):
            _audit(by, report, "opened")
    IncidentReport.objects.filter(incident_id=row.id, state=State.NOT_NEEDED, by_itself=True).update(
        state=State.DUE, reason="", by_itself=False, updated_at=now(), updated_by_id=by.account_id
    )


def _drop_reports(by: Actor, row: Incident, reason: str) -> None:
    """What nobody has begun is not needed; what was drafted stays, for a person to decide."""
    IncidentReport.objects.filter(incident_id=row.id, state=State.DUE).update(
        state=State.NOT_NEEDED, reason=reason, by_itself=True, updated_at=now(), updated_by_id=by.account_id
    )


def _audit(by: Actor, report: IncidentReport, done: str) -> None:
    record(
        f"incident-report.{done}",
        by=by,
        patient_id=report.patient_id,
        object_type="incident-report",
        object_id=report.id,
        report=report.report,
    )


def _whose(by: Actor, session: Session) -> dict[str, UUID | None]:
    return {
        "practice_id": session.practice_id,
        "patient_id": session.patient_id,
        "created_by_id": by.account_id,
        "updated_by_id": by.account_id,
    }
