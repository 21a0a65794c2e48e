"""What stays true of a screening for the steps after it: what was told that the record does not have."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from upwell.pathway.screening.models import Screening, SecondOpinion
from upwell.pathway.screening.rules import DIRECTOR
from upwell.pathway.screening.states import State
from upwell.pathway.screening.told import facts_told

# Answers of a day that is over; the dosing day asks for them itself.
OF_THAT_DAY = ("pregnant", "pregnancy_test", "pregnancy_test_at", "pregnancy_test_note", "breastfeeding")


def allowed_at_screening(course_id: UUID) -> list[dict[str, Any]]:
    """Absolute findings that the medical director allowed treatment against, as overrides for the gates: of the
    latest screening that was decided. The rules hold that they were given before the day. One query."""
    latest = Screening.objects.filter(course_id=course_id, state=State.DECIDED).order_by("-decided_at", "-id")
    rows = SecondOpinion.objects.filter(screening_id=latest.values("id")[:1], by_role=DIRECTOR)
    found: dict[str, dict[str, Any]] = {}
    for rules, agrees, words, at in rows.order_by("at", "id").values_list("rules", "agrees", "words", "at"):
        for rule in rules:
            found.pop(rule, None)
            if agrees:
                found[rule] = {"rule": rule, "by": DIRECTOR, "reason": words, "at": at.isoformat()}
    return list(found.values())


def told_at_screening(course_id: UUID) -> dict[str, Any]:
    """For ``chart_facts(…, **told_at_screening(course.id))``: conditions and medicines that were told, and answers
    that do not change from day to day. Of the latest screening that was decided; one query."""
    rows = Screening.objects.filter(course_id=course_id, state=State.DECIDED).order_by("-decided_at", "-id")
    told = rows.values_list("told", flat=True).first()
    if told is None:
        return {}
    more = facts_told(told)
    answers = {key: value for key, value in more["answers"].items() if key not in OF_THAT_DAY}
    kept: dict[str, Any] = {"answers": answers, "person": more["person"]}
    kept |= {key: more[key] for key in ("conditions", "medicines") if more.get(key)}
    return {key: value for key, value in kept.items() if value}
