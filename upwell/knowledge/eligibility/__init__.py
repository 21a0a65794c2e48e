"""Who may start a course of care: for now, the age rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from upwell.base.finding import Because, Finding, Severity
from upwell.knowledge.provenance import Provenance, frozen, read_provenance
from upwell.knowledge.toml_file import KnowledgeFile


@dataclass(frozen=True, slots=True)
class AgeRule:
    """The age from which a course may start, and what is said below it."""

    rule: str
    fact: str
    adult_from_years: int
    severity: Severity
    message: str
    overridable_by: tuple[str, ...]
    substances: Mapping[str, str]
    unknown_rule: str
    unknown_severity: Severity
    unknown_message: str
    provenance: Provenance
    version: str

    def finding(self, age_years: float | None) -> Finding | None:
        """What the rule says of an age: nothing for an adult; an unknown age is a finding too."""
        if age_years is None:
            unknown = (self.unknown_rule, self.unknown_severity, self.unknown_message)
            return self._finding(*unknown, "not on record")
        if age_years >= self.adult_from_years:
            return None
        message = self.message.format(adult_from_years=self.adult_from_years)
        return self._finding(self.rule, self.severity, message, f"{age_years:g} years")

    def _finding(self, rule: str, severity: Severity, message: str, value: str) -> Finding:
        return Finding(
            rule=rule,
            severity=severity,
            message=message,
            because=(Because(self.fact, value),),
            source=self.provenance.sources,
            policy=self.provenance.is_policy,
            overridable_by=self.overridable_by,
        )


def build_age_rule(file: KnowledgeFile) -> AgeRule:
    """The age rule that a file describes."""
    raw = file.content
    return AgeRule(
        rule=raw["rule"],
        fact=raw["fact"],
        adult_from_years=raw["adult_from_years"],
        severity=Severity(raw["severity"]),
        message=raw["message"],
        overridable_by=tuple(raw["overridable_by"]),
        substances=frozen(raw.get("substances", {})),
        unknown_rule=raw["unknown"]["rule"],
        unknown_severity=Severity(raw["unknown"]["severity"]),
        unknown_message=raw["unknown"]["message"],
        provenance=read_provenance(raw, raw["sources"]),
        version=file.version,
    )
