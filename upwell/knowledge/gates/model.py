"""Rules as data: conditions over facts, what is said when they hold, and what is said when nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from upwell.base.finding import Severity
from upwell.knowledge.provenance import Provenance

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition over the facts. Exactly one of the first nine says what kind it is.

    ``fact`` compares a fact; ``since`` compares the time that went by (in ``unit``); ``given`` asks whether
    a fact is there at all; ``same_day`` whether a time is of the day of the question; ``has`` looks for a
    code list among the conditions; ``takes`` for a class among the medicines.
    """

    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()
    negated: Condition | None = None
    fact: str | None = None
    since: str | None = None
    given: str | None = None
    same_day: str | None = None
    has: str | None = None
    takes: str | None = None
    above: float | None = None
    below: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    equals: Scalar | None = None
    one_of: tuple[Scalar, ...] = ()
    window: str | None = None
    reading: str = "latest"
    change_from: str | None = None
    relative: bool = False
    unit: str = "minutes"
    for_minutes: float | None = None
    unproven: str = "unknown"
    onset_within_days: float | None = None
    ever: bool = False
    within_days: float | None = None
    gap_days: float | None = None


@dataclass(frozen=True, slots=True)
class Cleared:
    """What a specialist's clearance on record turns an absolute finding into."""

    severity: Severity
    message: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: when it holds, how severe that is, what is said, from which source."""

    id: str
    when: Condition
    severity: Mapping[str, Severity]
    message: str
    provenance: Provenance
    applies: Mapping[str, tuple[str, ...]]
    gates: tuple[str, ...] = ()
    unless: Condition | None = None
    unknown: str | None = None
    unknown_severity: Severity = Severity.UNKNOWN
    level: str | None = None
    criterion: str | None = None
    cleared: Cleared | None = None
    overridable_by: tuple[str, ...] | None = None
    after_criteria: bool = False


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of one file, in order, and the readings they look at unless they say otherwise."""

    id: str
    title: str
    window: str
    rules: tuple[Rule, ...]
    version: str


@dataclass(frozen=True, slots=True)
class SeverityRow:
    """What a severity makes of a gate, and who may override it."""

    severity: Severity
    outcome: str
    overridable_by: tuple[str, ...]
    second_clinician: bool
    before_the_day: bool


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The contract's table: worst finding that nobody overrode -> outcome; who may override what."""

    outcomes: tuple[str, ...]
    rows: Mapping[Severity, SeverityRow]
    second_roles: tuple[str, ...]
    provenance: Provenance
    version: str


@dataclass(frozen=True, slots=True)
class Gate:
    """One question that a file of facts is put to: its rule sets, and what is only repeated from others."""

    id: str
    title: str
    rule_sets: tuple[str, ...]
    repeats: Mapping[str, tuple[Severity, ...]]


@dataclass(frozen=True, slots=True)
class FactEntry:
    """A fact as people call it: unit, what is possible at all, and what would be asked about."""

    name: str
    label: str
    unit: str
    possible: tuple[float, float] | None
    plausible: tuple[float, float] | None
    pair: str | None


@dataclass(frozen=True, slots=True)
class FactBook:
    """Every fact that rules speak of, and those that are read together (blood pressure)."""

    entries: Mapping[str, FactEntry]
    pairs: Mapping[str, tuple[str, str]]
    provenance: Provenance
    version: str
    plausible: Mapping[str, tuple[float, float]]  # of those entries that have it
    session_gap: timedelta | None = None  # what lies no further apart than this is of one session
    session_longest: timedelta | None = None  # and a session goes no further back than this


@dataclass(frozen=True, slots=True)
class MinimumObservation:
    """How long a person stays after the dose, for a substance by a route."""

    rule: str
    substance: str | None
    routes: tuple[str, ...]
    minutes: float
    counts_from: str
    hard: bool
    message: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class TimeStep:
    """When something is due, in minutes: at fixed times, or every so often until a time."""

    at: tuple[float, ...] = ()
    every: float | None = None
    until: float | None = None
    late: float = 0


@dataclass(frozen=True, slots=True)
class Timed:
    """One thing that is measured by the clock: from a dose, and after the end of an infusion."""

    what: str
    facts: tuple[str, ...]
    during: tuple[TimeStep, ...]
    after: tuple[TimeStep, ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is measured when, for a substance by a route."""

    id: str
    route: str
    substance: str | None
    setting: str | None
    timed: tuple[Timed, ...]


@dataclass(frozen=True, slots=True)
class Monitoring:
    """The minimum observation by route, the first line that fits being the one that counts; and the schedules."""

    minimums: tuple[MinimumObservation, ...]
    schedules: tuple[Schedule, ...]
    early_fraction: float
    too_early_hard: Severity
    too_early: Severity
    unknown_rule: str
    unknown_message: str
    no_end_rule: str
    no_end_message: str
    criterion: str
    form_due_days: float
    version: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class JudgedCriterion:
    """A discharge criterion that a person judges, as the answer that it is."""

    answer: str | None
    met: bool
    text_means: str | None
    text_is: str | None
    alerts: str | None = None  # the level of suicide risk that "not met" tells


@dataclass(frozen=True, slots=True)
class LogReading:
    """How a session's log is read as facts."""

    amount_tolerance: float
    weight_at_least: float
    unseen_minutes: Mapping[
        str, float
    ]  # by level: from then on an alarm that nobody acknowledged stands out more
    undiluted_from_mg_per_ml: float
    undiluted_routes: tuple[str, ...]
    criteria: Mapping[str, JudgedCriterion]
    terms: Mapping[str, str]
    distress_answer: str
    distress_keys: tuple[str, ...]
    version: str


@dataclass(frozen=True, slots=True)
class CodeList:
    """The codes of one clinical idea, and the names by which it is known."""

    id: str
    label: str
    snomed: frozenset[str]
    icd10: tuple[str, ...]
    icd10_except: tuple[str, ...]
    names: tuple[str, ...]
    not_names: tuple[str, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class CodeLists:
    """All code lists, and the words that turn a name into something else (“family history of”)."""

    lists: Mapping[str, CodeList]
    not_the_condition: tuple[str, ...]
    only_suspected: tuple[str, ...]
    spellings: Mapping[str, str]
    version: str


@dataclass(frozen=True, slots=True)
class Ingredient:
    """A medicine's ingredient: its name, other names, and its RxNorm ingredient code where that is certain."""

    name: str
    names: tuple[str, ...]
    rxnorm: str | None
    also: tuple[str, ...] = ()  # words that have to stand in the name too


@dataclass(frozen=True, slots=True)
class DrugClass:
    """A class of medicines through the list of its ingredients."""

    id: str
    label: str
    ingredients: tuple[Ingredient, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class DrugClasses:
    """All classes of medicines that a rule knows."""

    classes: Mapping[str, DrugClass]
    version: str
