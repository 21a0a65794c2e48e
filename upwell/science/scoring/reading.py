"""What the engine found in one set of answers, before it is put into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from upwell.knowledge.instrument import Band, Flag, Instrument, Scalar
from upwell.science.scoring.values import Values


@dataclass(frozen=True, slots=True)
class Reading:
    """The numbers and flags of one set of answers; ``values`` holds the answers as given, never filled in."""

    instrument: Instrument
    status: str
    total: int | float | None
    band: Band | None
    algorithms: Mapping[str, Scalar | None]
    flags: tuple[Flag, ...]
    missing: tuple[str, ...]
    scored_count: int
    values: Values

    def facts(self) -> dict[str, Any]:
        """The facts that any template may name."""
        return {
            "name": self.instrument.name,
            "total": self.total,
            "maximum": self.instrument.range.maximum,
            "band": "" if self.band is None else self.band.label,
            "band_patient": "" if self.band is None else self.band.patient,
            "missing": ", ".join(self.missing),
            "missing_count": len(self.missing),
            "scored_count": self.scored_count,
        }
