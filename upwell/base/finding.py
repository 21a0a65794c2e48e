"""A finding: what a rule says, why, from which source, and who may override it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """Mildest first; the order is the contract's."""

    INFORMATION = "information"
    CAUTION = "caution"
    RELATIVE = "relative"
    UNKNOWN = "unknown"
    NEEDS_DECISION = "needs-decision"
    NOT_RECOMMENDED = "not-recommended"
    ABSOLUTE = "absolute"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Because:
    """One fact that a finding rests on."""

    fact: str
    value: str
    at: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {"fact": self.fact, "value": self.value, "at": self.at}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule or number comes from, with its mark (V, H, M, L, C, NR)."""

    title: str
    confidence: str
    jurisdiction: str | None = None
    effective_from: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "confidence": self.confidence,
            "jurisdiction": self.jurisdiction,
            "effective_from": self.effective_from,
        }


@dataclass(frozen=True, slots=True)
class Override:
    """Who decided against a finding, and why."""

    by: str
    reason: str
    at: str

    def as_json(self) -> dict[str, Any]:
        return {"by": self.by, "reason": self.reason, "at": self.at}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says about the facts: never a bare boolean."""

    rule: str
    severity: Severity
    message: str
    because: tuple[Because, ...] = ()
    source: tuple[Source, ...] = ()
    policy: bool = False
    overridable_by: tuple[str, ...] = ()
    overridden: Override | None = field(default=None)

    def as_json(self) -> dict[str, Any]:
        """The finding in the shape of the contract."""
        return {
            "rule": self.rule,
            "severity": str(self.severity),
            "message": self.message,
            "because": [one.as_json() for one in self.because],
            "source": [one.as_json() for one in self.source],
            "policy": self.policy,
            "overridable_by": list(self.overridable_by),
            "overridden": None if self.overridden is None else self.overridden.as_json(),
        }
