"""Checks a file of facts against its published schema, and says in words what can't be taken."""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from upwell.base.errors import BadInput
from upwell.knowledge.schemas import load_schema


def check_facts(document: Any) -> None:
    """Refuse facts that the schema does not allow, with the path of what is wrong."""
    error = best_match(_validator().iter_errors(document))
    if error is not None:
        raise _refusal(error)


def _refusal(error: ValidationError) -> BadInput:
    place = [str(part) for part in error.absolute_path]
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        return _unknown_key(error, place)
    if error.validator == "required" and isinstance(error.instance, dict):
        absent = next(name for name in _wanted(error) if name not in error.instance)
        return BadInput(f"“{absent}” is missing.", path=".".join([*place, absent]))
    return BadInput(_words(error), path=".".join(place) or None)


def _unknown_key(error: ValidationError, place: list[str]) -> BadInput:
    known = _allowed(error)
    given: Any = error.instance
    unknown = sorted(key for key in given if key not in known)[0]
    close = [key for key in known if key.split("_")[0] == unknown.split("_")[0]]
    hint = f" There is {', '.join(close)}." if close else ""
    return BadInput(
        f"“{_short(unknown)}” is not a fact that is known here; nothing is guessed from it.{hint}",
        path=".".join([*place, unknown]),
    )


def _words(error: ValidationError) -> str:
    given, rule = _short(error.instance), error.validator
    if rule == "enum":
        allowed = ", ".join(str(one) for one in _wanted(error) if one is not None)
        return f"“{given}” is not one of: {allowed}."
    if rule == "pattern":
        return f"“{given}” is not a time of these centuries. Write it like 2026-03-02T10:00:00-05:00."
    if rule == "type":
        kinds: Any = error.validator_value
        wanted = " or ".join(kinds) if isinstance(kinds, list) else str(kinds)
        return f"“{given}” should be: {wanted}."
    if rule in ("minimum", "maximum"):
        return f"{given} is not possible. Check number and unit."
    return f"{_short(error.message)}."


def _allowed(error: ValidationError) -> dict[str, Any]:
    schema: Any = error.schema
    properties: dict[str, Any] = schema["properties"]
    return properties


def _wanted(error: ValidationError) -> list[Any]:
    value: Any = error.validator_value
    return list(value)


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    limit = 60
    return text if len(text) <= limit else f"{text[:limit]}…"


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(load_schema("facts"))
