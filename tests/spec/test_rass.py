"""RASS as a monitor rates it: +4 combative to -5 unrousable. Source: Sessler 2002."""

from __future__ import annotations

import pytest

from tests.spec.forms import assert_no_total, finding, scored
from upwell.base.errors import BadInput
from upwell.knowledge.loader import load_instrument
from upwell.science.scoring import score

LEVELS = [
    (4, "combative"),
    (3, "very-agitated"),
    (2, "agitated"),
    (1, "restless"),
    (0, "alert-calm"),
    (-1, "drowsy"),
    (-2, "light-sedation"),
    (-3, "moderate-sedation"),
    (-4, "deep-sedation"),
    (-5, "unrousable"),
]


@pytest.mark.parametrize(("rating", "band"), LEVELS)
def test_each_level_has_its_name(rating: int, band: str) -> None:
    result = scored("rass", {"1": rating})
    assert (result.status, result.total, result.band) == ("complete", rating, band)
    assert result.flags == (("unrousable",) if rating == -5 else ())


def test_unrousable_is_an_emergency() -> None:
    assert finding(scored("rass", {"1": -5}), "unrousable").severity == "emergency"


def test_not_rated_and_0_are_not_the_same() -> None:
    assert_no_total(scored("rass", {}), "1")
    assert scored("rass", {"1": 0}).total == 0


@pytest.mark.parametrize("rating", [5, -6, 0.5])
def test_what_is_no_level_is_refused(rating: float) -> None:
    with pytest.raises(BadInput):
        score(load_instrument("rass"), {"1": rating})


def test_the_code_is_marked_as_uncertain() -> None:
    code = load_instrument("rass").loinc_total
    assert code
    assert (code.code, code.provenance.confidence, code.provenance.verify) == ("54632-5", "M", True)
