"""Cross-checks of a model file: what a schema can't say, each with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from upwell.knowledge.pharmacology.expression import names
from upwell.knowledge.toml_file import KnowledgeFile, Path

Problem = tuple[Path, str]
Raw = Mapping[str, Any]

_IN_INPUTS = ("fraction", "fraction_later", "over", "lag")


def check_model(file: KnowledgeFile) -> None:
    """Refuse a file whose parts do not fit together, with the line of the first that does not."""
    for check in (_sources, _expressions, _states, _routes, _people, _spread, _analytes):
        for path, message in check(file.content):
            raise file.error(message, path)


def _sources(raw: Raw) -> Iterator[Problem]:
    """Every source that a fact names is listed."""
    for path, fact in _walk(raw):
        for name in fact.get("source", ()) if path[:1] != ("sources",) else ():
            if name not in raw["sources"]:
                yield (*path, "source"), f"the source “{name}” is not listed under [sources]"


def _walk(node: Any, path: Path = ()) -> Iterator[tuple[Path, Raw]]:
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            yield from _walk(value, (*path, key))
    elif isinstance(node, list):
        for position, value in enumerate(node):
            yield from _walk(value, (*path, position))


def _written(raw: Raw) -> Iterator[tuple[Path, str]]:
    """Every expression of the file that the engine computes with."""
    for position, flow in enumerate(raw["flows"]):
        for key in ("rate", "reaches"):
            if key in flow:
                yield ("flows", position, key), flow[key]
    for route, one in raw["routes"].items():
        for position, entry in enumerate(one["inputs"]):
            for key in _IN_INPUTS:
                if key in entry:
                    yield ("routes", route, "inputs", position, key), entry[key]
    for position, analyte in enumerate(raw["analytes"]):
        yield ("analytes", position, "volume"), analyte["volume"]


def _expressions(raw: Raw) -> Iterator[Problem]:
    """Each name is a parameter, and each parameter is used: a misspelt one fails at either end."""
    used: set[str] = set()
    derived = (
        (("derived", place, "value"), one["value"]) for place, one in enumerate(raw.get("derived", ()))
    )
    for path, text in (*_written(raw), *derived):
        try:
            found = names(text)
        except ValueError as error:
            yield path, str(error)
            continue
        for name in sorted(found - set(raw["parameters"])):
            yield path, f"there is no parameter “{name}”"
        used |= found if path[0] != "derived" else set()
    for name in raw["parameters"]:
        if name not in used:
            yield ("parameters", name), f"the parameter “{name}” is used nowhere"


def _states(raw: Raw) -> Iterator[Problem]:
    states = raw["structure"]["states"]
    for position, flow in enumerate(raw["flows"]):
        for key in ("from", "to"):
            if key in flow and flow[key] not in states:
                yield ("flows", position, key), f"there is no compartment “{flow[key]}”"
        if flow.get("to") == flow["from"]:
            yield ("flows", position, "to"), "a compartment can't flow into itself"
        if "reaches" in flow and "to" not in flow:
            yield ("flows", position, "reaches"), "“reaches” is the part that arrives; say where (to)"
    for position, analyte in enumerate(raw["analytes"]):
        if analyte["state"] not in states:
            yield ("analytes", position, "state"), f"there is no compartment “{analyte['state']}”"


def _routes(raw: Raw) -> Iterator[Problem]:
    states = raw["structure"]["states"]
    for route, one in raw["routes"].items():
        for position, entry in enumerate(one["inputs"]):
            path: Path = ("routes", route, "inputs", position)
            if entry["into"] not in states:
                yield (*path, "into"), f"there is no compartment “{entry['into']}”"
            if (entry["as"] == "zero-order") != ("over" in entry):
                yield (*path, "as"), "a zero-order input, and only that, says over which time (over)"
    for position, warning in enumerate(raw.get("warnings", ())):
        for route in warning.get("routes", ()):
            if route not in raw["routes"]:
                yield ("warnings", position, "routes"), f"the model has no route “{route}”"


def _people(raw: Raw) -> Iterator[Problem]:
    for position, covariate in enumerate(raw.get("covariates", ())):
        if covariate["on"] not in raw["parameters"]:
            yield ("covariates", position, "on"), f"there is no parameter “{covariate['on']}”"


def _spread(raw: Raw) -> Iterator[Problem]:
    """Either variability or the reason for its absence; covariances between two that vary, and possible."""
    if ("variability" in raw) == ("no_variability" in raw):
        yield ("population",), "say [variability], or why there is none [no_variability]; not both"
    variances = {key: one.get("log_variance") for key, one in raw["parameters"].items()}
    for position, covariance in enumerate(raw.get("covariances", ())):
        path: Path = ("covariances", position)
        one, other = (variances.get(name) for name in covariance["between"])
        if one is None or other is None or len(set(covariance["between"])) == 1:
            yield (*path, "between"), "a covariance is between two parameters that have a log_variance"
        elif covariance["value"] ** 2 > one * other:
            yield (*path, "value"), "the covariance is larger than the two variances allow"
    if "no_variability" in raw:
        for key, one in raw["parameters"].items():
            if {"log_variance", "cv_percent", "logit_sd", "occasion_log_variance"} & set(one):
                yield ("parameters", key), "the file says that there is no variability"


def _analytes(raw: Raw) -> Iterator[Problem]:
    known = [one["id"] for one in raw["analytes"]]
    for position, analyte in enumerate(raw["analytes"]):
        if known.index(analyte["id"]) != position:
            yield ("analytes", position, "id"), f"the analyte “{analyte['id']}” is there twice"
        if analyte.get("converted_from", known[0]) != known[0]:
            yield ("analytes", position, "converted_from"), f"only “{known[0]}” comes first"
        if analyte["offers"] != "everything" and "why" not in analyte:
            yield ("analytes", position, "offers"), "say why not everything is offered (why)"
    for position, one in enumerate(raw.get("residual", ())):
        if one["analyte"] not in known:
            yield ("residual", position, "analyte"), f"there is no analyte “{one['analyte']}”"
