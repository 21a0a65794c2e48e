"""What kinds of events, outcomes and reports are called. Nothing here asks whose fault it was."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from upwell.knowledge.reporting import load_event_reports
from upwell.pathway.incidents.rules import State
from upwell.pathway.session.words import HAPPENED_OUTCOMES

Words = str | Promise

KINDS: Mapping[str, Words] = {
    "adverse-event": _("Unwanted event"),
    "near-miss": _("Near miss: caught in time"),
    "deviation": _("Not as planned"),
}
STATES: Mapping[State, Words] = {
    State.DUE: _("to be written"),
    State.DRAFTED: _("drafted"),
    State.SENT: _("sent"),
    State.NOT_NEEDED: _("not needed"),
}


def outcome_words(outcome: str) -> str:
    """An outcome in words; what a log calls otherwise stands as it is."""
    return str(HAPPENED_OUTCOMES.get(outcome, outcome))


def because_words(because: list[str]) -> list[str]:
    """The criteria that make an event serious."""
    known = load_event_reports().criteria
    return [known[one].title if one in known else one for one in because]


def report_title(report: str) -> str:
    """What a report is called."""
    known = load_event_reports().reports
    return known[report].title if report in known else report
