"""What the pages of a session share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, RefusedByRule, StaleState
from upwell.base.ids import new_id
from upwell.knowledge.cards import load_card
from upwell.pathway.parts import wishes_of
from upwell.pathway.session.actions import Recorded
from upwell.pathway.session.forms import Entry
from upwell.pathway.session.log import Folded, folded, recent_facts
from upwell.pathway.session.models import Session
from upwell.pathway.session.queries import session_of
from upwell.pathway.session.shown import Bedside, bedside_of
from upwell.pathway.session.staffing.queries import Staffed, staffed

REFUSED = (BadInput, RefusedByRule, StaleState)


def found_session(
    request: HttpRequest, session_id: UUID, *, recent: bool = False
) -> tuple[Session, Folded, Bedside]:
    """A session with what its log says now. What the rules know of the person is asked for at home only."""
    scope: Any = request
    session = session_of(session_id)
    at = now()
    facts: dict[str, Any] | None = None if session.practice_id == scope.actor.practice_id else {}
    if recent and facts is None:
        facts = recent_facts(session, scope.actor, at)
    found = folded(session, at, facts)
    return session, found, bedside_of(session, found, at)


def our_session(
    request: HttpRequest, session_id: UUID, *, recent: bool = False
) -> tuple[Session, Folded, Bedside]:
    """The same, of a session of one's own practice alone."""
    session, found, shown = found_session(request, session_id, recent=recent)
    return ours(request, session), found, shown


def ours(request: HttpRequest, session: Session) -> Session:
    """The session, if it is of one's own practice."""
    scope: Any = request
    if session.practice_id != scope.actor.practice_id:
        raise NotFound(_("There is no such session here."))
    return session


def frame(request: HttpRequest, session: Session, shown: Bedside) -> dict[str, Any]:
    """What every page of a session shows in its head."""
    scope: Any = request
    is_ours = session.practice_id == scope.actor.practice_id
    return {
        "session": session,
        "patient": session.patient,
        "course": session.course,
        "shown": shown,
        "is_ours": is_ours,
        "staffed": staffed(session) if is_ours else Staffed(),
        "account_id": str(scope.actor.account_id or ""),
        "emergency": load_card("emergency"),
        "wishes": wishes_of(session.course),
        "form_id": str(new_id()),
    }


def receipt_of_nothing(entry_id: str, told: Iterable[str]) -> JsonResponse:
    """The receipt of a form that was sent empty: there is nothing to keep, here or there."""
    said = {"id": entry_id, "stored": True, "nothing": True, "told": list(told), "now": now().isoformat()}
    return JsonResponse(said)


def receipt(recorded: Recorded, more: Iterable[str] = ()) -> JsonResponse:
    """What the outbox waits for: only now does the entry leave the device."""
    said = {
        "id": recorded.id,
        "stored": True,
        "duplicate": not recorded.is_new,
        "set_aside": recorded.set_aside,
        "told": [*more, *recorded.told],
        "now": now().isoformat(),
    }
    if recorded.received_at is not None:
        said["original"] = {"id": recorded.id, "received_at": recorded.received_at.isoformat()}
    return JsonResponse(said, status=201 if recorded.is_new else 200)


def refuse_before_a_dose(form: Entry, log: Folded, at: datetime) -> None:
    """An end before a dose would take the dose out of the session, and with it what keeps the person safe after it."""
    last = max((one.observed_at for one in log.state.counting if one.type == "dose-given"), default=None)
    if last is not None and at < last:
        words = _(
            "A dose is on record at %(time)s, after this. Correct this time, or first the dose in the log."
        )
        form.add_error("observed", words % {"time": time_format(localtime(last), "H:i")})


def uuid_of(text: str) -> UUID | None:
    """An id that a form sent along; none where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
