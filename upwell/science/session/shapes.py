"""The shapes of events: the published schema, asked for the envelope and for one body at a time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from upwell.base.errors import BadInput
from upwell.knowledge.quick_look import Look, quick_look
from upwell.knowledge.refusals import refusal
from upwell.knowledge.schemas import load_schema

_CHOICE = "Give either a replacement or entered_in_error: true, not both."


def _schema() -> dict[str, Any]:
    return load_schema("session-event")


EVENT_TYPES: tuple[str, ...] = tuple(_schema()["properties"]["type"]["enum"])


def check_envelope(document: Mapping[str, Any]) -> None:
    """Refuse an event whose outer keys the contract does not allow."""
    if _envelope_look()(document):
        return
    error = best_match(_envelope().iter_errors(document))
    if error is not None:
        raise refusal(error, what="a key of an event")


def check_body(kind: str, body: Any) -> None:
    """Refuse a body that the contract does not allow for this type."""
    if _body_looks()[kind](body):
        return
    error = best_match(_bodies()[kind].iter_errors(body))
    if error is None:
        return
    if error.validator == "oneOf":
        raise BadInput(_CHOICE, path="body")
    refused = refusal(error, what=f"a key of “{kind}”")
    raise BadInput(refused.message, path="body" if refused.path is None else f"body.{refused.path}")


@cache
def _envelope_look() -> Look:
    schema = _schema()
    schema.pop("allOf")
    return quick_look(schema)


@cache
def _body_looks() -> dict[str, Look]:
    schema = _schema()
    return {kind: quick_look(schema["$defs"][kind], schema) for kind in EVENT_TYPES}


@cache
def _envelope() -> Draft202012Validator:
    schema = _schema()
    schema.pop("allOf")
    return Draft202012Validator(schema)


@cache
def _bodies() -> dict[str, Draft202012Validator]:
    schema = _schema()
    return {
        kind: Draft202012Validator({**schema["$defs"][kind], "$defs": schema["$defs"]})
        for kind in EVENT_TYPES
    }
