"""Builds rule sets, outcome tables, gates and the fact book from files that have been read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from upwell.base.finding import Severity
from upwell.knowledge.gates.conditions import build_condition
from upwell.knowledge.gates.model import (
    Cleared,
    FactBook,
    FactEntry,
    Gate,
    JudgedCriterion,
    LogReading,
    MinimumObservation,
    Monitoring,
    Outcomes,
    Rule,
    RuleSet,
    Schedule,
    SeverityRow,
    Timed,
    TimeStep,
)
from upwell.knowledge.provenance import Provenance, frozen, read_provenance
from upwell.knowledge.toml_file import KnowledgeFile, Path

ANY = "any"


def provenance_at(file: KnowledgeFile, fact: Mapping[str, Any], path: Path) -> Provenance:
    """The provenance beside a fact; a source that the file does not list is an error with its line."""
    try:
        return read_provenance(fact, file.content["sources"])
    except KeyError as missing:
        raise file.error(f"no source {missing} is listed under [sources]", (*path, "source")) from None


def build_rule_set(file: KnowledgeFile) -> RuleSet:
    """The rule set that a file describes."""
    raw = file.content
    rules = tuple(_rule(file, entry, ("rules", place)) for place, entry in enumerate(raw["rules"]))
    seen: set[str] = set()
    for place, rule in enumerate(rules):
        if rule.id in seen:
            raise file.error(f"the rule {rule.id} stands here twice", ("rules", place, "id"))
        seen.add(rule.id)
    return RuleSet(raw["id"], raw["title"], raw["window"], rules, file.version)


def _rule(file: KnowledgeFile, raw: Mapping[str, Any], path: Path) -> Rule:
    severity = raw["severity"]
    table = severity if isinstance(severity, Mapping) else {ANY: severity}
    cleared = raw.get("cleared")
    return Rule(
        id=raw["id"],
        when=build_condition(raw["when"]),
        severity=frozen({substance: Severity(value) for substance, value in table.items()}),
        message=raw["message"],
        provenance=provenance_at(file, raw, path),
        applies=frozen({key: tuple(values) for key, values in raw.get("applies", {}).items()}),
        gates=tuple(raw.get("gates", ())),
        unless=build_condition(raw["unless"]) if "unless" in raw else None,
        unknown=raw.get("unknown"),
        unknown_severity=Severity(raw.get("unknown_severity", Severity.UNKNOWN)),
        level=raw.get("level"),
        criterion=raw.get("criterion"),
        cleared=None if cleared is None else Cleared(Severity(cleared["severity"]), cleared["message"]),
        overridable_by=tuple(raw["overridable_by"]) if "overridable_by" in raw else None,
        after_criteria=raw.get("after_criteria", False),
    )


def build_outcomes(file: KnowledgeFile) -> Outcomes:
    """The contract's table of outcomes and overrides."""
    raw = file.content
    rows = [
        SeverityRow(
            severity=Severity(row["severity"]),
            outcome=row["outcome"],
            overridable_by=tuple(row["overridable_by"]),
            second_clinician=row["second_clinician"],
            before_the_day=row["before_the_day"],
        )
        for row in raw["rows"]
    ]
    missing = set(Severity) - {row.severity for row in rows}
    if missing:
        raise file.error(f"no row for {', '.join(sorted(missing))}", ("rows",))
    return Outcomes(
        outcomes=tuple(raw["outcomes"]),
        rows=MappingProxyType({row.severity: row for row in rows}),
        second_roles=tuple(raw["second_clinician_roles"]),
        provenance=provenance_at(file, raw, ()),
        version=file.version,
    )


def build_gates(file: KnowledgeFile) -> Mapping[str, Gate]:
    """The gates, by id."""
    return frozen(
        {
            raw["id"]: Gate(
                id=raw["id"],
                title=raw["title"],
                rule_sets=tuple(raw["rule_sets"]),
                repeats=frozen(
                    {
                        name: tuple(Severity(one) for one in severities)
                        for name, severities in raw.get("repeats", {}).items()
                    }
                ),
            )
            for raw in file.content["gates"]
        }
    )


def build_fact_book(file: KnowledgeFile) -> FactBook:
    """The fact book that a file describes."""
    raw = file.content
    entries = {name: _entry(name, entry) for name, entry in raw["facts"].items()}
    pairs = {name: (pair["first"], pair["second"]) for name, pair in raw["pairs"].items()}
    plausible = {name: entry.plausible for name, entry in entries.items() if entry.plausible is not None}
    session = raw.get("session")
    return FactBook(
        frozen(entries),
        frozen(pairs),
        provenance_at(file, raw, ()),
        file.version,
        frozen(plausible),
        None if session is None else timedelta(hours=session["hours_between"]),
        None if session is None else timedelta(hours=session["hours_at_most"]),
    )


def _entry(name: str, raw: Mapping[str, Any]) -> FactEntry:
    return FactEntry(
        name=name,
        label=raw["label"],
        unit=raw.get("unit", ""),
        possible=_range(raw.get("possible")),
        plausible=_range(raw.get("plausible")),
        pair=raw.get("pair"),
    )


def _range(raw: list[float] | None) -> tuple[float, float] | None:
    return None if raw is None else (raw[0], raw[1])


def build_monitoring(file: KnowledgeFile) -> Monitoring:
    """The minimum observation by route."""
    raw = file.content
    minimums = tuple(
        MinimumObservation(
            rule=entry["rule"],
            substance=entry.get("substance"),
            routes=tuple(entry.get("routes", ())),
            minutes=entry["minutes"],
            counts_from=entry["counts_from"],
            hard=entry["hard"],
            message=entry["message"],
            provenance=provenance_at(file, entry, ("minimum", place)),
        )
        for place, entry in enumerate(raw["minimum"])
    )
    return Monitoring(
        minimums=minimums,
        schedules=tuple(_schedule(entry) for entry in raw["schedule"]),
        early_fraction=raw["timing"]["early_fraction"],
        too_early_hard=Severity(raw["too_early"]["hard"]),
        too_early=Severity(raw["too_early"]["otherwise"]),
        unknown_rule=raw["unknown"]["rule"],
        unknown_message=raw["unknown"]["message"],
        no_end_rule=raw["no_end"]["rule"],
        no_end_message=raw["no_end"]["message"],
        criterion=raw["criterion"],
        form_due_days=raw["form"]["due_days"],
        version=file.version,
        provenance=provenance_at(file, raw, ()),
    )


def _schedule(raw: Mapping[str, Any]) -> Schedule:
    return Schedule(
        id=raw["id"],
        route=raw["route"],
        substance=raw.get("substance"),
        setting=raw.get("setting"),
        timed=tuple(
            Timed(one["what"], tuple(one["facts"]), _steps(one["during"]), _steps(one.get("after", ())))
            for one in raw["timed"]
        ),
    )


def _steps(raw: Iterable[Mapping[str, Any]]) -> tuple[TimeStep, ...]:
    """What is watched all the time has no step of the clock."""
    return tuple(
        TimeStep(tuple(step.get("at", ())), step.get("every"), step.get("until"), step.get("late", 0))
        for step in raw
        if not step.get("continuous")
    )


_LEVELS = ("amber", "red", "emergency")


def build_log_reading(file: KnowledgeFile) -> LogReading:
    """How a session's log is read as facts."""
    raw = file.content
    return LogReading(
        amount_tolerance=raw["amounts"]["tolerance"],
        weight_at_least=raw["weights"]["at_least"],
        unseen_minutes=frozen({level: raw["unseen"][level] for level in _LEVELS} if "unseen" in raw else {}),
        undiluted_from_mg_per_ml=raw["undiluted"]["from_mg_per_ml"],
        undiluted_routes=tuple(raw["undiluted"]["routes"]),
        criteria=frozen(
            {
                one["id"]: JudgedCriterion(
                    one.get("answer"),
                    one.get("met", True),
                    one.get("text_means"),
                    one.get("text_is"),
                    one.get("alerts"),
                )
                for one in raw["criteria"]
            }
        ),
        terms=frozen({word: one["answer"] for one in raw["terms"] for word in one["words"]}),
        distress_answer=raw["distress"]["answer"],
        distress_keys=tuple(raw["distress"]["keys"]),
        version=file.version,
    )
