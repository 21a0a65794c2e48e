"""What happens at the chair and the team is alerted to: a level of suicide risk, a dose that nobody had released."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.finding import Because, Finding, Severity
from upwell.knowledge.gates.loader import knowledge_version, load_log_reading
from upwell.knowledge.triage import Level, load_triage
from upwell.pathway.safety import raise_level_alert
from upwell.pathway.session.models import Session
from upwell.record.models import Alert
from upwell.record.models.alert import escalates_at
from upwell.record.once import insert_once
from upwell.science.session import DEVIATIONS, FLAGS, Flag

ASKED = "suicide_risk"  # the item of the checklist
DEVIATION = "dose-deviation"


def may_tell_of_risk(body: Mapping[str, Any]) -> bool:
    """Whether an entry tells anything that may be a level; a correction may be the first to do so."""
    return bool(_told(body.get("replacement") or body))


def alert_of_risk(by: Actor, session: Session, event_id: UUID, body: Mapping[str, Any]) -> None:
    """Raise the alert that an entry calls for: once for the entry, at both practices, as the levels' data says."""
    said = body.get("replacement") or body  # a correction may be the first to tell it
    level = load_triage().levels.get(_told(said))
    if level is None or not level.pages:
        return
    raise_level_alert(
        by=by,
        practice_id=session.practice_id,
        patient_id=session.patient_id,
        level=level.id,
        finding=_finding(level, "criterion" if "met" in said else ASKED),
        alert_id=uuid5(event_id, ASKED),
        release_kind=session.release_kind,
    )


def _told(said: Mapping[str, Any]) -> str:
    """The level that an entry tells: the answer of the checklist, or the intent that is judged before going home."""
    if said.get("item") == ASKED:
        return str(said.get("value"))
    judged = load_log_reading().criteria.get(str(said.get("id")).strip().lower())
    return (judged.alerts or "") if judged is not None and said.get("met") is False else ""


def _finding(level: Level, asked: str) -> Finding:
    words = {
        ASKED: _("The person was asked about suicide on the dosing day. The level is: %(level)s."),
        "criterion": _("Active suicidal intent, judged before going home. The level is: %(level)s."),
    }
    fact = ASKED if asked == ASKED else "active_suicidal_intent"
    return Finding(
        rule="session.suicide-risk",
        severity=Severity.NEEDS_DECISION,
        message=words[asked] % {"level": level.title.lower()},
        because=(Because(f"answers.{fact}", level.id),),
        source=level.sources,
        policy=level.provenance.is_policy,
    )


def alert_of_deviations(by: Actor, session: Session, flags: Iterable[Flag]) -> bool:
    """Tell the team of a dose that was given as nobody had released it; what an open alert says is not said again.

    True where somebody is told now.
    """
    found = [one for one in flags if one.flag in DEVIATIONS]
    if not found:
        return False
    rows = Alert.objects.unsettled().filter(patient_id=session.patient_id, kind=DEVIATION)
    said = {
        because["fact"]
        for finding in rows.filter(finding__session=str(session.id)).values_list("finding", flat=True)
        for because in finding["because"]
    }
    if {one.flag for one in found} <= said:
        return False
    finding = Finding(
        rule="session.dose-deviation",
        severity=Severity.NEEDS_DECISION,
        message=" ".join(dict.fromkeys(str(FLAGS[one.flag]) for one in found)),
        because=tuple(Because(one.flag, one.more or _("on record"), _iso(one.at)) for one in found),
        policy=True,
    )
    Alert.objects.create(
        practice_id=session.practice_id,
        patient_id=session.patient_id,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
        kind=DEVIATION,
        finding={**finding.as_json(), "session": str(session.id), "knowledge_version": knowledge_version()},
    )
    return True


def raise_once(
    by: Actor,
    session: Session,
    kind: str,
    finding: Mapping[str, Any],
    *,
    alert_id: UUID,
    at: datetime,
    at_once: bool = False,
) -> None:
    """Raise the one alert of this id, in sight from ``at`` on; ``at_once``: everybody's from the beginning."""
    alert = Alert(
        id=alert_id,
        practice_id=session.practice_id,
        patient_id=session.patient_id,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
        kind=kind,
        finding={**finding, "session": str(session.id), "knowledge_version": knowledge_version()},
        raised_at=at,
        pages_at=at,
        escalates_at=at if at_once else escalates_at(at),
    )
    if insert_once(alert):
        record("alert.raised", by=by, patient_id=session.patient_id, object_type="alert", object_id=alert.id)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
