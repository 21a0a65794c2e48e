"""A quick look whether a document fits a schema: yes where it surely does; no means that somebody has to look closely.

What comes in most is nearly always in order, and saying in words what is wrong costs fifty times as much as seeing that
nothing is. Only the plain words of a schema are known here; one with others gets no yes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Look = Callable[[Any], bool]
_SAYS_NOTHING = frozenset({"description", "title", "$comment", "$schema", "$id", "$defs", "examples"})


def quick_look(schema: Mapping[str, Any], whole: Mapping[str, Any] | None = None) -> Look:
    """The look for a schema; ``whole`` is the one that it is a part of, where its words point."""
    whole = whole or schema
    if "$ref" in schema:
        pointed = schema["$ref"].removeprefix("#/$defs/")
        return quick_look(whole["$defs"][pointed], whole)
    looks = [_LOOKS[word](schema) for word in _LOOKS if word in schema]
    if "properties" in schema:
        looks.append(_properties(schema, whole))
    if "anyOf" in schema:
        looks.append(_any_of([quick_look(one, whole) for one in schema["anyOf"]]))
    if set(schema) - _SAYS_NOTHING - set(_LOOKS) - {"properties", "anyOf", "additionalProperties"}:
        return lambda _value: False
    if schema.get("additionalProperties", False) is not False:
        return lambda _value: False
    return lambda value: all(look(value) for look in looks)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: Mapping[str, Look] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "number": _is_number,
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}


def _type(schema: Mapping[str, Any]) -> Look:
    names = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    looks = [_TYPES[name] for name in names]
    return looks[0] if len(looks) == 1 else lambda value: any(look(value) for look in looks)


def _enum(schema: Mapping[str, Any]) -> Look:
    words = frozenset(one for one in schema["enum"] if one is None or isinstance(one, str))
    return lambda value: (value is None or isinstance(value, str)) and value in words


def _pattern(schema: Mapping[str, Any]) -> Look:
    found = re.compile(schema["pattern"]).search
    return lambda value: not isinstance(value, str) or found(value) is not None


def _compared(word: str, fits: Callable[[Any, Any], bool]) -> Callable[[Mapping[str, Any]], Look]:
    def made(schema: Mapping[str, Any]) -> Look:
        limit = schema[word]
        return lambda value: not _is_number(value) or fits(value, limit)

    return made


def _long(word: str, fits: Callable[[int, int], bool]) -> Callable[[Mapping[str, Any]], Look]:
    def made(schema: Mapping[str, Any]) -> Look:
        limit = schema[word]
        return lambda value: not isinstance(value, str) or fits(len(value), limit)

    return made


def _required(schema: Mapping[str, Any]) -> Look:
    names = frozenset(schema["required"])
    return lambda value: not isinstance(value, dict) or names <= value.keys()


def _any_of(looks: list[Look]) -> Look:
    return lambda value: any(look(value) for look in looks)


def _properties(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> Look:
    """Names that the schema does not know get no yes, whatever it says of them."""
    looks = {name: quick_look(inner, whole) for name, inner in schema["properties"].items()}

    def look(value: Any) -> bool:
        if not isinstance(value, dict):
            return True
        return all(name in looks and looks[name](inner) for name, inner in value.items())

    return look


_LOOKS: Mapping[str, Callable[[Mapping[str, Any]], Look]] = {
    "type": _type,
    "enum": _enum,
    "pattern": _pattern,
    "minLength": _long("minLength", lambda one, limit: one >= limit),
    "maxLength": _long("maxLength", lambda one, limit: one <= limit),
    "minimum": _compared("minimum", lambda one, limit: one >= limit),
    "maximum": _compared("maximum", lambda one, limit: one <= limit),
    "exclusiveMinimum": _compared("exclusiveMinimum", lambda one, limit: one > limit),
    "required": _required,
}
