"""The forms of integration: a visit by its template, a practice for daily life, a page of the journal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from upwell.base.limits import LONGEST_WORDS
from upwell.knowledge.loader import load_visit_template
from upwell.pathway.integration.actions import HabitWords, VisitFields, habits, journal
from upwell.pathway.integration.models import IntegrationVisit

TOO_LONG = _("This has %(show_value)d characters; at most %(limit_value)d fit. Shorten it.")
MOMENT = "%Y-%m-%dT%H:%M"
ASKED = (("yes", _("Yes, I asked")), ("no", _("No, I did not ask")))
ANSWERS = [
    (IntegrationVisit.Answer.NONE.value, _("No thoughts of suicide")),
    (IntegrationVisit.Answer.PRESENT.value, _("Thoughts of suicide")),
    (IntegrationVisit.Answer.UNCLEAR.value, _("No clear answer")),
]


def _text(
    label: Any, longest: int, *, hint: Any = "", rows: int = 4, required: bool = False
) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=longest,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}),
        error_messages={"max_length": TOO_LONG},
    )


def _line(label: Any, longest: int, *, hint: Any = "", required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=longest,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
        error_messages={"max_length": TOO_LONG},
    )


class VisitForm(forms.Form):
    """The note of an integration visit. A draft may be as empty as it is; what signing asks for, the action says."""

    is_all_optional = (
        True  # nothing is marked "(optional)": a draft needs no heading, signing needs the question
    )

    held_at = forms.DateTimeField(
        label=_("When it was"),
        input_formats=[MOMENT, "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(format=MOMENT, attrs={"type": "datetime-local"}),
        error_messages={
            "invalid": _(
                "There is no such moment. Write it as year-month-day and time, such as 2026-03-02T14:30."
            )
        },
    )
    way = forms.ChoiceField(label=_("How you met"), choices=IntegrationVisit.Way.choices)
    suicide_asked = forms.ChoiceField(label="", choices=ASKED, required=False, widget=forms.RadioSelect)
    suicide_answer = forms.ChoiceField(
        label=_("What did the person answer?"), choices=ANSWERS, required=False, widget=forms.RadioSelect
    )
    risk_done = _text(_("What was done"), LONGEST_WORDS, rows=3)
    process = _text(
        _("Process notes"),
        LONGEST_WORDS,
        hint=_(
            "Kept apart from the record: only therapists of your practice see them. The person does not, other roles"
            " do not, and no release opens them. What others must know, such as risk or plan, belongs above."
        ),
    )
    owner = forms.CharField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, has_process_notes: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        template = load_visit_template()
        for heading in template.headings:
            self.fields[f"words-{heading.id}"] = _text(heading.title, LONGEST_WORDS, hint=heading.hint)
        self.fields["suicide_asked"].label = template.risk.question
        self.fields["risk_done"].help_text = template.risk.done_hint
        if not has_process_notes:
            del self.fields["process"]

    @property
    def headings(self) -> list[forms.BoundField]:
        """The headings of the template, in their order."""
        return [self[f"words-{heading.id}"] for heading in load_visit_template().headings]

    def fields_given(self) -> VisitFields:
        """What the action takes. Only after ``is_valid``."""
        given = self.cleaned_data
        asked = given["suicide_asked"]
        return VisitFields(
            held_at=given["held_at"],
            way=given["way"],
            words={
                name.removeprefix("words-"): text for name, text in given.items() if name.startswith("words-")
            },
            suicide_asked={"yes": True, "no": False}.get(asked),
            suicide_answer=given["suicide_answer"],
            risk_done=given["risk_done"],
            process=given.get("process"),
        )


def visit_initial(visit: IntegrationVisit, process: str) -> dict[str, Any]:
    """A draft as the form shows it."""
    asked = {True: "yes", False: "no", None: ""}[visit.suicide_asked]
    return {
        "held_at": visit.held_at,
        "way": visit.way,
        "suicide_asked": asked,
        "suicide_answer": visit.suicide_answer,
        "risk_done": visit.risk_done,
        "process": process,
        "version": visit.version,
        **{f"words-{key}": text for key, text in visit.words.items()},
    }


class HabitForm(forms.Form):
    """A practice for daily life, in words."""

    what = _line(
        _("What"),
        habits.LONGEST["what"],
        hint=_("For example: ten minutes by the water, without the phone."),
        required=True,
    )
    how_often = _line(
        _("How often"), habits.LONGEST["how_often"], hint=_("In your own words: most mornings, on Sundays.")
    )
    why = _text(_("Why it matters"), habits.LONGEST["why"], rows=3)
    owner = forms.CharField(required=False, widget=forms.HiddenInput)

    def words(self) -> HabitWords:
        """What the action takes. Only after ``is_valid``."""
        given = self.cleaned_data
        return HabitWords(given["what"], given["how_often"], given["why"])


class OwnHabitForm(HabitForm):
    """The same, added by the person, who decides whether their team sees it."""

    shared = forms.BooleanField(
        label=_("Show it to my care team"),
        required=False,
        help_text=_("Leave this empty to keep it to yourself."),
    )
    field_order = ("what", "how_often", "why", "shared")


class EntryForm(forms.Form):
    """A page of the journal."""

    words = _text(_("Your words"), journal.LONGEST, rows=12, required=True)
    day = forms.DateField(
        label=_("Day"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "invalid": _("There is no such day. Write it as year-month-day, such as 2026-03-02.")
        },
    )
    owner = forms.CharField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    prompt = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)
