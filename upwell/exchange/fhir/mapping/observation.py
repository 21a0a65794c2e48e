"""Measurements and findings."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from upwell.exchange.fhir.mapping.common import (
    ERROR,
    Columns,
    Links,
    codes,
    coding_of,
    dated,
    items,
    number,
    quantity_words,
    range_words,
    words_of,
)
from upwell.exchange.fhir.shapes import Json

_PLACES = Decimal("0.00000001")  # as many as the column keeps
_TOO_LARGE = Decimal(10) ** 16
Value = tuple[Decimal | None, str, str]  # number, unit, words


def observation(resource: Json, _links: Links) -> Columns:
    """A measurement or finding; where it has parts (a blood pressure), they are kept side by side."""
    effective_at, effective_text = dated(resource, "effective")
    value, unit, words = _value(resource)
    return {
        "status": resource.get("status") or "",
        "category": codes(resource.get("category")),
        "effective_at": effective_at,
        "effective_text": effective_text,
        "value_number": value,
        "value_unit": unit,
        "value_text": words,
        "components": [_component(part) for part in items(resource.get("component"))],
        "entered_in_error": resource.get("status") == ERROR,
    }


def _component(part: Json) -> Json:
    coding = coding_of(part.get("code"))
    value, unit, words = _value(part)
    return {
        "code_system": coding.get("system") or "",
        "code": coding.get("code") or "",
        "display": words_of(part.get("code")),
        "value_number": None if value is None else float(value),
        "value_unit": unit,
        "value_text": words,
    }


def _value(holder: Json) -> Value:
    if (quantity := holder.get("valueQuantity")) is not None:
        return _quantity(quantity)
    if (whole := holder.get("valueInteger")) is not None:
        exact = _exact(whole)
        return exact, "", "" if exact is not None else str(whole)
    for name, words in _WORDS.items():
        if holder.get(name) is not None:
            return None, "", words(holder[name])
    absent = words_of(holder.get("dataAbsentReason"))
    return None, "", f"no value: {absent}" if absent else ""


def _quantity(quantity: Json) -> Value:
    """A number only where it is one: "< 5" and what the column can't hold exactly stay words."""
    exact = None if quantity.get("comparator") else _exact(quantity.get("value"))
    unit = quantity.get("unit") or quantity.get("code") or ""
    return (exact, unit, "") if exact is not None else (None, unit, quantity_words(quantity))


def _exact(value: Any) -> Decimal | None:
    if value is None:
        return None
    exact = Decimal(str(value))
    if abs(exact) >= _TOO_LARGE or exact.quantize(_PLACES) != exact:
        return None
    return exact


def _ratio(ratio: Json) -> str:
    return f"{quantity_words(ratio.get('numerator'))} : {quantity_words(ratio.get('denominator'))}"


def _period(period: Json) -> str:
    return f"{period.get('start') or '…'} to {period.get('end') or '…'}"


def _samples(sampled: Json) -> str:
    return f"a series of samples, one every {number(sampled.get('period'))} ms"


_WORDS: dict[str, Callable[[Any], str]] = {
    "valueCodeableConcept": words_of,
    "valueBoolean": lambda flag: "yes" if flag else "no",
    "valueRange": range_words,
    "valueRatio": _ratio,
    "valuePeriod": _period,
    "valueSampledData": _samples,
    "valueString": str,
    "valueTime": str,
    "valueDateTime": str,
}
