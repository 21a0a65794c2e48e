"""A session's summary in words for the person themself: made with each version, and kept with it.

What the team said among themselves is not in it, nor the words of the therapist, nor who took the person home.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from upwell.pathway.papers.measured import clock, measured
from upwell.pathway.papers.sheet import Section, isolated, sheet
from upwell.pathway.session.log import Folded
from upwell.pathway.session.models import Session
from upwell.pathway.session.words import treatment_words
from upwell.science.session import Event, happened
from upwell.science.session.happened import ADVERSE


def own_summary_of(session: Session, found: Folded, *, number: int, at: datetime) -> dict[str, Any]:
    """What stands on it, in plain words."""
    events = found.state.counting
    day = date_format(localtime(session.opened_at), "DATE_FORMAT")
    return sheet(
        title=_("Your session on %(day)s") % {"day": day},
        practice=session.practice,
        facts=[
            [_("Your name"), isolated(session.patient.display_name)],
            [_("Practice"), isolated(session.practice.name)],
            [_("Version"), f"{number}, {date_format(localtime(at), 'DATE_FORMAT')}"],
        ],
        sections=[
            _given(session, found),
            measured(_("What was measured"), _signs(), events),
            Section(_("Other medicines you got"), points=_medicines(events)),
            Section(_("What was not pleasant"), points=_unwanted(events)),
            _times(found),
            Section(_("Questions?"), paragraphs=[_questions(session)]),
            Section(_("What is not on this paper"), points=_left_out()),
        ],
        footer=f"{session.id!s} · {number}",
    )


def _given(session: Session, found: Folded) -> Section:
    doses = [one for one in found.state.counting if one.type == "dose-given"]
    if not found.state.given_mg:
        return Section(_("What you were given"), paragraphs=[_("No dose was given in this session.")])
    rows = [[clock(one.observed_at), f"{one.body['dose_mg']:g} mg"] for one in doses if "dose_mg" in one.body]
    facts = [
        [_("Medicine"), treatment_words(session.substance, session.route)],
        [_("How much in all"), f"{found.state.given_mg:g} mg"],
    ]
    return Section(
        _("What you were given"), facts=facts, head=[_("Time"), _("How much")] if rows else [], rows=rows
    )


def _signs() -> list[str]:
    return [_("Blood pressure"), _("Heartbeats a minute"), _("Oxygen, %"), _("Breaths a minute")]


def _medicines(events: Sequence[Event]) -> list[str]:
    found = [one for one in events if one.type == "medication"]
    return [
        f"{clock(one.observed_at)} · "
        + isolated(" ".join(str(one.body[key]) for key in ("drug", "dose") if one.body.get(key)))
        for one in found
    ]


def _unwanted(events: Sequence[Event]) -> list[str]:
    found = [one for one in happened(events) if one.kind == ADVERSE]
    return [f"{clock(one.observed_at)} · {isolated(str(one.says.get('term') or ''))}" for one in found] or [
        _("Nothing was written down.")
    ]


def _times(found: Folded) -> Section:
    arrived = next((one.observed_at for one in found.state.counting if one.type == "arrived"), None)
    pairs = ((_("You came"), arrived), (_("You left"), found.state.over_at))
    return Section(
        _("Coming and going"),
        facts=[[label, clock(moment)] for label, moment in pairs if moment is not None],
    )


def _questions(session: Session) -> str:
    words = _("Call your practice, or ask at your next visit.")
    phone = session.practice.phone
    return f"{words} {isolated(phone)}" if phone else words


def _left_out() -> list[str]:
    return [
        _("What the team wrote for itself, and what you told your therapist."),
        _("Your answers about alcohol, drugs and thoughts of suicide."),
        _("Who took you home."),
        _("You may ask your practice to see your whole record."),
    ]
