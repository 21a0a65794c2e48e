"""Cross-checks of an instrument file: what a schema can't say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from upwell.knowledge.build_instrument import read_condition
from upwell.knowledge.toml_file import KnowledgeFile, Path

Problem = tuple[Path, str]

GIVEN_BY_THE_ENGINE = ("context.", "given.", "answers.")
FREE_TO_SHOW = ("PD", "FREE")


def check_instrument(file: KnowledgeFile) -> None:
    """Refuse a file whose parts do not fit together, with the line of the first that does not."""
    raw = file.content
    for check in (_sources, _items, _wording, _steps, _results, _bands, _missing, _flags):
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
    for position, item in enumerate(raw["items"]):
        for name in _strangers(item.get("asked_when"), seen):
            yield ("items", position, "asked_when"), f"“{name}” is no item"
    for position, group in enumerate(raw.get("one_of", ())):
        for name in sorted(set(group["items"]) - seen):
            yield ("one_of", position, "items"), f"there is no item “{name}”"
    for position, one in enumerate(raw.get("contradictions", ())):
        for name in _strangers(one["when"], seen):
            yield ("contradictions", position, "when"), f"“{name}” is no item"
        if one["item"] not in seen:
            yield ("contradictions", position, "item"), f"there is no item “{one['item']}”"


def _strangers(condition: Mapping[str, Any] | None, known: set[str]) -> list[str]:
    """The names in a condition that are neither known nor given by the engine itself."""
    names = set() if condition is None else read_condition(condition).names()
    return sorted(name for name in names - known if not name.startswith(GIVEN_BY_THE_ENGINE))


def _wording(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Only text that may be shown to anybody ships; what does not ship says why."""
    status, licence = raw["text"]["status"], raw["licence"]["class"]
    if licence not in FREE_TO_SHOW and status != "licensed":
        yield ("text", "status"), f"the wording of a {licence} instrument does not ship: it is “licensed”"
    if status in ("licensed", "short-titles") and "reason" not in raw["text"]:
        yield ("text", "status"), "say why the wording is not shown (reason)"
    for position, item in enumerate(raw["items"]):
        if status == "licensed" and "text" in item and not item.get("own_stem"):
            yield ("items", position, "text"), "the wording of a licensed instrument does not ship"
        if status != "licensed" and "text" not in item:
            yield ("items", position), "the item has no text"


def _steps(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """A step may use items, and steps before it; its name is its own."""
    known = {item["id"] for item in raw["items"]}
    for position, step in enumerate(raw["steps"]):
        used = {*step.get("of", ()), *step.get("at_least_for", ())}
        used = used.union(*(read_condition(row["when"]).names() for row in step.get("rows", ())))
        for name in sorted(name for name in used - known if not name.startswith(GIVEN_BY_THE_ENGINE)):
            yield ("steps", position), f"“{name}” is neither an item nor an earlier step"
        if step["name"] in known:
            yield ("steps", position, "name"), f"the name “{step['name']}” is taken"
        known.add(step["name"])


def _results(raw: Mapping[str, Any]) -> Iterator[Problem]:
    steps = {step["name"] for step in raw["steps"]}
    results = raw["results"]
    for key in ("total", "level_at_least"):
        if key in results and results[key] not in steps:
            yield ("results", key), f"there is no step “{results[key]}”"
    if ("total" in results) != ("range" in raw):
        yield ("results",), "a total has a range, and the other way round"
    if "partial" in results and results["partial"]["step"] not in steps:
        yield ("results", "partial", "step"), f"there is no step “{results['partial']['step']}”"
    for key, step in results.get("subscales", {}).items():
        if step not in steps:
            yield ("results", "subscales", key), f"there is no step “{step}”"
    for key, algorithm in results.get("algorithms", {}).items():
        if algorithm["step"] not in steps:
            yield ("results", "algorithms", key, "step"), f"there is no step “{algorithm['step']}”"


def _bands(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Bands follow each other without a gap, from the lowest total to the highest."""
    bands, limits = raw["bands"], raw.get("range")
    if limits is None:
        if bands:
            yield ("bands", 0), "there are bands, but no total"
        return
    for position, band in enumerate(bands):
        expected = bands[position - 1]["high"] + 1 if position else limits["minimum"]
        if band["low"] != expected:
            yield ("bands", position, "low"), f"the band “{band['id']}” should begin at {expected}"
        if band["high"] < band["low"]:
            yield ("bands", position, "high"), f"the band “{band['id']}” ends before it begins"
    if bands and bands[-1]["high"] != limits["maximum"]:
        yield ("bands", len(bands) - 1, "high"), f"the last band should end at {limits['maximum']}"


def _missing(raw: Mapping[str, Any]) -> Iterator[Problem]:
    missing, results = raw["missing"], raw["results"]
    if (missing.get("allowed", 0) > 0) != (missing["handling"] == "mean-substitution"):
        yield ("missing", "handling"), "blank items need a way of handling them, and the other way round"
    statuses = ["complete", missing["otherwise"]]
    statuses += ["imputed"] if missing["handling"] != "none" else []
    statuses += ["not-scorable"] if "partial" in results else []
    for audience in ("clinician", "patient"):
        for status in statuses:
            if status not in raw["plain"][audience]:
                yield ("plain", audience), f"there is no sentence for the status “{status}”"


def _flags(raw: Mapping[str, Any]) -> Iterator[Problem]:
    items = {item["id"] for item in raw["items"]}
    known = items | {step["name"] for step in raw["steps"]}
    for position, flag in enumerate(raw.get("flags", ())):
        for name in _strangers(flag["when"], known):
            yield ("flags", position, "when"), f"“{name}” is neither an item nor a step"
        for name in sorted(set(flag.get("because", ())) - known):
            yield ("flags", position, "because"), f"there is no item or step “{name}”"
