"""The form of a questionnaire: what was chosen, what was left out, what can't be. Pure, but for the words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.base.errors import BadInput
from upwell.base.ids import new_id
from upwell.knowledge.instrument import Condition, Instrument, Item
from upwell.record.rules import urgent_answers
from upwell.science.scoring import score
from upwell.science.scoring.form import GIVEN

PREFIX = "item-"
_WHOLE = re.compile(r"-?[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Question:
    """One question as the page shows it."""

    name: str
    key: str
    number: str
    text: str
    options: tuple[tuple[str, str], ...]
    value: str
    error: str
    asked_on_its_own: bool
    asked_when: str = ""  # by which answers it is asked at all, for the page's script


@dataclass(slots=True)
class AnswerForm:
    """One copy of a questionnaire. ``submission_id`` is its number: sent twice, it is one record."""

    instrument: Instrument
    owner: str
    submission_id: UUID
    chosen: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    asked_about: frozenset[str] = frozenset()  # left-out questions that the person was asked about already
    answered_on: str = ""
    was_kept: bool = False
    has_number: bool = True

    @classmethod
    def fresh(
        cls,
        instrument: Instrument,
        owner: UUID | None,
        kept: Mapping[str, list[str]],
        number: UUID | None = None,
    ) -> AnswerForm:
        """A new copy; with the answers kept over an expired log-in, if they were the same person's.

        ``number`` is the copy that the address names: answers kept from another copy are not put into it.
        """
        data = {key: values[-1] for key, values in kept.items() if values}
        if not data or data.get("owner") != str(owner):
            return cls(instrument, str(owner), number or new_id())
        form = cls.sent(instrument, owner, data)
        if not form.has_number:
            form.submission_id, form.has_number = number or new_id(), True
        if number not in {None, form.submission_id}:
            return cls(instrument, str(owner), number or new_id())
        form.was_kept, form.asked_about = True, frozenset()
        return form

    @classmethod
    def sent(cls, instrument: Instrument, owner: UUID | None, data: Mapping[str, str]) -> AnswerForm:
        """A copy that came back."""
        number = _uuid(data.get("submission", ""))
        return cls(
            instrument,
            str(owner),
            number or new_id(),
            chosen={
                item.id: data[PREFIX + item.id] for item in instrument.items if data.get(PREFIX + item.id)
            },
            asked_about=frozenset(filter(None, data.get("left_out", "").split(","))),
            answered_on=data.get("answered_on", ""),
            has_number=number is not None,
        )

    def answers(self) -> dict[str, Any]:
        """The answers as the scoring takes them; what is not offered stays as it came, to be refused."""
        return {
            item.id: _value(item, self.chosen[item.id])
            for item in self.instrument.items
            if item.id in self.chosen
        }

    @property
    def left_out(self) -> list[str]:
        """The scored questions without an answer that should have one: a question that is not asked is not left out."""
        blank = [item.id for item in self.instrument.scored_items if item.id not in self.chosen]
        if not blank or all(item.asked_when is None for item in self.instrument.items):
            return blank
        try:
            missing = score(self.instrument, self.answers()).missing
        except BadInput:
            return blank
        return [item for item in blank if item in missing]

    @property
    def left_out_numbers(self) -> list[str]:
        """The same, as they are numbered on the page."""
        return list(dict.fromkeys(map(number_of, self.left_out)))

    @property
    def is_screen(self) -> bool:
        """Whether it asks about suicide throughout."""
        return all(item.safety for item in self.instrument.items)

    @property
    def is_empty(self) -> bool:
        """Nothing that counts was answered."""
        return not any(item.id in self.chosen for item in self.instrument.scored_items)

    @property
    def must_ask(self) -> bool:
        """Whether a question was left out that the person was not asked about yet."""
        return not set(self.left_out) <= self.asked_about

    @property
    def safety_left_out(self) -> list[str]:
        """The questions about suicide that were left out: the team will ask."""
        return [item.id for item in self.instrument.items if item.safety and item.id in self.left_out]

    def refuse(self, error: BadInput) -> None:
        """Show a refusal at its place, and every other answer that can't be beside it."""
        if error.path not in self.chosen:
            self.errors[error.path or ""] = error.message
            return
        answers = self.answers()
        problem: BadInput | None = error
        while problem is not None and problem.path in answers:
            self.errors[problem.path] = problem.message
            del answers[problem.path]
            problem = _problem(self.instrument, answers)

    @property
    def questions(self) -> list[Question]:
        """The questions in their order, with what was chosen and what is wrong."""
        return [self._question(item) for item in self.instrument.items]

    @property
    def help_when(self) -> str:
        """The answers that show the crisis help at once: ``item-9=1 item-9=2``."""
        return " ".join(
            f"{PREFIX}{item}={value}"
            for item, values in urgent_answers(self.instrument).items()
            for value in values
        )

    @property
    def help_now(self) -> bool:
        """Whether such an answer is chosen already."""
        return any(f"{PREFIX}{item}={value}" in self.help_when.split() for item, value in self.chosen.items())

    def _question(self, item: Item) -> Question:
        asked = item.id in self.asked_about and item.id in self.left_out
        return Question(
            name=PREFIX + item.id,
            key=item.id,
            number=number_of(item.id),
            text=item.text,
            options=tuple((str(one.value), one.text) for one in item.responses),
            value=self.chosen.get(item.id, ""),
            error=self.errors.get(item.id, _("Not answered yet.") if asked else ""),
            asked_on_its_own=item.own_stem,
            asked_when="" if item.asked_when is None else json.dumps(_for_script(item.asked_when)),
        )


def number_of(item_id: str) -> str:
    """What stands before a question: 6 for both parts of question 6."""
    return item_id.partition("_")[0]


def _for_script(when: Condition) -> dict[str, Any]:
    """When a question is asked, as ``asked-when.js`` reads it."""
    for name, parts in (("any", when.any), ("all", when.all)):
        if parts:
            return {name: [_for_script(part) for part in parts]}
    if when.negated is not None:
        return {"not": _for_script(when.negated)}
    if when.unanswered is not None:
        return {"blank": _field(when.unanswered)}
    return {"item": _field(when.value or ""), "is": str(when.equals)}


def _field(name: str) -> str:
    return PREFIX + name.removeprefix(GIVEN)


def _value(item: Item, chosen: str) -> Any:
    for response in item.responses:
        if str(response.value) == chosen:
            return response.value
    return int(chosen) if _WHOLE.fullmatch(chosen) else chosen


def _problem(instrument: Instrument, answers: Mapping[str, Any]) -> BadInput | None:
    try:
        score(instrument, answers)
    except BadInput as error:
        return error
    return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
