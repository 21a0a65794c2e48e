"""Planning measures: the schedule laid over a course, as requests that the person's phone shows when they open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from upwell.access.acting import acting_as
from upwell.access.system import Purpose, system_actor
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.inserting import insert
from upwell.base.kept_query import kept_query
from upwell.knowledge.schedules import load_schedule
from upwell.pathway.course.models import Course, CourseStep
from upwell.pathway.course.states import State
from upwell.pathway.parts import doses_of
from upwell.people.charts import chart_ids
from upwell.people.models import Patient
from upwell.record.actions import refuse_other_practice
from upwell.record.models import Assessment, AssessmentRequest
from upwell.science.measures import Answer, Dose, Phase, Planned, due_measures, part_of

LOOKS_BACK = timedelta(
    days=400
)  # further back than any recall window: what was answered before does not matter
CHANGEABLE = [
    "opens_at",
    "due_at",
    "late_at",
    "closes_at",
    "assessment_id",
    "cancelled_at",
    "cancelled_because",
]
MOMENTS = ("opens_at", "due_at", "late_at", "closes_at")


@dataclass(slots=True)
class Changes:
    """What planning changed."""

    made: list[AssessmentRequest] = field(default_factory=list)
    changed: list[AssessmentRequest] = field(default_factory=list)
    withdrawn: list[AssessmentRequest] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.made or self.changed or self.withdrawn)


def plan_measures(*, by: Actor, course: Course) -> Changes:
    """Bring the measures of a course up to date: called when a dose was given, when the course moves, after answers.

    Planned again, nothing is there twice. What was answered, missed or taken back by a person stays as it is. Who calls
    it has done what brings it about, and was asked then whether they may; the plan itself is the system's.
    """
    refuse_other_practice(by, course.practice_id)
    with acting_as(system_actor(Purpose.JOB, course.practice_id, by.account_id)):
        changes = _plan(course, now())
    if changes:
        record(
            "measures.planned",
            by=replace(by, practice_id=course.practice_id),
            patient_id=course.patient_id,
            object_type="course",
            object_id=course.id,
            made=len(changes.made),
            changed=len(changes.changed),
            withdrawn=len(changes.withdrawn),
        )
    return changes


def _plan(course: Course, at: datetime) -> Changes:
    _alone(course.id)  # who plans at the same moment waits
    there = {row.slot: row for row in _planned(course.id)}
    answers = _answers(course, there.values())
    doses = doses_of(course)
    wanted = [] if any(_deceased(course.patient_id)) else _wanted(course, doses, answers, at)
    changes = Changes()
    for planned in wanted:
        row = there.get(planned.slot)
        if row is None:
            if not planned.answered and planned.closes_at > at:
                changes.made.append(_row(course, planned, doses))
        elif row.assessment_id is None and _bring_up_to_date(row, planned, answers, at):
            changes.changed.append(row)
    slots = {planned.slot for planned in wanted}
    for row in there.values():
        if row.slot not in slots and _can_be_answered(row, at):
            row.cancelled_at, row.cancelled_because = at, AssessmentRequest.Withdrawn.BY_PLAN
            changes.withdrawn.append(row)
    if changes.made:
        insert(changes.made, once=True)
    for row in (*changes.changed, *changes.withdrawn):
        row.updated_at = at
    AssessmentRequest.objects.bulk_update([*changes.changed, *changes.withdrawn], [*CHANGEABLE, "updated_at"])
    return changes


@kept_query(UUID)
def _alone(course_id: UUID) -> QuerySet[Course, UUID]:
    return Course.objects.select_for_update(of=("self",)).filter(id=course_id).values_list("id", flat=True)


@kept_query(UUID)
def _planned(course_id: UUID) -> QuerySet[AssessmentRequest]:
    return AssessmentRequest.objects.filter(course_id=course_id).exclude(slot="")


@kept_query(UUID)
def _deceased(patient_id: UUID) -> QuerySet[Patient, bool]:
    return Patient.objects.filter(id=patient_id).values_list("deceased", flat=True)


def _wanted(
    course: Course, doses: Sequence[Dose], answers: Sequence[Answered], at: datetime
) -> list[Planned]:
    return due_measures(
        load_schedule(),
        phases=_phases(course),
        doses=doses,
        answered=[one.answer for one in answers],
        at=at,
    )


def _phases(course: Course) -> list[Phase]:
    """The states that the course was in, one after the other; a closed course is in none."""
    steps = _steps(course.id)
    ends = [at for _, at in steps[1:]]
    return [
        Phase(state, since, until)
        for (state, since), until in zip(steps, [*ends, None], strict=True)
        if state != State.CLOSED
    ]


@kept_query(UUID)
def _steps(course_id: UUID) -> QuerySet[CourseStep, tuple[str, datetime]]:
    rows = CourseStep.objects.filter(course_id=course_id).order_by("number")
    return rows.values_list("to_state", "at")


@dataclass(frozen=True, slots=True)
class Answered:
    """An assessment as the plan sees it."""

    id: UUID
    answer: Answer


def _answers(course: Course, there: Iterable[AssessmentRequest]) -> list[Answered]:
    """What the person has answered lately, with the slot that it was asked for."""
    slot_of = {row.assessment_id: row.slot for row in there if row.assessment_id is not None}
    found = _given(chart_ids(course.patient_id), course.started_at - LOOKS_BACK)
    return [Answered(key, Answer(instrument, at, slot_of.get(key, ""))) for key, instrument, at in found]


@kept_query(list, datetime)
def _given(charts: list[UUID], since: datetime) -> QuerySet[Assessment, tuple[UUID, str, datetime]]:
    rows = Assessment.objects.filter(patient_id__any=charts, entered_in_error=False, effective_at__gte=since)
    return rows.order_by("effective_at", "id").values_list("id", "instrument", "effective_at")


def _bring_up_to_date(
    row: AssessmentRequest, planned: Planned, answers: Sequence[Answered], at: datetime
) -> bool:
    """Whether something changed: answered by hand meanwhile, wanted again, or its moments have moved."""
    if row.cancelled_at is not None and row.cancelled_because != AssessmentRequest.Withdrawn.BY_PLAN:
        return False
    before = [getattr(row, name) for name in CHANGEABLE]
    if planned.answered:
        row.assessment_id = _by_hand(planned, answers)
    elif planned.closes_at > at or _can_be_answered(row, at):
        # What the plan closes now (the first dose ends the baseline) can't be answered any more; it was missed.
        row.cancelled_at, row.cancelled_because = None, AssessmentRequest.Withdrawn.BY_HAND
        for name in MOMENTS:
            setattr(row, name, getattr(planned, name))
    return before != [getattr(row, name) for name in CHANGEABLE]


def _by_hand(planned: Planned, answers: Sequence[Answered]) -> UUID | None:
    """The assessment that nobody had planned and that stands for this measure."""
    for one in answers:
        same = one.answer.instrument == planned.instrument and not one.answer.slot
        if same and planned.opens_at <= one.answer.at < planned.closes_at:
            return one.id
    return None


def _can_be_answered(row: AssessmentRequest, at: datetime) -> bool:
    return (
        row.assessment_id is None
        and row.cancelled_at is None
        and row.closes_at is not None
        and row.closes_at > at
    )


def _row(course: Course, planned: Planned, doses: Sequence[Dose]) -> AssessmentRequest:
    sessions = {dose.id for dose in doses}
    behind = planned.slot.removeprefix(part_of(planned.slot))[1:]
    return AssessmentRequest(
        practice_id=course.practice_id,
        patient_id=course.patient_id,
        course_id=course.id,
        session_id=UUID(behind) if behind in sessions else None,
        instrument=planned.instrument,
        slot=planned.slot,
        opens_at=planned.opens_at,
        due_at=planned.due_at,
        late_at=planned.late_at,
        closes_at=planned.closes_at,
    )
