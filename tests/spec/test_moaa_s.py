"""MOAA/S as a monitor rates it: 5 awake to 0 no response. Label: sedation below 5, loss of consciousness at 0."""

from __future__ import annotations

import pytest

from tests.spec.forms import assert_no_total, finding, scored
from upwell.base.errors import BadInput
from upwell.knowledge.loader import load_instrument
from upwell.science.scoring import score

TABLE = [
    (5, False, False),
    (4, True, False),
    (3, True, False),
    (2, True, False),
    (1, True, False),
    (0, True, True),
]


@pytest.mark.parametrize(("rating", "sedation", "unconscious"), TABLE)
def test_sedation_and_loss_of_consciousness(rating: int, sedation: bool, unconscious: bool) -> None:
    result = scored("moaa-s", {"1": rating})
    assert (result.status, result.total) == ("complete", rating)
    assert result.algorithms == {"sedation": sedation, "loss_of_consciousness": unconscious}
    assert result.flags == (("loss-of-consciousness",) if unconscious else ())


def test_no_response_is_an_emergency() -> None:
    assert finding(scored("moaa-s", {"1": 0}), "loss-of-consciousness").severity == "emergency"


def test_not_rated() -> None:
    assert_no_total(scored("moaa-s", {}), "1")


@pytest.mark.parametrize("rating", [-1, 6, 4.5])
def test_what_is_no_rating_is_refused(rating: float) -> None:
    with pytest.raises(BadInput):
        score(load_instrument("moaa-s"), {"1": rating})
