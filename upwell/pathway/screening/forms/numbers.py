"""Numbers as people type them: with a comma or a point, within what is possible."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from upwell.knowledge.gates.loader import load_fact_book

_NUMBER = re.compile(r"-?[0-9]{1,9}(?:[.,][0-9]{1,6})?", re.ASCII)


class NumberField(forms.CharField):
    """A number; ``fact`` names the range that is possible at all (knowledge: gates/facts.toml)."""

    def __init__(self, fact: str, **kwargs: Any) -> None:
        self.fact = fact
        attrs = {"inputmode": "decimal", "autocomplete": "off", "maxlength": "16", **kwargs.pop("attrs", {})}
        super().__init__(required=False, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> Any:
        """The number; None where nothing was entered."""
        text = super().clean(value).strip()
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            raise ValidationError(_("“%(text)s” is not a number. Write it like 82.5.") % {"text": text[:40]})
        number = float(text.replace(",", "."))
        entry = load_fact_book().entries[self.fact]
        if entry.possible is not None and not entry.possible[0] <= number <= entry.possible[1]:
            low, high = entry.possible
            raise ValidationError(
                _("%(number)s is not possible (%(low)s to %(high)s). Check number and unit.")
                % {"number": f"{number:g}", "low": f"{low:g}", "high": f"{high:g}"}
            )
        return int(number) if number == int(number) else number


def three_ways(label: str, **kwargs: Any) -> forms.TypedChoiceField:
    """Yes, no, or not asked: an answer that nobody gave is neither."""
    return forms.TypedChoiceField(
        label=label,
        required=False,
        choices=[("", _("Not asked")), ("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        **kwargs,
    )
