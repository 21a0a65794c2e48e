"""Says in words what a published schema does not allow, with the path of what is wrong."""

from __future__ import annotations

from typing import Any

from jsonschema.exceptions import ValidationError

from upwell.base.errors import BadInput

_AS_JSON = {"None": "null", "True": "true", "False": "false"}
_UUID_PATTERN = "^[0-9a-fA-F]{8}-"


def refusal(error: ValidationError, *, what: str) -> BadInput:
    """The refusal for one breach; ``what`` is what an unknown key is not (“a fact”)."""
    place = [str(part) for part in error.absolute_path]
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        return _unknown_key(error, place, what)
    if error.validator == "required" and isinstance(error.instance, dict):
        absent = next(name for name in _wanted(error) if name not in error.instance)
        return BadInput(f"“{absent}” is missing.", path=".".join([*place, absent]))
    return BadInput(_words(error), path=".".join(place) or None)


def _unknown_key(error: ValidationError, place: list[str], what: str) -> BadInput:
    known = _allowed(error)
    given: Any = error.instance
    unknown = sorted(key for key in given if key not in known)[0]
    close = [key for key in known if key.split("_")[0] == unknown.split("_")[0]]
    hint = f" There is {', '.join(close)}." if close else ""
    return BadInput(
        f"“{_short(unknown)}” is not {what} that is known here; nothing is guessed from it.{hint}",
        path=".".join([*place, unknown]),
    )


def _words(error: ValidationError) -> str:
    given, rule = _short(error.instance), error.validator
    if rule == "enum":
        allowed = ", ".join(str(one) for one in _wanted(error) if one is not None)
        return f"“{given}” is not one of: {allowed}."
    if rule == "pattern" and str(error.validator_value).startswith(_UUID_PATTERN):
        return f"“{given}” is not a UUID. Write it like 01904f2e-7c3a-7000-8000-3f2a9b1c4d5e."
    if rule == "pattern":
        return f"“{given}” is not a time of these centuries. Write it like 2026-03-02T10:00:00-05:00."
    if rule == "type":
        kinds: Any = error.validator_value
        wanted = " or ".join(kinds) if isinstance(kinds, list) else str(kinds)
        return f"“{given}” should be: {wanted}."
    if rule == "maxLength":
        return f"It is longer than {error.validator_value} characters."
    limits = ("minimum", "maximum", "exclusiveMinimum")
    return (
        f"{given} is not possible. Check number and unit." if rule in limits else f"{_short(error.message)}."
    )


def _allowed(error: ValidationError) -> dict[str, Any]:
    schema: Any = error.schema
    properties: dict[str, Any] = schema["properties"]
    return properties


def _wanted(error: ValidationError) -> list[Any]:
    value: Any = error.validator_value
    return list(value)


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else _AS_JSON.get(repr(value), repr(value))
    limit = 60
    return text if len(text) <= limit else f"{text[:limit]}…"
