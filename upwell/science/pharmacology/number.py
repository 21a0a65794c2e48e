"""Numbers that people give: plausible ones only, within limits that are data."""

from __future__ import annotations

import math
from typing import Any

from upwell.base.errors import BadInput
from upwell.knowledge.pharmacology import load_facts

UNITS = {
    "dose_mg": "mg",
    "weight_kg": "kg",
    "age_years": "years",
    "infusion_min": "minutes",
    "device_interval_min": "minutes",
    "until_min": "minutes",
    "every_h": "hours",
    "above_ng_ml": "ng/mL",
}


def number(value: Any, what: str, *, path: str = "", above_minimum: bool = False) -> float:
    """A number within its limits; ``what`` names the limit and, after ``path``, the place of an error."""
    place = f"{path}{what}"
    unit = UNITS.get(what, "")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadInput(f"{_said(value)} is not a number{' of ' + unit if unit else ''}.", path=place)
    limit = load_facts().limits[what]
    if not math.isfinite(value):
        raise BadInput(f"{value} is not a number{' of ' + unit if unit else ''}.", path=place)
    too_low = value <= limit.minimum if above_minimum else value < limit.minimum
    if too_low or value > limit.maximum:
        low = f"more than {limit.minimum:g}" if above_minimum else f"{limit.minimum:g}"
        raise BadInput(
            f"{value:g} is not plausible: {low} to {limit.maximum:g} {unit}".rstrip() + ".", path=place
        )
    return float(value)


def whole(value: Any, what: str, *, path: str = "") -> int:
    """A whole number within its limits."""
    checked = number(value, what, path=path)
    if not checked.is_integer():
        raise BadInput(f"{value:g} is not a whole number.", path=f"{path}{what}")
    return int(checked)


def moment(value: Any, place: str) -> float:
    """A time in minutes, zero or later."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadInput(f"{_said(value)} is not a time in minutes.", path=place)
    if value < 0:
        raise BadInput(f"{value:g} is before the first dose; times start at 0.", path=place)
    maximum = load_facts().limits["until_min"].maximum
    if value > maximum:
        raise BadInput(f"{value:g} is too late: up to {maximum:g} minutes.", path=place)
    return float(value)


def _said(value: Any) -> str:
    return f"“{str(value)[:40]}”"
