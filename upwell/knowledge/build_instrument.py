"""Turns a checked instrument file into an ``Instrument``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from upwell.base.codes import Loinc
from upwell.base.finding import Severity
from upwell.knowledge.build_responses import build_responses, build_scale
from upwell.knowledge.instrument import (
    Algorithm,
    Band,
    ChangeRules,
    Code,
    Condition,
    Contradiction,
    FindingText,
    Flag,
    Instrument,
    Item,
    Licence,
    Limit,
    MissingRule,
    Note,
    OneOf,
    PartialScore,
    Range,
    Recall,
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
        text_status=raw["text"]["status"],
        text_reason=raw["text"].get("reason", ""),
        text_provenance=build.provenance(raw["text"]),
        licence=build.licence(raw["licence"]),
        recall=build.recall(raw["recall"]),
        loinc_panel=build.code(loinc.get("panel")),
        loinc_total=build.code(loinc.get("total")),
        items=build.items(raw),
        range=build.range(raw),
        steps=tuple(build.step(step) for step in raw["steps"]),
        total=results.get("total"),
        level=results.get("level_at_least"),
        partial=build.partial(results.get("partial")),
        subscales=frozen(results.get("subscales", {})),
        algorithms=tuple(build.algorithm(key, one) for key, one in results.get("algorithms", {}).items()),
        missing=build.missing(raw["missing"]),
        bands=tuple(build.band(band) for band in raw["bands"]),
        flags=tuple(build.flag(flag) for flag in raw.get("flags", ())),
        change=build.change(raw["change"]),
        plain_clinician=frozen(raw["plain"]["clinician"]),
        plain_patient=frozen(raw["plain"]["patient"]),
        one_of=tuple(OneOf(tuple(one["items"]), build.provenance(one)) for one in raw.get("one_of", ())),
        contradictions=tuple(
            Contradiction(read_condition(one["when"]), one["item"], one["message"])
            for one in raw.get("contradictions", ())
        ),
        notes=tuple(Note(note["text"], build.provenance(note)) for note in raw.get("notes", ())),
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

    def recall(self, raw: Raw) -> Recall:
        return Recall(raw.get("days"), self.provenance(raw), raw.get("words", ""))

    def range(self, raw: Raw) -> Range:
        """The range of the total; empty where there is none, as in a screen that gives a level."""
        limits = raw.get("range")
        if limits is None:
            return Range(0, 0, self.provenance(raw["text"]))
        return Range(limits["minimum"], limits["maximum"], self.provenance(limits))

    def items(self, raw: Raw) -> tuple[Item, ...]:
        responses = {name: build_responses(one, self.code) for name, one in raw["responses"].items()}
        scales = {name: build_scale(one) for name, one in raw["responses"].items()}
        return tuple(
            Item(
                **{
                    **one,
                    "text": one.get("text", f"Item {one['id']}"),
                    "responses": responses[one["responses"]],
                    "scale": scales[one["responses"]],
                    "loinc": self.code(one.get("loinc")),
                    "asked_when": read_condition(one["asked_when"]) if "asked_when" in one else None,
                }
            )
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

    def partial(self, raw: Raw | None) -> PartialScore | None:
        return None if raw is None else PartialScore(raw["step"], self.required_finding(raw["finding"]))

    def missing(self, raw: Raw) -> MissingRule:
        own = {"allowed": 0, **_own(raw)}
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

    def change(self, raw: Raw) -> ChangeRules:
        rules = {key: self.limit(limit) for key, limit in raw.items() if key != "variants"}
        variants = tuple((one["of"], self.limit(one)) for one in raw.get("variants", ()))
        return ChangeRules(**rules, variants=variants)

    def limit(self, raw: Raw) -> Limit:
        own = {key: value for key, value in _own(raw).items() if key != "of"}
        return Limit(**own, provenance=self.provenance(raw))
