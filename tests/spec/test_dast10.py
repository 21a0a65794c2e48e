"""DAST-10 as a clinician reads it: a yes is a point, but in item 3 a no. Source: Skinner 1982; cut-off 3 (M)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.forms import assert_no_total, scored, without, yes_to
from upwell.base.errors import BadInput
from upwell.knowledge.loader import load_instrument
from upwell.science.scoring import score

OTHERS = (1, 2, 4, 5, 6, 7, 8, 9, 10)


def form(points: int) -> dict[str, Any]:
    """A form of so many points, with a yes to item 3 as long as the other nine suffice."""
    return yes_to([*OTHERS[:points], *([3] if points <= len(OTHERS) else [])], of=10)


BANDS = [
    (0, "none", False),
    (1, "low", False),
    (2, "low", False),
    (3, "moderate", True),
    (4, "moderate", True),
    (5, "moderate", True),
    (6, "substantial", True),
    (8, "substantial", True),
    (9, "severe", True),
    (10, "severe", True),
]


@pytest.mark.parametrize(("points", "band", "positive"), BANDS)
def test_total_band_and_screen(points: int, band: str, positive: bool) -> None:
    result = scored("dast-10", form(points))
    assert (result.status, result.total, result.band) == ("complete", points, band)
    assert result.algorithms == {"positive": positive}


def test_item_3_is_reversed() -> None:
    assert scored("dast-10", yes_to([], of=10)).total == 1
    assert scored("dast-10", yes_to([3], of=10)).total == 0
    assert scored("dast-10", yes_to(range(1, 11), of=10)).total == 9


@pytest.mark.parametrize("item", range(1, 11))
def test_a_blank_means_no_total(item: int) -> None:
    assert_no_total(scored("dast-10", without(form(5), str(item))), str(item))


@pytest.mark.parametrize("value", [0, 1, "yes", "no"])
def test_answers_are_yes_or_no(value: object) -> None:
    with pytest.raises(BadInput) as refused:
        score(load_instrument("dast-10"), {"3": value})
    assert refused.value.path == "3"


def test_codes() -> None:
    dast = load_instrument("dast-10")
    assert dast.loinc_panel
    assert dast.loinc_total
    assert (dast.loinc_panel.code, dast.loinc_total.code) == ("82666-9", "82667-7")
