"""Ways of filling in a missing item. The filled-in value is used for totals only, never to judge risk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from upwell.science.scoring.values import Value

Fill = Callable[[Sequence[Any]], Value]


def mean_of_answered(answered: Sequence[Any]) -> Value:
    """Mean substitution: a missing item gets the mean of the answered ones, exact until the total."""
    return Fraction(sum(map(Fraction, answered)), len(answered))


IMPUTATIONS: Mapping[str, Fill] = {"mean-substitution": mean_of_answered}
