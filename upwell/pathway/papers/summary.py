"""The summary of a session for whoever refers and for the chart: what the body did, nothing said in trust."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import RefusedByRule
from upwell.pathway.local_time import local_time
from upwell.pathway.papers.measured import clock, measured
from upwell.pathway.papers.models import SessionSummary
from upwell.pathway.papers.own_paper import own_summary_of
from upwell.pathway.papers.queries import plain_facts
from upwell.pathway.papers.sheet import Section, fingerprint, isolated, sheet
from upwell.pathway.session.log import Folded, folded
from upwell.pathway.session.models import Session
from upwell.pathway.session.words import DISPOSITIONS, STATES, entry_title, entry_words, treatment_words
from upwell.record.actions import refuse_other_practice
from upwell.science.session import SPAT, SWALLOWED, THEN, Event, State, happened
from upwell.science.session.happened import ADVERSE

IN_WORDS = frozenset({"note", "comfort", "distress", "therapist", "setting"})
RATED = frozenset(
    {"moaa-s", "rass", "modified-aldrete", "padss", "cadss"}
)  # no questionnaire, and nothing of suicide
INFUSION = ("infusion-started", "infusion-paused", "infusion-resumed", "infusion-stopped")
THERAPIST = "therapist"


def make_summary(*, by: Actor, session: Session, with_notes: bool = False) -> SessionSummary:
    """Make the next version of a session's summary, and keep it in the chart."""
    require(by, "summary.make")
    refuse_other_practice(by, session.practice_id)
    locked = Session.objects.select_for_update(of=("self",)).get(id=session.id)
    if locked.over_at is None:
        raise RefusedByRule(_("The session is not over yet. The summary is made afterwards."))
    number = SessionSummary.objects.filter(session_id=session.id).count() + 1
    at = now()
    with local_time(session.practice.time_zone):
        found = folded(session, at, plain_facts(session))
        content = summary_of(session, found, number=number, at=at, with_notes=with_notes)
        own_content = own_summary_of(session, found, number=number, at=at)
    row = SessionSummary(
        session=session,
        practice_id=session.practice_id,
        patient_id=session.patient_id,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
        number=number,
        content=content,
        own_content=own_content,
        sha256=fingerprint(content),
        with_notes=with_notes,
        made_at=at,
        made_by_id=by.account_id,
        made_by_name=by.name,
    )
    row.save(force_insert=True)
    record(
        "summary.made",
        by=by,
        patient_id=session.patient_id,
        object_type="session",
        object_id=session.id,
        version=number,
    )
    return row


def taken_out(by: Actor, found: SessionSummary) -> None:
    """Put on record, where the chart is, that somebody took a version out."""
    record(
        "summary.taken-out",
        by=replace(by, practice_id=found.practice_id),
        patient_id=found.patient_id,
        object_type="session",
        object_id=found.session_id,
        version=found.number,
    )


def summary_of(
    session: Session, found: Folded, *, number: int, at: datetime, with_notes: bool
) -> dict[str, Any]:
    """What stands on it. Left out: words said in trust, alcohol and drugs, suicide questions, who the escort is."""
    events = found.state.counting
    sections = [
        _treatment(session, found),
        measured(_("Vital signs"), _signs(), events),
        _ratings(events),
        Section(_("Medicines given"), points=_points(events, {"medication"})),
        Section(_("Unwanted events"), points=_unwanted(events)),
        Section(
            _("Alarms"),
            points=[f"{clock(one.at)} · {one.message}" for one in found.state.alarms],
        ),
        _leaving(session, found),
    ]
    if with_notes:
        sections.append(Section(_("Notes of the team"), points=_notes(found)))
    sections.append(Section(_("Not in this summary"), points=_left_out(found, with_notes=with_notes)))
    return sheet(
        title=_("Summary of a dosing session"),
        practice=session.practice,
        facts=[
            [_("Person"), isolated(session.patient.display_name)],
            [_("Record number"), session.patient.record_number],
            [_("Practice"), isolated(session.practice.name)],
            [_("Day"), date_format(localtime(session.opened_at), "DATE_FORMAT")],
            [_("Times"), f"{session.practice.time_zone}"],
            [_("Version"), f"{number}, {date_format(localtime(at), 'DATETIME_FORMAT')}"],
        ],
        sections=sections,
        footer=f"{session.id!s} · {number}",
        mark="" if State(session.stands) is State.DISCHARGED else _ended_words(session),
    )


def _treatment(session: Session, found: Folded) -> Section:
    state = found.state
    orders = [one for one in state.counting if one.type == "ordered"]
    doses = [
        one for one in state.counting if one.type == "dose-given" or one.type in INFUSION or _is_held(one)
    ]
    facts = [
        [_("Treatment"), treatment_words(session.substance, session.route)],
        [_("Ordered"), entry_words("ordered", orders[-1].body) if orders else "–"],
        [_("Given"), f"{state.given_mg:g} mg"],
    ]
    rows = [[clock(one.observed_at), _what(one)] for one in doses]
    return Section(_("What was given"), facts=facts, head=[_("Time"), _("Given")] if rows else [], rows=rows)


def _is_held(event: Event) -> bool:
    """What became of a dose under the tongue."""
    return event.type == "setting" and event.body.get(THEN) in (SPAT, SWALLOWED)


def _what(event: Event) -> str:
    words, title = entry_words(event.type, event.body), entry_title(event.type, event.body)
    return f"{title}: {isolated(words)}" if words else title


def _signs() -> list[str]:
    return [_("Blood pressure, mmHg"), _("Heart rate"), _("SpO2, %"), _("Breaths")]


def _ratings(events: Sequence[Event]) -> Section:
    rows = [
        [clock(one.observed_at), entry_words("scale", one.body)]
        for one in events
        if one.type == "scale" and one.body["instrument"] in RATED
    ]
    return Section(_("Ratings"), head=[_("Time"), _("Rating")] if rows else [], rows=rows)


def _points(events: Sequence[Event], kinds: set[str] | frozenset[str]) -> list[str]:
    return [
        f"{clock(one.observed_at)} · {isolated(entry_words(one.type, one.body))}"
        for one in events
        if one.type in kinds
    ]


def _unwanted(events: Sequence[Event]) -> list[str]:
    return [
        f"{clock(one.observed_at)} · {isolated(entry_words(one.kind, one.says))}"
        for one in happened(events)
        if one.kind == ADVERSE
    ] or [_("None is on record.")]


def _leaving(session: Session, found: Folded) -> Section:
    state = found.state
    times = state.discharge.get("clock") or {}
    arrived = next((one.observed_at for one in state.counting if one.type == "arrived"), None)
    facts = [
        [label, clock(datetime.fromisoformat(moment) if isinstance(moment, str) else moment)]
        for label, moment in (
            (_("Arrived"), arrived),
            (_("First dose"), times.get("from_first_dose_at")),
            (_("Last dose, or end of the infusion"), times.get("from_last_dose_at")),
            (_("Left"), state.over_at),
        )
        if moment is not None
    ]
    return Section(_("How it ended"), facts=[[_("Ended as"), _ended_words(session)], *facts])


def _ended_words(session: Session) -> str:
    return str(DISPOSITIONS.get(session.ended_as) or STATES[State(session.stands)])


def _notes(found: Folded) -> list[str]:
    events = [one for one in found.state.counting if not _is_of_therapist(found, one)]
    return _points(events, IN_WORDS - {THERAPIST})


def _is_of_therapist(found: Folded, event: Event) -> bool:
    """What a therapist wrote in words is theirs, wherever they wrote it."""
    row = found.rows.get(event.id)
    role = row.author_role if row is not None else (event.author.role if event.author else "")
    return THERAPIST in {event.type, role}


def _left_out(found: Folded, *, with_notes: bool) -> list[str]:
    events = [one for one in found.state.counting if one.type in IN_WORDS]
    closed = [one for one in events if not with_notes or _is_of_therapist(found, one)]
    said = [
        _("Answers about alcohol and drugs, and to questions about suicide."),
        _("Who took the person home, and who was called."),
        _("What did not go as planned at the practice, and near misses."),
    ]
    if closed:
        words = ngettext("%(n)d note in words.", "%(n)d notes in words.", len(closed))
        said.insert(0, words % {"n": len(closed)})
    return said
