"""Numbers as people type them: with a comma or a point, within what is possible."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from upwell.knowledge.gates.loader import load_fact_book

MOST_PLACES = 3  # behind the point, as the record keeps them

_NUMBER = re.compile(r"-?[0-9]{1,9}(?:[.,][0-9]{1,6})?", re.ASCII)
_WITH_UNIT = re.compile(rf"({_NUMBER.pattern})\s*([^\d\s].*)?", re.ASCII)
_THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2},[0-9]{3}", re.ASCII)  # 1,500: fifteen hundred, or one and a half?

# Units that people write behind a number, with what makes one of them the unit of the field. Others are refused.
_A_DAY = ("", "/d", "/day", " a day", " per day", " daily", " once daily", "/24h")
_MASS: dict[str, Fraction] = {
    **dict.fromkeys(("mg", "milligram", "milligrams"), Fraction(1)),
    **dict.fromkeys(("g", "gram", "grams"), Fraction(1000)),
    **dict.fromkeys(("µg", "μg", "mcg", "microgram", "micrograms"), Fraction(1, 1000)),
}
DAILY_MG = {f"{unit}{often}": times for often in _A_DAY for unit, times in _MASS.items()}
WEEKS = {
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), Fraction(1)),
    **dict.fromkeys(("d", "day", "days"), Fraction(1, 7)),
}
MONTHS = {
    **dict.fromkeys(("m", "mo", "mos", "month", "months"), Fraction(1)),
    **dict.fromkeys(("y", "yr", "yrs", "year", "years"), Fraction(12)),
}
PERCENT = dict.fromkeys(("%", "percent", "per cent"), Fraction(1))


class NumberField(forms.CharField):
    """A number; ``fact`` names the range that is possible at all (knowledge: gates/facts.toml).

    ``units`` are those that may stand behind it; ``example`` is how to write it.
    """

    def __init__(
        self, fact: str, *, units: Mapping[str, Fraction] | None = None, example: str = "82.5", **kwargs: Any
    ) -> None:
        self.fact, self.units, self.example = fact, units or {}, example
        mode = "text" if units else "decimal"
        attrs = {"inputmode": mode, "autocomplete": "off", "maxlength": "40", **kwargs.pop("attrs", {})}
        super().__init__(required=False, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> Any:
        """The number; None where nothing was entered."""
        text = super().clean(value).strip()
        if not text:
            return None
        number = self._read(text)
        entry = load_fact_book().entries[self.fact]
        if entry.possible is not None and not entry.possible[0] <= number <= entry.possible[1]:
            low, high = entry.possible
            raise ValidationError(
                _("%(number)s is not possible (%(low)s to %(high)s). Check number and unit.")
                % {"number": f"{number:g}", "low": f"{low:g}", "high": f"{high:g}"}
            )
        return int(number) if number == int(number) else number

    def _read(self, text: str) -> float:
        """The number in the field's own unit. What can be read in two ways is not guessed at."""
        found = _WITH_UNIT.fullmatch(text)
        said = {"text": text[:40], "example": self.example}
        if found is None:
            raise ValidationError(_("“%(text)s” is not one number. Write it like %(example)s.") % said)
        digits, unit = found.group(1), " ".join((found.group(2) or "").lower().split())
        if _THOUSANDS.fullmatch(digits):
            words = _("“%(text)s” can be read in two ways. Write 1500 for thousands, or 1.5 with a point.")
            raise ValidationError(words % said)
        times = Fraction(1) if not unit else self._times(unit)
        if times is None:
            words = _(
                "“%(text)s”: what stands behind the number is not known here. Write it like %(example)s."
            )
            raise ValidationError(words % said)
        exact = Fraction(digits.replace(",", ".")) * times
        return float(round(exact, MOST_PLACES))

    def _times(self, unit: str) -> Fraction | None:
        plain = unit.rstrip(".").replace("/ ", "/").replace(" /", "/")
        own = load_fact_book().entries[self.fact].unit
        return self.units.get(plain) or (Fraction(1) if own and plain == own.lower() else None)


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
