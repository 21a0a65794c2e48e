"""What is asked because the record does not say it: yes, no, or not asked; when; the pregnancy test; a clearance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upwell.knowledge.screening import Group, Question, load_asked
from upwell.pathway.local_time import today

ANSWERS: tuple[tuple[str, str | Promise], ...] = (
    ("yes", gettext_lazy("Yes")),
    ("no", gettext_lazy("No")),
    ("", gettext_lazy("Not asked")),
)
TESTS: tuple[tuple[str, str | Promise], ...] = (
    ("", gettext_lazy("Not asked")),
    ("negative", gettext_lazy("Negative")),
    ("positive", gettext_lazy("Positive")),
    ("refused", gettext_lazy("Offered and refused")),
    ("not-done", gettext_lazy("Not done")),
)
EARLIEST = 1900
CLEARANCE = "clearance"
PREGNANCY = "pregnancy"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the page shows it."""

    question: Question
    field: forms.BoundField
    date: forms.BoundField | None
    on_record: str


class HistoryForm(forms.Form):
    """All questions that apply to the person; those that the record answers are shown with its answer."""

    is_all_optional = True  # the page says so once

    pregnancy_test = forms.ChoiceField(label="", required=False, choices=TESTS)
    pregnancy_test_on = forms.DateField(
        label="", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    pregnancy_note = forms.CharField(label="", required=False, max_length=500)

    def __init__(
        self, *args: Any, sex: str, on_record: dict[str, str], ask_clearance: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sex, self.on_record, self.ask_clearance = sex, on_record, ask_clearance
        shapes: Any = self.fields
        shapes["pregnancy_test"].label = _("Pregnancy test")
        shapes["pregnancy_test_on"].label = _("Tested on")
        shapes["pregnancy_note"].label = _("Note, such as why it was refused")
        for question in self._questions():
            shapes[_name(question)] = forms.ChoiceField(
                label=question.text, required=False, choices=ANSWERS, widget=forms.RadioSelect
            )
            if question.date:
                shapes[_date(question)] = forms.DateField(
                    label=question.date,
                    required=False,
                    widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                )
        if not self.has_pregnancy:
            for name in ("pregnancy_test", "pregnancy_test_on", "pregnancy_note"):
                del shapes[name]

    @property
    def has_pregnancy(self) -> bool:
        """Whether the questions about pregnancy are asked."""
        return any(group.id == PREGNANCY for group in self._groups())

    def _groups(self) -> list[Group]:
        return [one for one in load_asked().groups if self.sex not in one.not_for_sex]

    def _questions(self) -> list[Question]:
        shown = {group.id for group in self._groups()}
        found = [one for one in load_asked().questions.values() if one.group in shown]
        return [*found, load_asked().clearance] if self.ask_clearance else found

    def groups(self) -> list[tuple[str, str, list[Asked]]]:
        """The questions by group, for the page."""
        out = [
            (group.id, group.title, [self._asked(one) for one in self._questions() if one.group == group.id])
            for group in self._groups()
        ]
        if self.ask_clearance:
            out.append((CLEARANCE, load_asked().clearance.short, [self._asked(load_asked().clearance)]))
        return out

    def _asked(self, question: Question) -> Asked:
        when = self[_date(question)] if question.date else None
        return Asked(question, self[_name(question)], when, self.on_record.get(question.id, ""))

    def clean(self) -> dict[str, Any]:
        """Nothing was found, and nothing was tested, in the future."""
        given = super().clean() or {}
        for name, value in list(given.items()):
            if isinstance(value, date):
                if value > today():
                    self.add_error(name, _("This day lies in the future."))
                elif value.year < EARLIEST:
                    self.add_error(name, _("Check the year."))
        return given

    def content(self) -> dict[str, Any]:
        """The section as it is kept."""
        given = self.cleaned_data
        answers = {one.id: given.get(_name(one)) for one in self._questions() if one.id != CLEARANCE}
        dates = {one.id: given.get(_date(one)) for one in self._questions() if one.date}
        test_on = given.get("pregnancy_test_on")
        pregnancy = {
            "test": given.get("pregnancy_test"),
            "test_on": test_on.isoformat() if test_on else None,
            "note": given.get("pregnancy_note"),
        }
        found: dict[str, Any] = {
            "answers": {key: value for key, value in answers.items() if value},
            "dates": {key: value.isoformat() for key, value in dates.items() if value},
            "pregnancy": {key: value for key, value in pregnancy.items() if value},
        }
        if self.ask_clearance and given.get(_name(load_asked().clearance)):
            found[CLEARANCE] = given[_name(load_asked().clearance)]
        return found

    @staticmethod
    def initial_of(section: dict[str, Any]) -> dict[str, Any]:
        """What stands in the form when it is opened."""
        pregnancy = section.get("pregnancy") or {}
        return {
            **{f"q-{name}": value for name, value in (section.get("answers") or {}).items()},
            **{f"on-{name}": value for name, value in (section.get("dates") or {}).items()},
            f"q-{CLEARANCE}": section.get(CLEARANCE, ""),
            "pregnancy_test": pregnancy.get("test", ""),
            "pregnancy_test_on": pregnancy.get("test_on"),
            "pregnancy_note": pregnancy.get("note", ""),
        }


def _name(question: Question) -> str:
    return f"q-{question.id}"


def _date(question: Question) -> str:
    return f"on-{question.id}"
