"""What the work-up says to the gates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from upwell.pathway.course.models import Course
from upwell.pathway.course.states import State
from upwell.pathway.workup.queries import lists_on_record, workup_of
from upwell.pathway.workup.rules import gate_answers

BEFORE_DOSES_END = (State.SCREENING, State.PREPARATION, State.INDUCTION)


def workup_facts(course: Course, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Answers for the gates, by the person's conditions in ``facts``: what hangs on an item is no until it is done.

    How many items are open is said until the first doses are behind the person.
    """
    answers = gate_answers(workup_of(course, lists_on_record(facts)))
    if course.stands not in BEFORE_DOSES_END:
        del answers["workup_open"]
    return answers
