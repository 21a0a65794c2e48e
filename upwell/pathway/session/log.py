"""A session's log as it is stored, and the state that it folds to."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from upwell.access.links import person_charts
from upwell.base.actor import Actor
from upwell.base.errors import BadInput
from upwell.pathway.consent import consent_in_force
from upwell.pathway.course.models import Course
from upwell.pathway.screening.standing import allowed_at_screening, told_at_screening
from upwell.pathway.session.earlier import earlier_in_course
from upwell.pathway.session.kept_log import CLOCK_AHEAD, Fresh, log_of
from upwell.pathway.session.models import Session, SessionEvent, SessionQuarantine
from upwell.pathway.workup.standing import workup_facts
from upwell.record.facts import chart_facts
from upwell.science.session import Flag, Quarantined, SessionState, fold, read_log

RECENT = timedelta(seconds=30)
WHILE_WRITING = timedelta(minutes=10)  # who the person is, for the alarms that a new entry raises
MOST_RECENT = 500
_recent: dict[Any, tuple[datetime, dict[str, Any]]] = {}


@dataclass(frozen=True, slots=True)
class Folded:
    """A session at a moment of the practice's clock: the state, the stored rows, and what else is known."""

    at: datetime
    state: SessionState
    rows: Mapping[str, SessionEvent]
    set_aside: Sequence[SessionQuarantine]
    facts: Mapping[str, Any]
    warnings: tuple[str, ...] = ()


def folded(
    session: Session,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
    fresh: Fresh | None = None,
) -> Folded:
    """What the log says at a moment. Few queries (see ``log_of``), and those of the facts where they are not given.

    Rules that ask about today mean the day of the practice: midnight in Greenwich is an afternoon in Chicago.
    """
    at = at.astimezone(ZoneInfo(session.practice.time_zone))
    log = log_of(session, fresh)
    aside = log.set_aside
    known = known_facts(session, at) if facts is None else facts
    warnings: tuple[str, ...] = ()
    events = [one.event for one in log.entries]
    quarantined = [_as_quarantined(number, one) for number, one in enumerate(aside, start=1)]
    try:
        state = fold(events, at=at, facts=known, quarantined=quarantined)
    except BadInput as error:
        # The record holds something that the rules can't read. The bedside goes on, and says so.
        known = {key: known[key] for key in ("jurisdiction", "substance", "route") if key in known}
        state = fold(events, at=at, facts=known, quarantined=quarantined)
        warnings = (
            _(
                "The record could not be read for the rules (%(why)s). They were asked without it: check by hand."
            )
            % {"why": error.message},
        )
    if ahead := _ahead([one.row for one in log.entries if one.clock_is_off]):
        state = replace(state, flags=tuple(sorted([*state.flags, *ahead], key=lambda one: one.order)))
    return Folded(at, state, {one.event.id: one.row for one in log.entries}, aside, known, warnings)


def known_facts(session: Session, at: datetime) -> dict[str, Any]:
    """What is known of the person beside the log: the record, what was told at the screening, the course's treatment,
    the consent."""
    told = told_at_screening(session.course_id)
    more: dict[str, Any] = {
        **told,
        "substance": session.substance or None,
        "route": session.route or None,
        "answers": {**told.get("answers", {}), **_consent(session.course, at)},
    }
    if session.patient.practice_id == session.practice_id:
        session.patient.practice = session.practice  # read already
    charts = person_charts(session.patient_id)
    found = chart_facts(session.patient, charts, at, **{key: value for key, value in more.items() if value})
    known = dict(found)
    known["answers"] = {**workup_facts(session.course, known), **known.get("answers", {})}
    if not session.is_over and (session.first_dose_at is None or session.wants_decision):
        # What an order is held against before it is given, a further dose like the first.
        known["course"] = earlier_in_course(session)
    if allowed := allowed_at_screening(session.course_id):
        known["overrides"] = allowed
    return known


def recent_facts(session: Session, by: Actor, at: datetime, within: timedelta = RECENT) -> dict[str, Any]:
    """What was known of the person a moment ago, for what is shown and flagged while events come in fast.

    What decides (an order, a gate, a discharge) asks the record itself. What one person may see of the record,
    another may not: it is kept by what the roles open.
    """
    facts = facts_kept(session, by, at, within)
    if facts is not None:
        return facts
    facts = known_facts(session, at)
    if len(_recent) >= MOST_RECENT:
        _recent.clear()
    _recent[_whose(session, by)] = (at, facts)
    return facts


def facts_kept(session: Session, by: Actor, at: datetime, within: timedelta) -> dict[str, Any] | None:
    """What was asked a moment ago, if it was."""
    found = _recent.get(_whose(session, by))
    return found[1] if found is not None and at - found[0] < within else None


def _whose(session: Session, by: Actor) -> tuple[Any, ...]:
    return session.id, by.practice_id, by.compartments


def _consent(course: Course, at: datetime) -> dict[str, Any]:
    """Whether consent is in force for what this course gives, and since when."""
    status = consent_in_force(course, at)
    answers: dict[str, Any] = {"consent_in_force": status.in_force}
    if status.in_force and status.signed_at is not None:
        answers["consent_signed_at"] = status.signed_at.isoformat()
    return answers


def _as_quarantined(number: int, row: SessionQuarantine) -> Quarantined:
    found = read_log(row.raw) if row.raw.lstrip().startswith("{") else None
    if found is not None and found.quarantined:
        return replace(found.quarantined[0], line=number)
    if (
        found is not None and found.events and not row.path
    ):  # it can be read: a person decides whether it counts
        event = found.events[0]
        return Quarantined(
            number, row.reason, None, row.raw, id=event.id, session=event.session, envelope=event
        )
    return Quarantined(line=number, reason=row.reason, path=row.path or None, raw=row.raw)


def _ahead(rows: Sequence[SessionEvent]) -> list[Flag]:
    """Entries from a device whose clock is ahead, or was measured to be wrong."""
    ahead = [
        Flag("clock-skew", str(row.id), row.received_at, _("It counts at the time when it was received."))
        for row in rows
        if row.observed_at - row.received_at > CLOCK_AHEAD
    ]
    wrong = [row for row in rows if row.clock_off_s and abs(row.clock_off_s) > CLOCK_AHEAD.total_seconds()]
    return ahead + [
        Flag("clock-corrected", str(row.id), row.received_at, _off_words(row.clock_off_s)) for row in wrong
    ]


def _off_words(off_s: float | None) -> str:
    minutes = max(1, round(abs(off_s or 0) / 60))
    words = (
        ngettext("It was %(n)d minute ahead.", "It was %(n)d minutes ahead.", minutes)
        if (off_s or 0) > 0
        else ngettext("It was %(n)d minute behind.", "It was %(n)d minutes behind.", minutes)
    )
    return words % {"n": minutes}


def as_line(document: Mapping[str, Any]) -> str:
    """An entry as one line of NDJSON."""
    return json.dumps(document, ensure_ascii=False, default=str)
