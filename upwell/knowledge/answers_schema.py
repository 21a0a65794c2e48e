"""The JSON Schema of the answers to one instrument, made from the instrument itself."""

from __future__ import annotations

from typing import Any

from upwell.knowledge.instrument import Instrument, Item
from upwell.knowledge.schemas import load_schema


def answers_schema(instrument: Instrument) -> dict[str, Any]:
    """What ``upwell score`` reads for this instrument: each item with the answers it offers."""
    schema = load_schema("score-answers")
    schema["$id"] = f"{schema['$id']}:{instrument.id}"
    schema["title"] = f"Answers to the {instrument.name}"
    schema["properties"] = {**schema["properties"], **{item.id: _item(item) for item in instrument.items}}
    schema["additionalProperties"] = False
    return schema


def score_schema(instrument: Instrument | None = None) -> dict[str, Any]:
    """The schema of a score result; the answers it is made from stand in ``$defs`` under ``answers``."""
    schema = load_schema("score-result")
    schema["$defs"]["answers"] = (
        load_schema("score-answers") if instrument is None else answers_schema(instrument)
    )
    return schema


def _item(item: Item) -> dict[str, Any]:
    offered = [spelling for response in item.responses for spelling in (response.value, *response.also)]
    if item.scale is None:
        return {"title": item.text, "enum": [*offered, None]}
    line = {"type": "number", "minimum": item.scale.minimum, "maximum": item.scale.maximum}
    return {"title": item.text, "anyOf": [line, {"enum": [*offered, None]}]}
