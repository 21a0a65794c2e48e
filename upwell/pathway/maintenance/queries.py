"""Maintenance, for the people who see it: the last dose, the next one, the declared rule and how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate, localtime

from upwell.base.actor import Actor
from upwell.base.errors import NotFound
from upwell.base.finding import Finding
from upwell.base.kept_query import kept_query
from upwell.knowledge.protocols import Protocol, load_protocol
from upwell.knowledge.relapse import RelapseRule, relapse_rule
from upwell.knowledge.relapse import declared as as_it_was_declared
from upwell.pathway.calendar import appointments_of
from upwell.pathway.calendar.models import Appointment
from upwell.pathway.calendar.states import HOLDING, Kind
from upwell.pathway.course.models import Course, CourseStep
from upwell.pathway.course.states import State
from upwell.pathway.maintenance.ceiling import too_often
from upwell.pathway.maintenance.models import RelapseRuleDeclared, RelapseSeen
from upwell.pathway.maintenance.rules import counts_from
from upwell.pathway.parts import doses_of, once
from upwell.pathway.session.models import Session
from upwell.people.charts import chart_ids
from upwell.record.queries import PATIENT_BESIDE_NAME, scores_of
from upwell.science.measures import Dose, Score, Watch, Window, next_dose, watch, weeks_since_last_dose
from upwell.science.scoring.values import plain_number

MOST_SHOWN = 100
UNDER_TREATMENT = (State.INDUCTION, State.MAINTENANCE)


def declared_rules_of(course: Course) -> list[RelapseRuleDeclared]:
    """The same, read once for a page about the course."""
    return once(course, _rules)


def _rules(course: Course) -> list[RelapseRuleDeclared]:
    return declared_rules(course.id)


@dataclass(frozen=True, slots=True)
class Standing:
    """The declared rule of a course, and how it stands by the scores so far; no ``watch`` before the first dose."""

    declared: RelapseRuleDeclared
    rule: RelapseRule
    watch: Watch | None
    scores: tuple[Score, ...]


def declared_rules(course_id: UUID) -> list[RelapseRuleDeclared]:
    """Every rule that was declared for a course, the latest first."""
    return _declared(course_id)


@kept_query(UUID)
def _declared(course_id: UUID) -> QuerySet[RelapseRuleDeclared]:
    return RelapseRuleDeclared.objects.filter(course_id=course_id).order_by("-number")


def declared_rule(course_id: UUID) -> RelapseRuleDeclared | None:
    """The rule that counts now."""
    return next(iter(_declared(course_id)), None)


def relapses_of(course_id: UUID) -> list[RelapseSeen]:
    """Each time that the rule was met, the latest first."""
    return _seen(course_id)


@kept_query(UUID)
def _seen(course_id: UUID) -> QuerySet[RelapseSeen]:
    rows = RelapseSeen.objects.filter(course_id=course_id).select_related("alert__closed_by", "declared")
    return rows.order_by("-at")


def standing_of(course: Course, doses: Sequence[Dose] | None = None) -> Standing | None:
    """How the declared rule stands, with the numbers that it was declared with; None where none is declared."""
    declared = declared_rule(course.id)
    rule = None if declared is None else _rule_of(declared)
    if declared is None or rule is None:
        return None
    given = doses_of(course) if doses is None else doses
    began = phase_began(course, State.MAINTENANCE)
    scores = _scores(course, rule.instrument)
    if not given:
        return Standing(declared, rule, None, scores)
    since = counts_from(began or declared.at, declared.at)
    return Standing(declared, rule, watch(rule, scores, first_dose_at=given[0].at, since=since), scores)


def _rule_of(declared: RelapseRuleDeclared) -> RelapseRule | None:
    """The rule as it was declared, whatever is in force now; the one of that name where only the name was kept."""
    if declared.kept_as is not None:
        return as_it_was_declared(declared.kept_as)
    try:
        return relapse_rule(declared.rule)
    except NotFound:
        return None


def _scores(course: Course, instrument: str) -> tuple[Score, ...]:
    charts = chart_ids(course.patient_id) or [course.patient_id]
    return tuple(
        Score(
            one.id,
            localtime(one.effective_at),  # the rule counts days of the practice's calendar
            None if one.total is None else plain_number(float(one.total)),
            one.status,
        )
        for one in scores_of(charts, instrument)
        if not one.entered_in_error
    )


def phase_began(course: Course, state: State) -> datetime | None:
    """When the course last came into a state."""
    return next(iter(_began(course.id, state.value)), None)


@kept_query(UUID, str)
def _began(course_id: UUID, state: str) -> QuerySet[CourseStep, datetime]:
    rows = CourseStep.objects.filter(course_id=course_id, to_state=state).order_by("-number")
    return rows.values_list("at", flat=True)[:1]


@dataclass(frozen=True, slots=True)
class Maintenance:
    """What the page shows of doses."""

    doses: tuple[date, ...]
    weeks: int | None
    window: Window | None
    stands: str
    protocol: Protocol | None
    ceiling: tuple[Finding, ...]


def maintenance_of(course: Course, doses: Sequence[Dose], at: datetime) -> Maintenance:
    """The last dose, the window of the next one by the protocol, and whether doses come too often."""
    given, today = tuple(localdate(one.at) for one in doses), localdate(at)
    protocol = _protocol(course)
    phase = course.stands if course.stands in (State.INDUCTION, State.MAINTENANCE) else State.INDUCTION
    began = phase_began(course, phase)
    window = None
    if protocol is not None:
        window = next_dose(protocol, phase, given, today, localdate(began) if began else today)
    return Maintenance(
        doses=given,
        weeks=weeks_since_last_dose(given, today),
        window=window,
        stands="unknown" if window is None else window.stands(today),
        protocol=protocol if window is None or not window.protocol else load_protocol(window.protocol),
        ceiling=tuple(too_often((localtime(one.at) for one in doses), localtime(at))),
    )


def _protocol(course: Course) -> Protocol | None:
    try:
        return load_protocol(course.protocol) if course.protocol else None
    except NotFound:
        return None


def course_facts_of(course: Course) -> dict[str, Any]:
    """What the guards of the course ask: the id of the declared rule."""
    declared = declared_rule(course.id)
    return {"maintenance.relapse_rule": None if declared is None else declared.rule}


def undeclared(actor: Actor, course: Course | None) -> list[Course]:
    """The courses under treatment without a relapse rule: this one, or those of the practice."""
    if course is not None:
        return [course] if course.stands in UNDER_TREATMENT and not declared_rules_of(course) else []
    return _undeclared_at(actor.practice_id) if actor.practice_id is not None else []


@kept_query(UUID)
def _undeclared_at(practice_id: UUID) -> QuerySet[Course]:
    rules = RelapseRuleDeclared.objects.filter(course_id=OuterRef("id"))
    return _under_treatment(~Exists(rules), practice_id=practice_id)


def _under_treatment(*conditions: Any, **whose: Any) -> QuerySet[Course]:
    rows = Course.objects.filter(*conditions, state__in=UNDER_TREATMENT, **whose).select_related("patient")
    return rows.defer(*PATIENT_BESIDE_NAME).order_by("updated_at")[:MOST_SHOWN]


@dataclass(frozen=True, slots=True)
class Unbooked:
    """A course whose next dose can be given by now, and for which nothing is booked."""

    course: Course
    window: Window
    stands: str


def unbooked(actor: Actor, course: Course | None, at: datetime) -> list[Unbooked]:
    """The courses under treatment whose window is open or past, without a booking. Three queries, however many."""
    found = _without_a_next_dose(actor, course)
    if not found:
        return []
    ids, today = [one.id for one in found], localdate(at)
    days: dict[UUID, list[date]] = {}
    for key, moment in _first_doses(ids):
        days.setdefault(key, []).append(localdate(moment))
    began = {(key, state): localdate(moment) for key, state, moment in _phases(ids)}
    waiting = []
    for one in found:
        protocol = _protocol(one)
        if protocol is None or one.id not in days:  # a first dose is booked as the first one, not as the next
            continue
        since = began.get((one.id, one.state), localdate(one.started_at))
        window = next_dose(protocol, one.state, days.get(one.id, []), today, since)
        if (stands := window.stands(today)) in ("open", "late"):
            waiting.append(Unbooked(one, window, stands))
    return waiting


def _without_a_next_dose(actor: Actor, course: Course | None) -> list[Course]:
    if course is None:
        return _without_at(actor.practice_id) if actor.practice_id is not None else []
    if course.stands not in UNDER_TREATMENT or not course.protocol:
        return []
    held = (one for one in once(course, appointments_of) if one.stands in HOLDING)
    return [] if any(one.is_for is Kind.DOSING for one in held) else [course]


@kept_query(UUID)
def _without_at(practice_id: UUID) -> QuerySet[Course]:
    """Asked by existence, course by course: that goes by indexes, however many sessions there are."""
    booked = Appointment.objects.filter(course_id=OuterRef("id"), kind=Kind.DOSING, state__in=sorted(HOLDING))
    dosed = Session.objects.filter(course_id=OuterRef("id"), first_dose_at__isnull=False)
    return _under_treatment(Exists(dosed), ~Exists(booked), ~Q(protocol=""), practice_id=practice_id)


@kept_query(list)
def _first_doses(course_ids: list[UUID]) -> QuerySet[Session, Any]:
    rows = Session.objects.filter(course_id__any=course_ids, first_dose_at__isnull=False)
    return rows.values_list("course_id", "first_dose_at")


@kept_query(list)
def _phases(course_ids: list[UUID]) -> QuerySet[CourseStep, tuple[UUID, str, datetime]]:
    rows = CourseStep.objects.filter(course_id__any=course_ids).order_by("number")
    return rows.values_list("course_id", "to_state", "at")
