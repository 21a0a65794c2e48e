"""A level of suicide risk that was told at the chair: the team is alerted, whatever becomes of the dose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from upwell.base.actor import Actor
from upwell.base.finding import Because, Finding, Severity
from upwell.knowledge.triage import Level, load_triage
from upwell.pathway.safety import raise_level_alert
from upwell.pathway.session.models import Session

ASKED = "suicide_risk"  # the item of the checklist


def alert_of_risk(by: Actor, session: Session, event_id: UUID, body: Mapping[str, Any]) -> None:
    """Raise the alert that an entry calls for: once for the entry, at both practices, as the levels' data says."""
    said = body.get("replacement") or body  # a correction may be the first to tell it
    if said.get("item") != ASKED:
        return
    level = load_triage().levels.get(str(said.get("value")))
    if level is None or not level.pages:
        return
    raise_level_alert(
        by=by,
        practice_id=session.practice_id,
        patient_id=session.patient_id,
        level=level.id,
        finding=_finding(level),
        alert_id=uuid5(event_id, ASKED),
        release_kind=session.release_kind,
    )


def _finding(level: Level) -> Finding:
    return Finding(
        rule="session.suicide-risk",
        severity=Severity.NEEDS_DECISION,
        message=_("The person was asked about suicide on the dosing day. The level is: %(level)s.")
        % {"level": level.title.lower()},
        because=(Because(f"answers.{ASKED}", level.id),),
        source=level.sources,
        policy=level.provenance.is_policy,
    )
