"""What a scoring gives back, in the shape of the contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from upwell.base.finding import Finding
from upwell.knowledge.instrument import Scalar
from upwell.science.scoring.reading import Partial


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """A scored instrument: total and band where they can be had, and all that must be seen beside them.

    ``level_at_least``: the risk that the answers prove already, whatever is missing (suicide instruments).
    """

    instrument: str
    instrument_version: str
    status: str
    has_level: bool
    level_at_least: str | None
    total: int | float | None
    minimum: int | float | None
    maximum: int | float | None
    band: str | None
    band_label: str | None
    subscales: Mapping[str, int | float | None]
    algorithms: Mapping[str, Scalar | None]
    flags: tuple[str, ...]
    missing: tuple[str, ...]
    missing_handling: str
    not_applicable: tuple[str, ...]
    partial: Partial | None
    unscored: Mapping[str, Scalar]
    plain: Mapping[str, str]
    findings: tuple[Finding, ...]

    @property
    def prorated(self) -> bool:
        """The total rests on items that were filled in, and is shown as such."""
        return self.status == "imputed"

    def as_json(self) -> dict[str, Any]:
        """The result as ``upwell score --json`` prints it and as the record keeps it."""
        return {
            "instrument": self.instrument,
            "instrument_version": self.instrument_version,
            "status": self.status,
            **({"level_at_least": self.level_at_least} if self.has_level else {}),
            "total": self.total,
            "minimum": self.minimum,
            "maximum": self.maximum,
            "band": self.band,
            "band_label": self.band_label,
            "subscales": dict(self.subscales),
            "algorithms": dict(self.algorithms),
            "flags": list(self.flags),
            "missing": list(self.missing),
            "missing_handling": self.missing_handling,
            "not_applicable": list(self.not_applicable),
            "partial": None if self.partial is None else _partial(self.partial),
            "prorated": self.prorated,
            "unscored": dict(self.unscored),
            "plain": dict(self.plain),
            "findings": [finding.as_json() for finding in self.findings],
        }


def _partial(partial: Partial) -> dict[str, Any]:
    return {"total": partial.total, "maximum": partial.maximum, "items": list(partial.items)}
