"""Vital signs and weight, with the minute at which they were measured."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from upwell.base.clock import now
from upwell.base.errors import BadInput
from upwell.knowledge.vitals import load_vital_signs
from upwell.pathway.screening.forms.numbers import NumberField


class VitalsForm(forms.Form):
    """When, and each number that was measured."""

    is_all_optional = True  # the page says so once

    day = forms.DateField(label="", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time = forms.TimeField(label="", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        here = timezone.localtime(now())
        kwargs.setdefault(
            "initial", {"day": here.date(), "time": here.time().replace(second=0, microsecond=0)}
        )
        super().__init__(*args, **kwargs)
        shapes: Any = self.fields
        shapes["day"].label, shapes["time"].label = _("Measured on"), _("at")
        for fact, sign in load_vital_signs().signs.items():
            shapes[self.name_of(fact)] = NumberField(fact, label=f"{_(sign.title)} ({sign.words})")

    @staticmethod
    def name_of(fact: str) -> str:
        """The name of the field for a fact."""
        return fact.replace(".", "-")

    def measures(self) -> list[forms.BoundField]:
        """The fields of the numbers, in order."""
        return [self[self.name_of(fact)] for fact in load_vital_signs().signs]

    def values(self) -> dict[str, float]:
        """What was measured, by fact."""
        found = {fact: self.cleaned_data.get(self.name_of(fact)) for fact in load_vital_signs().signs}
        return {fact: value for fact, value in found.items() if value is not None}

    def moment(self) -> datetime:
        """When it was measured, on the practice's clock."""
        naive = datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"])
        return timezone.make_aware(naive)

    def refuse(self, error: BadInput) -> None:
        """Put a refusal beside the field that it is about."""
        name = self.name_of(error.path or "")
        self.add_error("day" if error.path == "at" else name if name in self.fields else None, error.message)
