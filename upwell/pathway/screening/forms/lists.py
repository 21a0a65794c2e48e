"""Conditions and medicines that the person tells of and the record does not have."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST_LINES, LONGEST_LINE = 60, 200


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


class LinesField(forms.CharField):
    """One entry on each line."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 4, "dir": "auto"})
        super().__init__(required=False, widget=widget, strip=False, max_length=10_000, **kwargs)

    def clean(self, value: Any) -> Any:
        """The lines, each once."""
        lines = _lines(super().clean(value))
        if len(lines) > MOST_LINES:
            raise ValidationError(_("More than %(n)d lines. Shorten the list.") % {"n": MOST_LINES})
        for line in lines:
            if len(line) > LONGEST_LINE:
                raise ValidationError(
                    _("“%(start)s…” is longer than %(n)d characters.")
                    % {"start": line[:40], "n": LONGEST_LINE}
                )
        return lines


class ListsForm(forms.Form):
    """What was told, and whether the lists were gone through with the person."""

    is_all_optional = True  # the page says so once

    medicines = LinesField()
    no_other_medicines = forms.BooleanField(required=False)
    conditions = LinesField()
    no_other_conditions = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shapes: Any = self.fields
        shapes["medicines"].label = _("Medicines that the record does not have")
        shapes["medicines"].help_text = _(
            "One on each line, with the dose; also what is bought without a prescription."
        )
        shapes["no_other_medicines"].label = _("Gone through with the person: nothing else is taken")
        shapes["conditions"].label = _("Conditions that the record does not have")
        shapes["conditions"].help_text = _("One on each line.")
        shapes["no_other_conditions"].label = _("Gone through with the person: there is nothing else")

    def content(self) -> dict[str, Any]:
        """The section as it is kept."""
        return {key: value for key, value in self.cleaned_data.items() if value}

    @staticmethod
    def initial_of(section: dict[str, Any]) -> dict[str, Any]:
        """What stands in the form when it is opened."""
        return {
            **section,
            "medicines": "\n".join(section.get("medicines", ())),
            "conditions": "\n".join(section.get("conditions", ())),
        }
