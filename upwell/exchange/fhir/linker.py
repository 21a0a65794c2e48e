"""The references of a chunk of resources, resolved together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from upwell.exchange.fhir.known import Practice
from upwell.exchange.fhir.mapping.common import Links
from upwell.exchange.fhir.mapping.medication import medication_code
from upwell.exchange.fhir.mapping.party import name_of_party
from upwell.exchange.fhir.references import pointers, references_in
from upwell.exchange.fhir.resolve import Found, Lost, Outcome, Resolver
from upwell.exchange.fhir.shapes import Json
from upwell.exchange.fhir.spool import Key, Spool, Waiting


@dataclass(slots=True)
class Linked:
    """A resource, and where its references lead."""

    item: Waiting
    resource: Json
    links: Links = field(default_factory=Links)
    unresolved: list[dict[str, str]] = field(default_factory=list)
    lost: list[tuple[str, Lost]] = field(default_factory=list)


_Step = tuple[str, str, Json]  # element, path, reference


class Linker:
    """Resolves references chunk by chunk."""

    def __init__(self, spool: Spool, resolver: Resolver, practice: Practice) -> None:
        self._spool = spool
        self._resolver = resolver
        self._practice = practice

    def link(self, items: Sequence[Waiting]) -> list[Linked]:
        """Each resource with what its references mean."""
        parsed = [(item, orjson.loads(item.body)) for item in items]
        steps = [list(references_in(resource)) for _, resource in parsed]
        self._resolver.prime(p for own in steps for element, _, ref in own for p in pointers(ref, element))
        outcomes = [
            [self._resolver.resolve(ref, element, item.scope, resource) for element, _, ref in own]
            for (item, resource), own in zip(parsed, steps, strict=True)
        ]
        found = (outcome.key for own in outcomes for outcome in own if isinstance(outcome, Found))
        names = self._practice.party_names(found)
        return [
            self._one(item, resource, own, led, names)
            for (item, resource), own, led in zip(parsed, steps, outcomes, strict=True)
        ]

    def _one(
        self, item: Waiting, resource: Json, steps: list[_Step], led: list[Outcome], names: dict[Key, str]
    ) -> Linked:
        linked = Linked(item, resource)
        shown: dict[str, str] = {}
        medication: Json | None = None
        for (element, path, reference), outcome in zip(steps, led, strict=True):
            if isinstance(outcome, Found):
                text = reference.get("reference")
                if isinstance(text, str):
                    shown[text] = _contained_name(outcome.inside) or names.get(outcome.key, "")
                if element == "medicationReference":
                    medication = self._medication(outcome)
            else:
                linked.lost.append((path, outcome))
                if not outcome.unused:
                    linked.unresolved.append({"path": path, "why": outcome.why} | _as_it_stood(reference))
            if element == "medicationReference" and medication is None and reference.get("display"):
                medication = {"text": reference["display"]}
        linked.links = Links(shown, medication)
        return linked

    def _medication(self, outcome: Found) -> Json | None:
        if outcome.inside is not None:
            return medication_code(outcome.inside)
        body = self._spool.body(outcome.key)
        return medication_code(orjson.loads(body)) if body else None


def _contained_name(inside: Json | None) -> str:
    return name_of_party(inside, Links()) if inside is not None else ""


def _as_it_stood(reference: Json) -> dict[str, Any]:
    return {
        name: reference[name] for name in ("reference", "identifier", "type", "display") if name in reference
    }
