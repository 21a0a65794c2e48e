"""What was asked and told at a screening, as facts beside the record. Pure.

``told`` is kept by section, so that two people who fill in different ones do not disturb each other: ``history``
(the questions with their answers and dates, the pregnancy test, a specialist's clearance), ``lists`` (conditions and
medicines that the record lacks). Earlier treatments (``trials``) are the chart's own: ``upwell/record/treatments.py``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from upwell.knowledge.screening import load_asked

YES, NO = "yes", "no"
HISTORY, LISTS, TRIALS = "history", "lists", "trials"
SECTIONS = (HISTORY, LISTS, TRIALS)
TOLD_HERE = "told at the screening"  # the source of what was told


def facts_told(told: Mapping[str, Any]) -> dict[str, Any]:
    """What was told, in the groups of the contract's facts: to be joined with those of the record."""
    answers: dict[str, Any] = {}
    person: dict[str, Any] = {}
    conditions: list[dict[str, Any]] = []
    questions = load_asked().questions
    history = told.get(HISTORY) or {}
    for name, yes in answered(told).items():
        question = questions[name]
        if question.fact:
            group, _, fact = question.fact.partition(".")
            (person if group == "person" else answers)[fact] = yes
        elif yes:
            conditions.append(_condition(question.told_as, (history.get("dates") or {}).get(name)))
    answers |= _pregnancy(history.get("pregnancy") or {}) | _clearance(history.get("clearance"))
    lists = told.get(LISTS) or {}
    more: dict[str, Any] = {"answers": answers, "person": person}
    told_conditions = [_condition(line) for line in lists.get("conditions") or ()]
    medicines = [
        {"system": "local", "display": line, "active": True} for line in lists.get("medicines") or ()
    ]
    if conditions or told_conditions or lists.get("no_other_conditions"):
        more["conditions"] = [*conditions, *told_conditions]
    if medicines or lists.get("no_other_medicines"):
        more["medicines"] = medicines
    return more


def answered(told: Mapping[str, Any]) -> dict[str, bool]:
    """The questions that were answered, with yes or no; a question that is not known any more is left out."""
    given = (told.get(HISTORY) or {}).get("answers") or {}
    return {name: given[name] == YES for name in load_asked().questions if given.get(name) in (YES, NO)}


def _condition(display: str, onset: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"system": "local", "display": display, "source": TOLD_HERE}
    return found | ({"onset": onset} if onset else {})


def _pregnancy(given: Mapping[str, Any]) -> dict[str, Any]:
    facts = {
        "pregnancy_test": given.get("test"),
        "pregnancy_test_at": given.get(
            "test_on"
        ),  # a day: whoever knows the practice's clock makes it a moment
        "pregnancy_test_note": given.get("note"),
    }
    return {key: value for key, value in facts.items() if value}


def _clearance(answer: Any) -> dict[str, Any]:
    if answer not in (YES, NO):
        return {}
    return {load_asked().clearance.fact.partition(".")[2]: answer == YES}


def section_mark(told: Mapping[str, Any], section: str) -> str:
    """A short mark of what a section holds: whoever saves over another's words is told."""
    return mark_of(told.get(section) or {})


def mark_of(value: Any) -> str:
    """A short mark of a value: two that differ have different ones."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
