"""Not ready to go home in time: the rules say when the prescriber comes, and when a transfer is decided.

The clock alone brings it about, so that nobody has to be looking. It is asked again and again, by more than one process
if need be: the alert of a session and a rule has one id, and is raised once.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from upwell.base.actor import Actor
from upwell.pathway.session.alerting import raise_once
from upwell.pathway.session.log import folded, known_facts
from upwell.pathway.session.models import Session

log = logging.getLogger("upwell.session")
PRESCRIBER, TRANSFER = "discharge.delayed.prescriber", "discharge.delayed.transfer"
KIND_OF: Mapping[str, str] = {PRESCRIBER: "discharge-delayed", TRANSFER: "discharge-transfer"}


def raise_late(by: Actor, at: datetime) -> None:
    """Raise what is due at the actor's practice. A session that can't be read keeps no other one waiting."""
    rows = Session.objects.filter(practice=by.practice_id, over_at__isnull=True, leave_at__lte=at)
    for one in rows.select_related("patient__practice", "course__practice", "practice").order_by("leave_at"):
        try:
            with transaction.atomic():
                _look(by, one, at)
        except Exception:
            log.exception("whether somebody may go home could not be told")


def _look(by: Actor, session: Session, at: datetime) -> None:
    found = folded(session, at, known_facts(session, at))
    for finding in found.state.discharge["findings"]:
        if finding["rule"] in KIND_OF and finding["overridden"] is None:
            _raise(by, session, finding, at)


def _raise(by: Actor, session: Session, finding: dict[str, Any], at: datetime) -> None:
    """The first goes to the team; the second, later one to everybody who works here, with the backup beside it."""
    rule: str = finding["rule"]
    about = alert_id(session.id, rule)
    raise_once(by, session, KIND_OF[rule], finding, alert_id=about, at=at, at_once=rule == TRANSFER)


def alert_id(session_id: UUID, rule: str) -> UUID:
    """The one alert of a session and a rule."""
    return uuid5(session_id, rule)
