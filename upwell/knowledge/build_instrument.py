"""Turns a checked instrument file into an ``Instrument``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from upwell.base.codes import Loinc
from upwell.base.finding import Severity
from upwell.knowledge.instrument import (
    Algorithm,
    Band,
    ChangeRules,
    Code,
    Condition,
    FindingText,
    Flag,
    Instrument,
    Item,
    Licence,
    Limit,
    MissingRule,
    Range,
    Recall,
    Response,
    Row,
    Step,
)
from upwell.knowledge.provenance import Provenance, SourceTable, frozen, read_provenance

Raw = Mapping[str, Any]

_PROVENANCE_KEYS = {"source", "confidence", "verify", "jurisdiction", "population", "effective_from"}


def build_instrument(raw: Raw, version: str) -> Instrument:
    """The instrument that a file describes; the file has passed its schema and its cross-checks."""
    build = _Builder(raw["sources"])
    results, loinc = raw["results"], raw["loinc"]
    return Instrument(
        **{key: raw[key] for key in ("id", "name", "title", "construct", "respondent", "direction")},
        version=version,
        stem=raw["text"]["stem"],
        text_provenance=build.provenance(raw["text"]),
        licence=build.licence(raw["licence"]),
        recall=Recall(raw["recall"]["days"], build.provenance(raw["recall"])),
        loinc_panel=build.code(loinc.get("panel")),
        loinc_total=build.code(loinc.get("total")),
        items=build.items(raw),
        range=Range(raw["range"]["minimum"], raw["range"]["maximum"], build.provenance(raw["range"])),
        steps=tuple(build.step(step) for step in raw["steps"]),
        total=results["total"],
        subscales=frozen(results.get("subscales", {})),
        algorithms=tuple(build.algorithm(key, one) for key, one in results.get("algorithms", {}).items()),
        missing=build.missing(raw["missing"]),
        bands=tuple(build.band(band) for band in raw["bands"]),
        flags=tuple(build.flag(flag) for flag in raw.get("flags", ())),
        change=ChangeRules(**{key: build.limit(limit) for key, limit in raw["change"].items()}),
        plain_clinician=frozen(raw["plain"]["clinician"]),
        plain_patient=frozen(raw["plain"]["patient"]),
    )


def read_condition(raw: Raw) -> Condition:
    """A condition as written in a file."""
    parts = dict(raw)
    negated = parts.pop("not", None)
    every = tuple(read_condition(part) for part in parts.pop("all", ()))
    some = tuple(read_condition(part) for part in parts.pop("any", ()))
    return Condition(**parts, all=every, any=some, negated=read_condition(negated) if negated else None)


def _own(raw: Raw) -> dict[str, Any]:
    """What a fact says, without where it comes from."""
    return {key: value for key, value in raw.items() if key not in _PROVENANCE_KEYS}


class _Builder:
    """Builds the parts of one file, with its table of sources at hand."""

    def __init__(self, sources: SourceTable) -> None:
        self.sources = sources

    def provenance(self, raw: Raw) -> Provenance:
        return read_provenance(raw, self.sources)

    def code(self, raw: Raw | None) -> Code | None:
        return None if raw is None else Code(Loinc(raw["code"]), self.provenance(raw))

    def licence(self, raw: Raw) -> Licence:
        return Licence(raw["class"], raw["statement"], raw["citation"], self.provenance(raw))

    def items(self, raw: Raw) -> tuple[Item, ...]:
        responses = {
            name: tuple(Response(one["value"], one["text"], self.code(one.get("loinc"))) for one in answers)
            for name, answers in raw["responses"].items()
        }
        return tuple(
            Item(**{**one, "responses": responses[one["responses"]], "loinc": self.code(one.get("loinc"))})
            for one in raw["items"]
        )

    def step(self, raw: Raw) -> Step:
        own = _own(raw)
        own["of"] = tuple(own.get("of", ()))
        own["rows"] = tuple(Row(read_condition(row["when"]), row["then"]) for row in own.get("rows", ()))
        if "at_least_for" in own:
            own["at_least_for"] = frozen(own["at_least_for"])
        return Step(**own, provenance=self.provenance(raw))

    def finding(self, raw: Raw | None) -> FindingText | None:
        return None if raw is None else self.required_finding(raw)

    def required_finding(self, raw: Raw) -> FindingText:
        return FindingText(raw["rule"], Severity(raw["severity"]), raw["message"], self.provenance(raw))

    def algorithm(self, key: str, raw: Raw) -> Algorithm:
        plain = frozen(raw.get("plain", {}))
        whole = raw["needs"] == "all-items"
        return Algorithm(
            key, raw["step"], raw["title"], whole, plain, self.finding(raw.get("not_on_imputed"))
        )

    def missing(self, raw: Raw) -> MissingRule:
        own = _own(raw)
        own["imputed"] = self.finding(raw.get("imputed"))
        own["refused"] = self.required_finding(raw["refused"])
        return MissingRule(**own, provenance=self.provenance(raw))

    def band(self, raw: Raw) -> Band:
        return Band(**_own(raw), provenance=self.provenance(raw))

    def flag(self, raw: Raw) -> Flag:
        own = {"clinician": "", "patient": "", **_own(raw)}
        own["when"] = read_condition(raw["when"])
        own["severity"] = Severity(raw["severity"])
        own["because"] = tuple(raw.get("because", ()))
        own["overridable_by"] = tuple(raw.get("overridable_by", ()))
        return Flag(**own, provenance=self.provenance(raw))

    def limit(self, raw: Raw) -> Limit:
        return Limit(**_own(raw), provenance=self.provenance(raw))
