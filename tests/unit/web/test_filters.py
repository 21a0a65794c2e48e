"""Filters of pages: an amount is never read as ten times as much."""

from __future__ import annotations

import pytest

from upwell.web.templatetags.upwell_ui import amount, fact_label


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (48.8, "48.8"), (84.0, "84"), (84, "84"), (0, "0"), (0.5, "0.5"), (12.25, "12.25"), (1000.0, "1000"),
        (34.000000001, "34"), (None, "None"),
    ],
)  # fmt: skip
def test_an_amount_has_no_zero_at_its_end(value, said):
    assert amount(value) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("vitals.bp", "Blood pressure"),
        ("vitals.bp (again)", "Blood pressure (once more)"),
        ("vitals.spo2_percent (baseline)", "Oxygen saturation (before the dose)"),
        ("vitals.bp_systolic_mmhg (previous)", "Systolic blood pressure (the one before)"),
        ("answers.9", "Item 9"),
        ("score.phq-9", "PHQ-9"),
        ("something (else)", "something (else)"),
    ],
)
def test_a_fact_is_called_as_people_call_it_and_which_reading(name, said):
    assert str(fact_label(name)) == said
