"""Entries of a session in words."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from upwell.pathway.session.words import _checklist


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2026-03-02T16:50:00.590207+00:00", "March 2, 2026, 10:50 a.m."),
        ("2026-03-02", "2026-03-02"),
        ("negative", "negative"),
        (True, "yes"),
        (False, "no"),
    ],
)
def test_times_on_the_checklist_are_those_of_the_practice(value, said):
    with timezone.override(ZoneInfo("America/Chicago")):
        assert _checklist({"item": "last_food_at", "value": value}).endswith(f": {said}")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (84, "The order was checked by a second person · 84 mg"),
        (41.5, "The order was checked by a second person · 41.5 mg"),
        (True, "The order was checked by a second person"),
        (False, "The order was looked at by a second person: it is not right."),
    ],
)
def test_a_check_of_the_order_is_said_in_words(value, said):
    assert _checklist({"item": "order-checked:0190a000-0000-7000-8000-00000000aaaa", "value": value}) == said
