"""Moving a course of care: under a lock, by the table, with a reason, never twice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.links import linked_charts
from upwell.access.roles import require, rulebook
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import NotFound, NotPermitted, RefusedByRule, StaleState
from upwell.base.finding import Finding
from upwell.base.ids import new_id
from upwell.knowledge.loader import load_age_rule
from upwell.pathway.course.guards import against
from upwell.pathway.course.models import Course, CourseStep
from upwell.pathway.course.rules import may_start_course
from upwell.pathway.course.states import STATE_WORDS, STEPS_BY_EVENT, Event, State, Step, step_from
from upwell.pathway.local_time import today
from upwell.pathway.own_words import own_words
from upwell.pathway.parts import facts_of, tell_moved
from upwell.people.charts import chart_ids
from upwell.people.models import Patient
from upwell.record.actions import refuse_other_practice
from upwell.record.once import insert_once


def open_course(
    *, by: Actor, patient: Patient, event: Event, reason: str, course_id: UUID | None = None
) -> Course:
    """Open a course of care, as an inquiry or by a referral. ``course_id`` was made when the form was opened."""
    _require_owner(by, STEPS_BY_EVENT[event])
    refuse_other_practice(by, patient.practice_id)
    step = _step(None, event)
    _refuse_closed_chart(patient)
    findings = _refuse_guards(step, None, patient)
    words = _checked_reason(step, reason)
    if there := _there_already(by, patient, course_id):
        return there
    course = Course(
        id=course_id or new_id(),
        practice_id=patient.practice_id,
        patient_id=patient.id,
        state=step.to,
        reason=words,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
    )
    if not insert_once(course):
        if there := _there_already(by, patient, course_id):
            return there
        raise StaleState(_("This person has an open course of care already. Go on with that one."))
    _note(by, course, step, "", words, findings)
    return course


def _refuse_closed_chart(patient: Patient) -> None:
    if patient.merged_into_id is not None:
        raise RefusedByRule(_("This chart was joined into another one. Start the course of care there."))
    if patient.entered_in_error:
        raise RefusedByRule(
            _("This chart is marked as entered in error. No course of care is started in it.")
        )


def _there_already(by: Actor, patient: Patient, course_id: UUID | None) -> Course | None:
    """The course that the same form made; a refusal where another one is open, also in a chart that was joined."""
    family = chart_ids(patient.id) or [patient.id]
    if course_id is not None and (sent := Course.objects.filter(id=course_id, patient_id__in=family).first()):
        return sent
    if Course.objects.filter(patient_id__in=family).exclude(state=State.CLOSED).exists():
        raise StaleState(_("This person has an open course of care already. Go on with that one."))
    if (
        by.kind != "system"
    ):  # who refers opens a course at the other practice while an own inquiry still stands
        _refuse_open_elsewhere(family)
    return None


def _refuse_open_elsewhere(family: list[UUID]) -> None:
    """One person has one course of care, also where another practice leads it, as far as we may know of it."""
    others = [one.patient_id for one in linked_charts(family)]
    rows = Course.objects.select_related("practice").filter(patient_id__in=others).exclude(state=State.CLOSED)
    if there := rows.first():
        raise RefusedByRule(
            _("A course of care is open at %(practice)s. A person has one course of care at a time.")
            % {"practice": there.practice.name}
        )


def move_course(
    *,
    by: Actor,
    course_id: UUID,
    event: Event,
    reason: str = "",
    seen_version: int | None = None,
    **changes: Any,
) -> Course:
    """Take one step of the table. ``seen_version`` is what the person had before their eyes when they decided.

    ``changes`` are columns of the course that the step sets (substance, route, protocol, prescriber_id). Raises
    ``NotPermitted`` (not this role), ``StaleState`` (somebody moved it meanwhile), ``RefusedByRule`` (the table or a
    guard stands against it), ``BadInput`` (no reason).
    """
    _require_owner(by, STEPS_BY_EVENT[event])
    course = locked_course(course_id)
    _refuse_others(by, course)
    if seen_version is not None and seen_version != course.version:
        raise StaleState(what_changed(course))
    step = _step(course.stands, event)
    patient = Patient.objects.select_related("practice").get(id=course.patient_id)
    findings = _refuse_guards(step, course, patient)
    words = _checked_reason(step, reason)
    before = course.state
    course.state, course.closed_as = step.to.value, (step.closed_as or "")
    course.closed_at = now() if step.to is State.CLOSED else None
    course.version += 1
    course.updated_at, course.updated_by_id = now(), by.account_id
    for name, value in changes.items():
        setattr(course, name, value)
    course.save()
    _note(by, course, step, before, words, findings)
    tell_moved(by, course)
    return course


def choose_treatment(*, by: Actor, course: Course, substance: str, route: str, protocol: str = "") -> None:
    """The prescriber chooses what is given by which route; consent and schedules follow it."""
    require(by, "screening.decide")
    _refuse_others(by, course)
    course.substance, course.route, course.protocol = substance, route, protocol
    course.prescriber_id = by.account_id
    course.updated_at, course.updated_by_id = now(), by.account_id
    course.save(
        update_fields=["substance", "route", "protocol", "prescriber_id", "updated_at", "updated_by_id"]
    )
    record(
        "course.treatment-chosen",
        by=by,
        patient_id=course.patient_id,
        object_type="course",
        object_id=course.id,
    )


def locked_course(course_id: UUID) -> Course:
    """The course, for this transaction alone to change."""
    course = Course.objects.select_for_update(of=("self",)).filter(id=course_id).first()
    if course is None:
        raise NotFound(_("There is no such course of care here."))
    return course


def what_changed(course: Course) -> str:
    """In words, for who comes second: what happened to the course since they looked."""
    last = course.steps.order_by("-number").first()
    if last is None:
        return _("This course of care has changed since you looked. Look at it again; nothing was stored.")
    return _(
        "%(who)s changed this course of care meanwhile: it stands at “%(state)s” now."
        " Look at it again; nothing of yours was stored."
    ) % {"who": last.by_name or _("Somebody"), "state": STATE_WORDS[State(last.to_state)]}


def _require_owner(by: Actor, step: Step) -> None:
    if by.kind == "system":
        return
    require(by, "own.course" if by.is_patient else "course.move")
    if not step.owners & by.roles:
        titles = [rulebook().roles[role].title.lower() for role in sorted(step.owners)]
        raise NotPermitted(
            _("“%(step)s” is for the %(owners)s.")
            % {"step": step.label, "owners": _(" or the ").join(titles)}
        )


def _refuse_others(by: Actor, course: Course) -> None:
    if by.is_patient and course.patient_id not in by.patient_ids:
        raise NotFound(_("There is no such course of care here."))
    refuse_other_practice(by, course.practice_id)


def _step(state: State | None, event: Event) -> Step:
    step = step_from(state, event)
    if step is None:
        label, here = STEPS_BY_EVENT[event].label, STATE_WORDS[state] if state else _("not begun")
        raise RefusedByRule(
            _("“%(step)s” can't be done now: the course of care stands at “%(state)s”.")
            % {"step": label, "state": here}
        )
    return step


def _refuse_guards(step: Step, course: Course | None, patient: Patient) -> list[Finding]:
    found = what_stands_against(step, course, patient)
    if found:
        raise RefusedByRule(" ".join(finding.message for finding in found))
    return found


def what_stands_against(step: Step, course: Course | None, patient: Patient) -> list[Finding]:
    """The findings of the guards of a step, as things are now; empty where nothing stands against it."""
    start = may_start_course(
        patient.birth_date, patient.birth_date_precision, patient.deceased, today(), load_age_rule()
    )
    return against(step.guards, facts_of(course) if course is not None else {}, start)


def _checked_reason(step: Step, reason: str) -> str:
    missing = _("Write down why, so that everybody can follow.") if step.needs_reason else ""
    return own_words(reason, path="reason", missing=missing)


def _note(by: Actor, course: Course, step: Step, before: str, reason: str, findings: list[Finding]) -> None:
    CourseStep.objects.create(
        practice_id=course.practice_id,
        patient_id=course.patient_id,
        course=course,
        number=course.version,
        event=step.event,
        from_state=before,
        to_state=step.to,
        closed_as=step.closed_as or "",
        reason=reason,
        by_id=by.account_id,
        by_name=by.name,
        by_role=", ".join(sorted(by.roles)),
        findings=[finding.as_json() for finding in findings],
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
    )
    record(
        "course.moved" if before else "course.opened",
        by=by,
        patient_id=course.patient_id,
        object_type="course",
        object_id=course.id,
        to=step.to.value,
    )
