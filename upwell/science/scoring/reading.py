"""What the engine found in one set of answers, before it is put into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from upwell.knowledge.instrument import Band, Flag, Instrument, Scalar
from upwell.science.scoring.values import Values


@dataclass(frozen=True, slots=True)
class Partial:
    """A sum over the questions that apply to the person, and the highest it could be. It has no band."""

    total: int | float
    maximum: int | float
    items: tuple[str, ...]


@dataclass(slots=True)  # not frozen: it lives for one scoring only, and is made a million times
class Reading:
    """The numbers and flags of one set of answers; ``values`` holds the answers as given, never filled in."""

    instrument: Instrument
    status: str
    total: int | float | None
    band: Band | None
    level: str | None
    partial: Partial | None
    algorithms: Mapping[str, Scalar | None]
    flags: tuple[Flag, ...]
    missing: tuple[str, ...]
    not_applicable: tuple[str, ...]
    item_ids: frozenset[str]
    scored_count: int
    values: Values

    def facts(self) -> dict[str, Any]:
        """The facts that any template may name."""
        facts: dict[str, Any] = {
            "name": self.instrument.name,
            "total": self.total,
            "maximum": self.instrument.range.maximum,
            "band": "" if self.band is None else self.band.label,
            "band_patient": "" if self.band is None else self.band.patient,
            "missing": ", ".join(self.missing),
            "missing_count": len(self.missing),
            "scored_count": self.scored_count,
        }
        if self.not_applicable:
            facts["not_applicable"] = ", ".join(self.not_applicable)
        if self.partial is not None:
            facts |= {"partial": self.partial.total, "partial_maximum": self.partial.maximum}
        return facts
