"""What flows between the steps of a scoring: numbers, words, yes or no, and None for what is not known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

Number = int | float | Fraction
Value = Number | str | bool | None
Values = Mapping[str, Value]
Evaluate = Callable[[Values], Value]


def plain_number(value: Number) -> int | float:
    """A number as JSON speaks it: whole where it is whole."""
    whole = int(value)
    return whole if whole == value else float(value)


def round_half_up(value: Number) -> int | float:
    """The nearest whole number, halves upwards; exact, so that no half is lost to floating point."""
    exact = Fraction(value)
    whole, rest = divmod(exact.numerator, exact.denominator)
    return whole + (rest + rest >= exact.denominator)


ROUNDING: Mapping[str, Callable[[Number], int | float]] = {"half-up": round_half_up}
