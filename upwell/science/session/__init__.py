"""The dosing session: a log of events, and the state that it folds to."""

from __future__ import annotations

from upwell.science.session.drawn import DoseTold, doses_told
from upwell.science.session.due import Due
from upwell.science.session.events import EVENT_TYPES, Author, Event, parse_event
from upwell.science.session.facts import ask_gate, facts_of
from upwell.science.session.flags import DEVIATIONS, Flag
from upwell.science.session.flags import SAYS as FLAGS
from upwell.science.session.fold import SessionState, fold
from upwell.science.session.happened import ADVERSE, Happened, happened
from upwell.science.session.happened import KINDS as HAPPENED
from upwell.science.session.intents import INTENTS, Refusal, may
from upwell.science.session.machine import STATES, State
from upwell.science.session.ndjson import Log, Quarantined, of_one_session, read_log
from upwell.science.session.order import CHECKED
from upwell.science.session.order import RULES as ORDER_RULES
from upwell.science.session.orders import NOT_CHECKED
from upwell.science.session.staffing import HANDED_OVER, HELD, SPAT, SWALLOWED, THEN, TeamNow
from upwell.science.session.watch import ACKNOWLEDGE, Alarm

__all__ = [
    "ACKNOWLEDGE",
    "ADVERSE",
    "CHECKED",
    "DEVIATIONS",
    "EVENT_TYPES",
    "FLAGS",
    "HANDED_OVER",
    "HAPPENED",
    "HELD",
    "INTENTS",
    "NOT_CHECKED",
    "ORDER_RULES",
    "SPAT",
    "STATES",
    "SWALLOWED",
    "THEN",
    "Alarm",
    "Author",
    "DoseTold",
    "Due",
    "Event",
    "Flag",
    "Happened",
    "Log",
    "Quarantined",
    "Refusal",
    "SessionState",
    "State",
    "TeamNow",
    "ask_gate",
    "doses_told",
    "facts_of",
    "fold",
    "happened",
    "may",
    "of_one_session",
    "parse_event",
    "read_log",
]
