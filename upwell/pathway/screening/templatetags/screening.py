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
    """The questions that got one answer."""

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
    history = row.told.get(HISTORY) or {}
    dates = history.get("dates") or {}
    yes: list[str] = []
    no: list[str] = []
    for name, is_yes in answered(row.told).items():
        short = questions[name].short
        (yes if is_yes else no).append(f"{short} ({dates[name]})" if is_yes and name in dates else short)
    found = [Answer("; ".join(words), label) for words, label in ((yes, _("Yes")), (no, _("No"))) if words]
    test = (history.get("pregnancy") or {}).get("test")
    return [*found, Answer(_(TESTS.get(test, test)), _("Pregnancy test"))] if test else found
