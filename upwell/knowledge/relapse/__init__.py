"""The rules by which a relapse is told, to choose from before maintenance begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from upwell.base.errors import NotFound
from upwell.base.finding import Source
from upwell.knowledge.edition import kept, text_of
from upwell.knowledge.gates.build import provenance_at
from upwell.knowledge.instrument import Limit
from upwell.knowledge.loader import load_instrument
from upwell.knowledge.provenance import Mark, Provenance
from upwell.knowledge.toml_file import read_knowledge

NAME = "relapse/rules.toml"
RESPONSE_LOST, REMISSION_LOST = "response-lost", "remission-lost"
NEAR_BASELINE, RISE_FROM_BEST = "near-baseline", "rise-from-best"


@dataclass(frozen=True, slots=True)
class RelapseRule:
    """One rule: what a score must be (``test``), how many in a row, and what must have been reached before.

    ``words``, ``needs`` and ``patient`` say it in full; ``limit`` is the instrument's own number.
    """

    id: str
    title: str
    instrument: str
    test: str
    consecutive: int
    limit: float
    words: str
    needs: str
    patient: str
    provenance: Provenance
    version: str

    def as_declared(self) -> dict[str, Any]:
        """The rule with its numbers, as it is kept where it is declared: later editions leave that one alone."""
        provenance = {
            "sources": [one.as_json() for one in self.provenance.sources],
            "confidence": str(self.provenance.confidence),
        }
        return {**{name: getattr(self, name) for name in _KEPT}, "provenance": provenance}


_KEPT = (
    "id",
    "title",
    "instrument",
    "test",
    "consecutive",
    "limit",
    "words",
    "needs",
    "patient",
    "version",
)


def declared(kept_as: Mapping[str, Any]) -> RelapseRule:
    """A rule from what was kept of it when it was declared."""
    said = kept_as["provenance"]
    provenance = Provenance(tuple(Source(**one) for one in said["sources"]), Mark(said["confidence"]))
    return RelapseRule(**{name: kept_as[name] for name in _KEPT}, provenance=provenance)


@kept
def load_relapse_rules() -> tuple[RelapseRule, ...]:
    """All rules, in the order in which they are offered."""
    return parse_relapse_rules(text_of(NAME), name=NAME)


def relapse_rule(rule_id: str) -> RelapseRule:
    """A rule by its id; raises ``NotFound`` that lists the known ones."""
    for rule in load_relapse_rules():
        if rule.id == rule_id:
            return rule
    known = ", ".join(rule.id for rule in load_relapse_rules())
    raise NotFound(f"There is no relapse rule “{rule_id}”. Known: {known}.", path="rule")


def parse_relapse_rules(text: str, *, name: str) -> tuple[RelapseRule, ...]:
    """The rules in the text of a file; ``name`` is for its errors, which carry the line."""
    file = read_knowledge(text, name=name, kind="relapse-rules")
    found: list[RelapseRule] = []
    for place, raw in enumerate(file.content["rules"]):
        if any(one.id == raw["id"] for one in found):
            raise file.error(f"the rule “{raw['id']}” stands here twice", ("rules", place, "id"))
        try:
            limit = _limit(raw["instrument"], raw["test"])
        except NotFound as unknown:
            raise file.error(unknown.message, ("rules", place, "instrument")) from None
        if limit is None:
            raise file.error("the instrument has no number for this test", ("rules", place, "test"))
        shown = f"{limit:g}"
        said = {key: raw[key].format(limit=shown) for key in ("words", "needs", "patient")}
        own = {key: raw[key] for key in ("id", "title", "instrument", "test", "consecutive")}
        provenance = provenance_at(file, raw, ("rules", place))
        found.append(RelapseRule(**own, **said, limit=limit, provenance=provenance, version=file.version))
    return tuple(found)


def _limit(instrument_id: str, test: str) -> float | None:
    """The number that the rule compares with, as the instrument gives it."""
    change = load_instrument(instrument_id).change
    if test == RESPONSE_LOST:
        return change.response.percent_fall_at_least
    if test == REMISSION_LOST:
        return _end(change.remission)
    return change.reliable.at_least


def _end(limit: Limit) -> float | None:
    return limit.below if limit.below is not None else limit.at_most
