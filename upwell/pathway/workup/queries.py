"""The work-up of a course: what it requires, and where each item stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Q

from upwell.knowledge.gates.loader import load_code_lists, load_fact_book
from upwell.knowledge.workup import load_workup
from upwell.pathway.course.models import Course
from upwell.pathway.workup.models import WorkUpEntry
from upwell.pathway.workup.rules import Event, Line, Said, lines_of, required
from upwell.science.rules.matching import is_current, match_condition
from upwell.science.rules.reading import read_facts


def workup_of(course: Course, conditions: Collection[str]) -> list[Line]:
    """Each item that the course requires, with the last word on it. One query."""
    case = {
        "substance": course.substance,
        "route": course.route,
        "jurisdiction": str(course.practice.jurisdiction),
    }
    items = required(load_workup().items, case, conditions)
    return lines_of(items, last_words(course))


def last_words(course: Course) -> dict[str, Said]:
    """The last word on each item: of this course, and of the practice's own items wherever it was said."""
    shared = [one.id for one in load_workup().items if one.is_of_practice]
    rows = WorkUpEntry.objects.filter(
        Q(course_id=course.id) | Q(practice_id=course.practice_id, item__in=shared)
    ).order_by("item", "-at", "-id")
    found = rows.distinct("item").values_list("item", "event", "at", "by_name", "note")
    return {item: Said(item, Event(event), at, name, note) for item, event, at, name, note in found}


def earlier_words(course: Course) -> Sequence[WorkUpEntry]:
    """Everything that was said in this course, the latest first."""
    return list(WorkUpEntry.objects.filter(course_id=course.id).order_by("-at", "-id"))


def lists_on_record(facts: Mapping[str, Any]) -> set[str]:
    """The lists of conditions that an item hangs on and the record matches now."""
    wanted = {name for one in load_workup().items for name in one.applies.get("condition", ())}
    if not facts.get("conditions"):
        return set()
    case = read_facts({"at": facts["at"], "conditions": facts["conditions"]}, load_fact_book())
    lists = load_code_lists()
    current = [one for one in case.conditions or () if is_current(one, case.today())]
    return {name for name in wanted if any(match_condition(one, lists.lists[name], lists) for one in current)}
