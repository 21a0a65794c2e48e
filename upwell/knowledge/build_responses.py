"""Turns the answers that a file offers into responses or a scale: listed one by one, or as a range."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from upwell.knowledge.instrument import Code, Response, Scale

Raw = Mapping[str, Any]
ReadCode = Callable[[Raw | None], Code | None]


def build_responses(raw: Sequence[Raw] | Raw, code: ReadCode) -> tuple[Response, ...]:
    """The answers, lowest first, then those beside the range (``na``); none where any number can be given."""
    if not isinstance(raw, Mapping):
        return tuple(_response(one, code) for one in raw)
    texts = raw.get("texts", {})
    numbers = tuple(Response(one, texts.get(str(one), str(one))) for one in _numbers(raw))
    return numbers + tuple(_response(one, code) for one in raw.get("beside", ()))


def build_scale(raw: Sequence[Raw] | Raw) -> Scale | None:
    """The scale, where any number between two ends can be given."""
    if not isinstance(raw, Mapping) or "step" in raw:
        return None
    low, high = raw["minimum"], raw["maximum"]
    texts = raw.get("texts", {})
    return Scale(low, high, texts.get(str(low), ""), texts.get(str(high), ""))


def _response(raw: Raw, code: ReadCode) -> Response:
    return Response(**{**raw, "loinc": code(raw.get("loinc")), "also": tuple(raw.get("also", ()))})


def _numbers(raw: Raw) -> Iterator[int | float]:
    """Each number that can be answered, exact in its steps: 0, 0.5, 1 …"""
    if "step" not in raw:
        return
    step = Fraction(str(raw["step"]))
    current, last = Fraction(str(raw["minimum"])), Fraction(str(raw["maximum"]))
    while current <= last:
        yield int(current) if current.denominator == 1 else float(current)
        current += step
