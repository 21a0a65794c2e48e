"""Filters of pages: an amount is never read as ten times as much."""

from __future__ import annotations

import pytest

from upwell.web.templatetags.upwell_ui import amount


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (48.8, "48.8"), (84.0, "84"), (84, "84"), (0, "0"), (0.5, "0.5"), (12.25, "12.25"), (1000.0, "1000"),
        (34.000000001, "34"), (None, "None"),
    ],
)  # fmt: skip
def test_an_amount_has_no_zero_at_its_end(value, said):
    assert amount(value) == said
