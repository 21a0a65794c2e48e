"""The published JSON Schemas, one per kind of knowledge file and per shape that the command line speaks."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

_FOLDER = Path(__file__).parent
_PREFIX = "urn:upwell:schema:"


def schema_names() -> list[str]:
    """The names of all published schemas."""
    return sorted(path.name.removesuffix(".schema.json") for path in _FOLDER.glob("*.schema.json"))


def load_schema(name: str) -> dict[str, Any]:
    """A published schema on its own feet: every schema it refers to stands in its ``$defs``."""
    schema = _read(name)
    referred = sorted(_references(schema))
    if referred:
        defs = schema.setdefault("$defs", {})
        for other in referred:
            defs[other] = load_schema(other)
            defs[other].pop("$schema", None)
    return schema


def first_violation(name: str, document: Any) -> tuple[tuple[str | int, ...], str] | None:
    """The most telling breach of the schema, as its path and a sentence; None if there is none."""
    error = best_match(_validator(name).iter_errors(document))
    if error is None:
        return None
    return tuple(error.absolute_path), error.message


def violations(name: str, document: Any) -> list[str]:
    """All the ways in which ``document`` breaks the schema."""
    return [f"{error.json_path}: {error.message}" for error in _validator(name).iter_errors(document)]


def breaches(name: str, document: Any) -> list[ValidationError]:
    """All the ways in which ``document`` breaks the schema, as the validator tells them."""
    return list(_validator(name).iter_errors(document))


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(load_schema(name))


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((_FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))
    return content


def _references(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = node.get("$ref", "")
        found = {own.removeprefix(_PREFIX)} if isinstance(own, str) and own.startswith(_PREFIX) else set()
        return found.union(*(_references(value) for value in node.values()))
    if isinstance(node, list):
        return set().union(*(_references(value) for value in node))
    return set()
