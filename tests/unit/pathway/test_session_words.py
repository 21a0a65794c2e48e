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
