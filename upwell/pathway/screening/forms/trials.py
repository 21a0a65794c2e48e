"""Earlier treatments in this and former episodes, and how long and severe the episode is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upwell.knowledge.gates.loader import load_treatment
from upwell.pathway.screening.forms.numbers import (
    DAILY_MG,
    MONTHS,
    PERCENT,
    WEEKS,
    NumberField,
    three_ways,
)
from upwell.science.rules.trials import find_antidepressant

MOST, SPARE = 30, 2
SEVERITIES = (
    ("", gettext_lazy("Not known")),
    ("subsyndromal", gettext_lazy("Below a syndrome")),
    ("mild", gettext_lazy("Mild")),
    ("moderate", gettext_lazy("Moderate")),
    ("severe", gettext_lazy("Severe")),
)
_TRIAL_NUMBERS = (
    ("max_dose_mg_per_day", gettext_lazy("Highest dose, mg a day"), DAILY_MG, "150 mg"),
    ("weeks_at_or_above_minimum", gettext_lazy("Weeks at a sufficient dose"), WEEKS, "8 wk"),
    ("adherence_percent", gettext_lazy("Taken as prescribed, %"), PERCENT, "80 %"),
    ("benefit_percent", gettext_lazy("Helped, % better"), PERCENT, "20 %"),
)


class TrialForm(forms.Form):
    """One treatment that was tried."""

    is_all_optional = True  # the page says so once

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    system = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    code = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    from_record = forms.BooleanField(required=False, widget=forms.HiddenInput)

    display = forms.CharField(
        required=False, max_length=200, widget=forms.TextInput(attrs={"list": "antidepressants"})
    )
    stopped_because = forms.CharField(required=False, max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shapes: Any = self.fields
        shapes["display"].label = _("Medicine")
        stopped = shapes.pop("stopped_because")
        for name, label, units, example in _TRIAL_NUMBERS:
            shapes[name] = NumberField(f"trials.{name}", units=units, example=example, label=label)
        shapes["current_episode"] = three_ways(_("In the present episode"))
        stopped.label = _("Why it was stopped")
        shapes["stopped_because"] = stopped

    def clean(self) -> dict[str, Any]:
        """A line with numbers names its medicine."""
        given = super().clean() or {}
        if not given.get("display") and any(given.get(name) is not None for name, *_more in _TRIAL_NUMBERS):
            self.add_error("display", _("Name the medicine."))
        return given

    def trial(self) -> dict[str, Any] | None:
        """The trial in the contract's shape; None for a line that was left empty."""
        given = {key: value for key, value in self.cleaned_data.items() if value not in (None, "")}
        if not given.get("display"):
            return None
        if "id" in given:
            given["id"] = str(given["id"])
        if not _named_by_code(given):  # another medicine than the one that the code names
            given = {key: value for key, value in given.items() if key not in ("system", "code")}
        return given


def _named_by_code(given: dict[str, Any]) -> bool:
    treatment = load_treatment()
    named = find_antidepressant({"display": given["display"]}, treatment)
    return named is not None and named.rxnorm == given.get("code")


TrialForms = forms.formset_factory(TrialForm, extra=SPARE, max_num=MOST, absolute_max=MOST, validate_max=True)


class EpisodeForm(forms.Form):
    """The present episode."""

    is_all_optional = True  # the page says so once

    severity = forms.ChoiceField(required=False, choices=SEVERITIES)
    none = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shapes: Any = self.fields
        none, severity = shapes.pop("none"), shapes.pop("severity")
        none.label = _("Asked: no antidepressant was tried before")
        severity.label = _("How severe")
        shapes["duration_months"] = NumberField(
            "episode.duration_months", units=MONTHS, example="18", label=_("How long, in months")
        )
        shapes["severity"] = severity
        for name, label in (
            ("psychotic", _("With psychotic features")),
            ("augmentation_used", _("Augmentation was used")),
            ("ect_used", _("ECT was used")),
            ("ect_bilateral", _("If so, bilateral ECT")),
        ):
            shapes[name] = three_ways(label)
        shapes["none"] = none

    def episode(self) -> dict[str, Any]:
        """The episode in the contract's shape."""
        return {
            key: value
            for key, value in self.cleaned_data.items()
            if key != "none" and value not in (None, "")
        }

    @staticmethod
    def initial_of(section: dict[str, Any]) -> dict[str, Any]:
        """What stands in the form when it is opened."""
        return {**as_choices(section.get("episode") or {}), "none": section.get("none", False)}


def as_choices(kept: dict[str, Any]) -> dict[str, Any]:
    """Yes and no as the choices of a form."""
    return {
        key: ("yes" if value else "no") if isinstance(value, bool) else value for key, value in kept.items()
    }
