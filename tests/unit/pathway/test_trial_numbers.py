"""Doses and times as people type them: what says one thing is read, what says two is refused and never guessed."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from upwell.pathway.screening.forms.numbers import DAILY_MG, MONTHS, PERCENT, WEEKS, NumberField

DOSE = NumberField("trials.max_dose_mg_per_day", units=DAILY_MG, example="150 mg")
TIME = NumberField("trials.weeks_at_or_above_minimum", units=WEEKS, example="8 wk")
SHARE = NumberField("trials.adherence_percent", units=PERCENT, example="80 %")
LONG = NumberField("episode.duration_months", units=MONTHS, example="18")
WEIGHT = NumberField("person.weight_kg")


@pytest.mark.parametrize(
    ("field", "text", "number"),
    [
        (DOSE, "150", 150),
        (DOSE, "150 mg", 150),
        (DOSE, "150mg", 150),
        (DOSE, "150 MG/day", 150),
        (DOSE, "150 mg a day", 150),
        (DOSE, " 150  mg  daily ", 150),
        (DOSE, "37.5 mg/d", 37.5),
        (DOSE, "37,5 mg", 37.5),
        (DOSE, "1.5 g", 1500),
        (DOSE, "0,125 mg", 0.125),
        (DOSE, "125 mcg", 0.125),
        (TIME, "8", 8),
        (TIME, "8 wk", 8),
        (TIME, "8 wks.", 8),
        (TIME, "8 weeks", 8),
        (TIME, "8w", 8),
        (TIME, "42 days", 6),
        (TIME, "41 days", 5.857),  # and never the 6 weeks that count as enough
        (SHARE, "80 %", 80),
        (SHARE, "80%", 80),
        (LONG, "18 months", 18),
        (LONG, "1.5 years", 18),
        (WEIGHT, "82,5", 82.5),
        (WEIGHT, "82 kg", 82),
        (DOSE, "", None),
    ],
)
def test_what_says_one_thing_is_read(field: NumberField, text: str, number: float | None) -> None:
    assert field.clean(text) == number


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (DOSE, "150 lb"),
        (DOSE, "2 mg/kg"),
        (DOSE, "75 mg twice daily"),  # each time, or in all?
        (DOSE, "75 mg bid"),
        (DOSE, "2 x 75 mg"),
        (DOSE, "150-200 mg"),
        (DOSE, "150 mg/week"),
        (DOSE, "about 150 mg"),
        (DOSE, "150 tablets"),
        (DOSE, "1,500 mg"),  # fifteen hundred, or one and a half?
        (DOSE, "150 8 wk"),
        (TIME, "2 months"),  # no whole number of weeks
        (TIME, "8-10 wk"),
        (TIME, "> 8 weeks"),
        (TIME, "150 mg"),
        (LONG, "78 weeks"),
        (WEIGHT, "180 lb"),
        (WEIGHT, "1,200"),
    ],
)
def test_what_says_two_things_or_another_is_refused_with_how_to_write_it(
    field: NumberField, text: str
) -> None:
    with pytest.raises(ValidationError) as told:
        field.clean(text)
    words = told.value.messages[0]
    assert text in words
    assert "Write" in words
