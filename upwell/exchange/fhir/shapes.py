"""Whether a resource has the shape and the codes that FHIR R4 gives it, by the table in ``r4.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from upwell.exchange.fhir.dates import Precision, read_date
from upwell.exchange.fhir.places import Wrong

Json = dict[str, Any]
Check = Callable[[Any], None]

_SPEC = re.compile(r"(\w+)(?::([\w-]+))?(\*)?(!)?")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?", re.ASCII)
QUANTITIES = {"Age", "Duration", "Count", "Distance", "SimpleQuantity"}  # Quantity under other names


@dataclass(frozen=True, slots=True)
class Shape:
    """The elements of one type: how each is checked, which must be there, and which exclude each other."""

    checks: dict[str, Check]
    required: tuple[tuple[str, ...], ...]  # of each group, one must be there
    choices: tuple[tuple[str, ...], ...]  # of each group, at most one may be


@dataclass(frozen=True, slots=True)
class Table:
    """What ``r4.toml`` says."""

    codes: dict[str, frozenset[str]]
    types: dict[str, dict[str, str]]
    names: dict[str, frozenset[str]]


@cache
def table() -> Table:
    """The table, read once."""
    data = tomllib.loads((Path(__file__).parent / "r4.toml").read_text("utf-8"))
    return Table(
        codes={name: frozenset(values) for name, values in data["codes"].items()},
        types=data["type"],
        names={name: frozenset(text.split()) for name, text in data["names"].items()},
    )


@cache
def shape_of(kind: str) -> Shape:
    """The shape of a resource or data type."""
    checks: dict[str, Check] = {}
    required: list[tuple[str, ...]] = []
    choices: list[tuple[str, ...]] = []
    for name, spec in table().types[kind].items():
        if name.endswith("[x]"):
            members = spec.rstrip("!").split("|")
            names = tuple(name[:-3] + member[0].upper() + member[1:] for member in members)
            checks.update(zip(names, (_compile(member) for member in members), strict=True))
            choices.append(names)
        else:
            names = (name,)
            checks[name] = _compile(spec)
        if spec.endswith("!"):
            required.append(names)
    return Shape(checks, tuple(required), tuple(choices))


def check_shape(kind: str, value: Any) -> None:
    """Refuse an object that is not a ``kind`` as R4 has it. Elements that the table lacks are let pass."""
    if not isinstance(value, dict):
        raise Wrong(f"should be an object ({kind}), not {_what(value)}")
    if value.get("modifierExtension"):
        raise Wrong("changes what this means in a way that Upwell does not know", "modifierExtension")
    shape = shape_of(kind)
    checks = shape.checks
    for name, part in value.items():
        check = checks.get(name)
        if check is None or part is None:
            continue
        try:
            check(part)
        except Wrong as wrong:
            raise wrong.under(name) from None
    for names in shape.required:
        if all(value.get(name) is None for name in names):
            raise Wrong("is missing", _group(names))
    for names in shape.choices:
        if sum(value.get(name) is not None for name in names) > 1:
            raise Wrong("is given in more than one form; FHIR allows one", _group(names))


def _group(names: tuple[str, ...]) -> str:
    if len(names) == 1:
        return names[0]
    stem = names[0]
    while not all(name.startswith(stem) for name in names):
        stem = stem[:-1]
    return f"{stem}[x]"


def _compile(spec: str) -> Check:
    found = _SPEC.fullmatch(spec)
    if found is None:
        raise ValueError(f"r4.toml: {spec!r} is no element")
    kind, codes, many, _required = found.groups()
    one = _compile_one(kind, codes)
    return _list_of(one) if many else one


def _compile_one(kind: str, codes: str | None) -> Check:
    if kind == "code":
        return _code_in(table().codes[codes or ""])
    if kind == "CodeableConcept" and codes:
        return _concept_in(table().codes[codes])
    primitive = PRIMITIVES.get(kind)
    if primitive is not None:
        return primitive
    name = "Quantity" if kind in QUANTITIES else kind
    if name not in table().types:
        raise ValueError(f"r4.toml: no type {name!r}")
    return lambda value: check_shape(name, value)


def _list_of(one: Check) -> Check:
    def check(value: Any) -> None:
        if not isinstance(value, list):
            raise Wrong(f"should be a list, not {_what(value)}")
        for index, item in enumerate(value):
            if item is None:  # FHIR pads lists of primitives with null
                continue
            try:
                one(item)
            except Wrong as wrong:
                raise wrong.under(f"[{index}]") from None

    return check


def _code_in(codes: frozenset[str]) -> Check:
    def check(value: Any) -> None:
        _string(value)
        if value not in codes:
            raise Wrong(f"is not one of the codes of FHIR R4: {', '.join(sorted(codes))}")

    return check


def _concept_in(codes: frozenset[str]) -> Check:
    def check(value: Any) -> None:
        check_shape("CodeableConcept", value)
        if not any(coding.get("code") in codes for coding in value.get("coding") or () if coding):
            raise Wrong(f"has no coding with one of the codes of FHIR R4: {', '.join(sorted(codes))}")

    return check


def _what(value: Any) -> str:
    names = {
        dict: "an object",
        list: "a list",
        str: "text",
        bool: "true or false",
        int: "a number",
        float: "a number",
    }
    return names.get(type(value), "null")


def _string(value: Any) -> None:
    if not isinstance(value, str):
        raise Wrong(f"should be text, not {_what(value)}")


def _boolean(value: Any) -> None:
    if not isinstance(value, bool):
        raise Wrong(f"should be true or false, not {_what(value)}")


def _integer(value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Wrong(f"should be a whole number, not {_what(value)}")


def _decimal(value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Wrong(f"should be a number, not {_what(value)}")


def _date(value: Any) -> None:
    _string(value)
    if read_date(value).precision is Precision.MOMENT:
        raise Wrong("should be a date without a time")


def _date_time(value: Any) -> None:
    _string(value)
    read_date(value)


def _instant(value: Any) -> None:
    _string(value)
    if read_date(value).precision is not Precision.MOMENT:
        raise Wrong("should be a moment: date, time and time zone")


def _time(value: Any) -> None:
    _string(value)
    if _TIME.fullmatch(value) is None:
        raise Wrong("is not a time of day (10:30:00)")


PRIMITIVES: dict[str, Check] = {
    "string": _string,
    "boolean": _boolean,
    "integer": _integer,
    "decimal": _decimal,
    "date": _date,
    "dateTime": _date_time,
    "instant": _instant,
    "time": _time,
}
