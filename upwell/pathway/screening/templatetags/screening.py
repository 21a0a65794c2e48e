"""What the screening's pages say in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django import template
from django.utils.translation import gettext as _

from upwell.knowledge.screening import load_asked
from upwell.pathway.screening.models import Screening
from upwell.pathway.screening.picture import Picture
from upwell.pathway.screening.shown import left_out_words, moment_of, vitals_words
from upwell.pathway.screening.states import DECISION_TONES, Decision
from upwell.pathway.screening.told import HISTORY, LISTS, answered
from upwell.record.facts.measures import LeftOut

register = template.Library()

TESTS = {
    "negative": "negative",
    "positive": "positive",
    "refused": "offered and refused",
    "not-done": "not done",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """The latest of one kind of measurement."""

    title: str
    value: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """A question that was asked, and its answer."""

    short: str
    answer: str


@register.filter
def decision_tone(decision: str) -> str:
    """In which tone a decision is shown."""
    return DECISION_TONES.get(Decision(decision), "") if decision else ""


@register.filter
def left_out(one: LeftOut) -> str:
    """A measurement that was not counted, and why."""
    return left_out_words(one)


@register.simple_tag
def vitals_of(picture: Picture) -> list[Measured]:
    """The latest of each vital sign, and the weight."""
    found: dict[str, Measured] = {}
    for entry in picture.record.measures.vitals:
        for title, value in vitals_words(entry):
            found[title] = Measured(title, value, moment_of(entry))
    measures = picture.record.measures
    if measures.weight_kg is not None and measures.weight_at is not None:
        found["weight"] = Measured(_("Weight"), f"{measures.weight_kg:g} kg", measures.weight_at)
    return list(found.values())


@register.simple_tag
def told_of(row: Screening | None, key: str) -> list[str]:
    """What was told beside a part of the record."""
    return list(((row.told if row else {}).get(LISTS) or {}).get(key, ()))


@register.simple_tag
def answers_of(row: Screening | None) -> list[Answer]:
    """What was asked, in words."""
    if row is None:
        return []
    questions = load_asked().questions
    dates = (row.told.get(HISTORY) or {}).get("dates") or {}
    found = [
        Answer(questions[name].short, _("yes") if yes else _("no"))
        for name, yes in answered(row.told).items()
    ]
    found = [
        Answer(one.short, f"{one.answer}, {dates[name]}" if name in dates and yes else one.answer)
        for one, (name, yes) in zip(found, answered(row.told).items(), strict=True)
    ]
    test = ((row.told.get(HISTORY) or {}).get("pregnancy") or {}).get("test")
    return [*found, Answer(_("Pregnancy test"), _(TESTS.get(test, test)))] if test else found
