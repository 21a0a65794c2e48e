"""Checks answers before they are scored: unknown items, wrong types and values out of range are refused."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from reprlib import repr as shorten
from typing import Any

from upwell.base.errors import BadInput
from upwell.knowledge.instrument import Instrument, Item, Response, Scalar, Scale
from upwell.knowledge.loader import load_context_rules

CONTEXT = "context"
_CONTEXT_KEYS = ("sex", "age_years")


def split_context(document: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The answers and the context of an input: one object, the context under ``context``."""
    if not isinstance(document, dict):
        raise BadInput('The answers must be an object of item to value, such as {"1": 2, "2": 0}.', path="")
    answers = {key: value for key, value in document.items() if key != CONTEXT}
    context = document.get(CONTEXT)
    if context is None:
        return answers, {}
    if not isinstance(context, dict):
        raise BadInput("The context must be an object with sex and age_years.", path=CONTEXT)
    return answers, context


def check_context(context: Mapping[str, Any]) -> dict[str, Scalar]:
    """The context as values that a scoring may look at; refuses what is unknown or implausible."""
    rules = load_context_rules()
    for key in context:
        if key not in _CONTEXT_KEYS:
            known = ", ".join(_CONTEXT_KEYS)
            raise BadInput(f"“{key}” is not part of the context. Known: {known}.", path=_path(key))
    values: dict[str, Scalar] = {}
    sex, age = context.get("sex"), context.get("age_years")
    if sex is not None:
        if sex not in rules.sexes:
            raise BadInput(f"The sex must be one of {', '.join(rules.sexes)}.", path=_path("sex"))
        values[_path("sex")] = sex
    if age is not None:
        low, high = rules.age_minimum_years, rules.age_maximum_years
        if not _is_number(age) or not low <= age <= high:
            message = f"The age in years must be a number from {low} to {high}."
            raise BadInput(message, path=_path("age_years"))
        values[_path("age_years")] = age
    return values


def _path(key: object) -> str:
    return f"{CONTEXT}.{key}"


def refuse_unknown(instrument: Instrument, answers: Mapping[str, Any]) -> None:
    """Name the first answer that belongs to no item of the instrument."""
    known = [item.id for item in instrument.items]
    for key in answers:
        if key not in known:
            items = f"{known[0]} to {known[-1]}"
            raise BadInput(f"{instrument.name} has no item “{key}”. Its items are {items}.", path=str(key))


def check_answer(instrument: Instrument, item: Item, value: Any) -> Response:
    """One answer, as the response that was chosen; refuses what the item does not offer."""
    for response in item.responses:
        if _is(response.value, value) or (isinstance(value, str) and value in response.also):
            return response
    if item.scale is not None and _is_number(value) and item.scale.minimum <= value <= item.scale.maximum:
        return Response(value, str(value))
    where = f"{instrument.name} item {item.id}"
    kinds = {_kind(response.value) for response in item.responses} | {"number" for _ in _scale(item)}
    if _kind(value) not in kinds:
        raise BadInput(f"{where}: {_describe(value)} can't be an answer. {_offer(item)}", path=item.id)
    raise BadInput(f"{where}: {shorten(value)} is not offered. {_offer(item)}", path=item.id)


def _is(offered: Scalar, value: Any) -> bool:
    """Whether a value is the one that is offered: 1.0 is 1, and true is not."""
    kind = _kind(offered)
    return kind == _kind(value) and bool(offered == value)


def _scale(item: Item) -> tuple[Scale, ...]:
    return () if item.scale is None else (item.scale,)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "yes or no"
    if _is_number(value):
        return "number"
    return "text" if isinstance(value, str) else "other"


def _is_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and isfinite(value))


def _describe(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "text"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, int | float):
        return "a number" if _is_number(value) else "a number that is not finite"
    return type(value).__name__


def _offer(item: Item) -> str:
    choices = [f"a number from {scale.minimum} to {scale.maximum}" for scale in _scale(item)]
    choices += [_choice(response) for response in item.responses]
    return f"Choose one of: {', '.join(choices)}; or leave it out."


def _choice(response: Response) -> str:
    value = shown(response.value)
    return value if value == response.text else f"{value} ({response.text})"


def shown(value: Scalar) -> str:
    """A value as it is written in an answer file."""
    return str(value).lower() if isinstance(value, bool) else str(value)
