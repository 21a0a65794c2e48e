"""What the models share: molecular weights, words and limits of the input, observed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from upwell.knowledge.edition import file_of, kept
from upwell.knowledge.provenance import Provenance, frozen, read_provenance


@dataclass(frozen=True, slots=True)
class Limit:
    """Plausible values of one input; they only catch slips of the keyboard."""

    maximum: float
    minimum: float = 0
    default: float = 0
    adult_from: float = 0


@dataclass(frozen=True, slots=True)
class Observed:
    """What was measured in people, where a model is missing or beside it."""

    substance: str
    route: str
    dose: str
    text: str
    provenance: Provenance

    def sentence(self) -> str:
        source = "; ".join(one.title for one in self.provenance.sources)
        return f"{self.dose}: {self.text} ({source})"


@dataclass(frozen=True, slots=True)
class Facts:
    """Words, limits and observations."""

    version: str
    disclaimer: str
    molecular_weights: Mapping[str, float]
    substances: Mapping[str, str]
    routes: Mapping[str, str]
    ancestries: Mapping[str, str]
    limits: Mapping[str, Limit]
    observed: tuple[Observed, ...]

    def observed_for(self, substance: str, route: str) -> list[Observed]:
        """What was observed for a substance by a route."""
        return [one for one in self.observed if (one.substance, one.route) == (substance, route)]


@kept
def load_facts() -> Facts:
    """What the models share, checked once and then kept."""
    file = file_of("pharmacology/facts.toml", "pk-facts")
    raw = file.content
    weights = {key: one for key, one in raw["molecular_weights"].items() if isinstance(one, int | float)}
    limits = {key: Limit(**one) for key, one in raw["limits"].items() if isinstance(one, dict)}
    observed = tuple(
        Observed(
            **{key: one[key] for key in ("substance", "route", "dose", "text")},
            provenance=read_provenance(one, raw["sources"]),
        )
        for one in raw["observed"]
    )
    return Facts(
        version=file.version,
        disclaimer=raw["disclaimer"],
        molecular_weights=frozen(weights),
        substances=frozen(raw["substances"]),
        routes=frozen(raw["routes"]),
        ancestries=frozen(raw["ancestries"]),
        limits=frozen(limits),
        observed=observed,
    )
