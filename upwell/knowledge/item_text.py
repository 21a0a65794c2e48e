"""Licensed wording: what a practice with a licence loads, checked against the instrument, and put on its forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from upwell.base.errors import BadInput
from upwell.knowledge.instrument import Instrument, Item, Response
from upwell.knowledge.refusals import refusal
from upwell.knowledge.schemas import load_schema

LOADED = "loaded"
SHIPS = ("verbatim", "own")


def check_item_text(instrument: Instrument, document: Any) -> dict[str, Any]:
    """Refuse wording that does not fit the instrument: every item has its text, and nothing else has one."""
    if instrument.text_status in SHIPS:
        raise BadInput(
            f"The wording of {instrument.name} comes with Upwell; none has to be loaded.", path="ID"
        )
    error = best_match(Draft202012Validator(load_schema("item-text")).iter_errors(document))
    if error is not None:
        raise refusal(error, what="a part of an instrument's wording")
    items: dict[str, str] = document["items"]
    known = [item.id for item in instrument.items]
    for name in items:
        if name not in known:
            words = f"{instrument.name} has no item “{name}”. It has: {', '.join(known)}."
            raise BadInput(words, path=f"items.{name}")
    lacking = [name for name in known if name not in items]
    if lacking:
        raise BadInput(f"The text of these items is missing: {', '.join(lacking)}.", path="items")
    _check_anchors(instrument, document.get("anchors", {}))
    return dict(document)


def _check_anchors(instrument: Instrument, anchors: Mapping[str, Any]) -> None:
    own = {item.id: {_value(one) for one in item.responses} for item in instrument.items}
    every = set().union(*own.values())
    for name, said in anchors.items():
        if isinstance(said, str):
            allowed, given = every, {name}
        elif name in own:
            allowed, given = own[name], set(said)
        else:
            raise BadInput(f"{instrument.name} has no item “{name}”.", path=f"anchors.{name}")
        if wrong := sorted(given - allowed):
            raise BadInput(
                f"No answer of {instrument.name} has the value “{wrong[0]}”. There is: {', '.join(sorted(allowed))}.",
                path=f"anchors.{name}",
            )


def with_item_text(instrument: Instrument, words: Mapping[str, Any] | None) -> Instrument:
    """The instrument with the wording that was loaded for it. Its scoring and its version stay as they are."""
    if not words or instrument.text_status in SHIPS:
        return instrument
    items: Mapping[str, str] = words["items"]
    anchors: Mapping[str, Any] = words.get("anchors", {})
    return replace(
        instrument,
        text_status=LOADED,
        text_reason="",
        stem=words.get("stem") or "",
        items=tuple(_item(item, items.get(item.id), anchors) for item in instrument.items),
    )


def _item(item: Item, text: str | None, anchors: Mapping[str, Any]) -> Item:
    own = anchors.get(item.id)
    said = own if isinstance(own, dict) else {k: v for k, v in anchors.items() if isinstance(v, str)}
    responses = tuple(replace(one, text=said.get(_value(one), one.text)) for one in item.responses)
    return replace(item, text=text or item.text, responses=responses)


def _value(response: Response) -> str:
    return str(response.value).lower() if isinstance(response.value, bool) else str(response.value)
