"""Cross-checks of an instrument file: what a schema can't say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from upwell.knowledge.build_instrument import read_condition
from upwell.knowledge.toml_file import KnowledgeFile, Path

Problem = tuple[Path, str]


def check_instrument(file: KnowledgeFile) -> None:
    """Refuse a file whose parts do not fit together, with the line of the first that does not."""
    raw = file.content
    for check in (_sources, _items, _steps, _results, _bands, _missing, _flags):
        for path, message in check(raw):
            raise file.error(message, path)


def _sources(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Every source that a fact names is listed."""
    for path, fact in _walk(raw):
        for name in fact.get("source", ()) if path[:1] != ("sources",) else ():
            if name not in raw["sources"]:
                yield (*path, "source"), f"the source “{name}” is not listed under [sources]"


def _walk(node: Any, path: Path = ()) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            yield from _walk(value, (*path, key))
    elif isinstance(node, list):
        for position, value in enumerate(node):
            yield from _walk(value, (*path, position))


def _items(raw: Mapping[str, Any]) -> Iterator[Problem]:
    seen: set[str] = set()
    for position, item in enumerate(raw["items"]):
        if item["id"] in seen:
            yield ("items", position, "id"), f"the item “{item['id']}” is there twice"
        seen.add(item["id"])
        if item["responses"] not in raw["responses"]:
            yield ("items", position, "responses"), f"there are no responses called “{item['responses']}”"


def _steps(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """A step may use items, and steps before it; its name is its own."""
    known = {item["id"] for item in raw["items"]}
    for position, step in enumerate(raw["steps"]):
        used = {*step.get("of", ()), *step.get("at_least_for", ())}
        used = used.union(*(read_condition(row["when"]).names() for row in step.get("rows", ())))
        for name in sorted(name for name in used - known if not name.startswith("context.")):
            yield ("steps", position), f"“{name}” is neither an item nor an earlier step"
        if step["name"] in known:
            yield ("steps", position, "name"), f"the name “{step['name']}” is taken"
        known.add(step["name"])


def _results(raw: Mapping[str, Any]) -> Iterator[Problem]:
    steps = {step["name"] for step in raw["steps"]}
    results = raw["results"]
    if results["total"] not in steps:
        yield ("results", "total"), f"there is no step “{results['total']}”"
    for key, step in results.get("subscales", {}).items():
        if step not in steps:
            yield ("results", "subscales", key), f"there is no step “{step}”"
    for key, algorithm in results.get("algorithms", {}).items():
        if algorithm["step"] not in steps:
            yield ("results", "algorithms", key, "step"), f"there is no step “{algorithm['step']}”"


def _bands(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Bands follow each other without a gap, from the lowest total to the highest."""
    bands, limits = raw["bands"], raw["range"]
    for position, band in enumerate(bands):
        expected = bands[position - 1]["high"] + 1 if position else limits["minimum"]
        if band["low"] != expected:
            yield ("bands", position, "low"), f"the band “{band['id']}” should begin at {expected}"
        if band["high"] < band["low"]:
            yield ("bands", position, "high"), f"the band “{band['id']}” ends before it begins"
    if bands and bands[-1]["high"] != limits["maximum"]:
        yield ("bands", len(bands) - 1, "high"), f"the last band should end at {limits['maximum']}"


def _missing(raw: Mapping[str, Any]) -> Iterator[Problem]:
    missing = raw["missing"]
    if (missing["allowed"] > 0) != (missing["handling"] != "none"):
        yield ("missing", "handling"), "blank items need a way of handling them, and the other way round"
    for audience in ("clinician", "patient"):
        statuses = ["complete", missing["otherwise"]] + (["imputed"] if missing["allowed"] else [])
        for status in statuses:
            if status not in raw["plain"][audience]:
                yield ("plain", audience), f"there is no sentence for the status “{status}”"


def _flags(raw: Mapping[str, Any]) -> Iterator[Problem]:
    items = {item["id"] for item in raw["items"]}
    known = items | {step["name"] for step in raw["steps"]}
    for position, flag in enumerate(raw.get("flags", ())):
        for name in sorted(read_condition(flag["when"]).names() - known):
            yield ("flags", position, "when"), f"“{name}” is neither an item nor a step"
        for name in sorted(set(flag.get("because", ())) - items):
            yield ("flags", position, "because"), f"there is no item “{name}”"
