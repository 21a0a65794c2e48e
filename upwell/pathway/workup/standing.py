"""What the work-up says to the gates, and to whoever looks at the course."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from upwell.access.links import person_charts
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import State
from upwell.pathway.screening.standing import told_at_screening
from upwell.pathway.workup.queries import lists_on_record, workup_of
from upwell.pathway.workup.rules import Line, gate_answers, of_first_doses
from upwell.record.facts import condition_facts

BEFORE_DOSES_END = (State.SCREENING, State.PREPARATION, State.INDUCTION)


def lines_of_course(course: Course, at: datetime) -> list[Line]:
    """Every item that the course requires, also for a condition on record or told at the screening. Four queries."""
    patient = course.patient
    patient.practice = course.practice if course.practice_id == patient.practice_id else patient.practice
    on_record = condition_facts(patient, person_charts(patient.id), at)
    told = told_at_screening(course.id).get("conditions", [])
    facts = {"at": at.isoformat(), "conditions": [*on_record, *told]}
    return workup_of(course, lists_on_record(facts))


def workup_facts(course: Course, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Answers for the gates, by the person's conditions in ``facts``: what hangs on an item is no while that is open.

    What is required before the first dose is said until the first doses are behind the person.
    """
    answers = gate_answers(workup_of(course, lists_on_record(facts)))
    past = frozenset() if course.stands in BEFORE_DOSES_END else of_first_doses(answers)
    return {name: value for name, value in answers.items() if name not in past}
