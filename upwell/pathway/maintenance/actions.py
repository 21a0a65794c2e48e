"""Declaring the relapse rule beforehand, and alerting both practices when its moment comes."""

from __future__ import annotations

from uuid import UUID

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from upwell.access.acting import acting_as
from upwell.access.roles import require
from upwell.access.system import Purpose, system_actor
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.errors import BadInput, RefusedByRule, StaleState
from upwell.base.limits import LONGEST_WORDS
from upwell.knowledge.gates.loader import knowledge_version
from upwell.knowledge.relapse import relapse_rule
from upwell.pathway.course.actions import locked_course
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import State
from upwell.pathway.maintenance.models import RelapseRuleDeclared, RelapseSeen
from upwell.pathway.maintenance.queries import declared_rule, standing_of
from upwell.pathway.maintenance.rules import may_declare, needs_reason
from upwell.record.actions import refuse_other_practice
from upwell.record.linked_alerts import raise_alert_at_linked
from upwell.record.models import Alert
from upwell.record.once import insert_once

RELAPSE = "relapse"


def declare_relapse_rule(
    *, by: Actor, course_id: UUID, rule: str, reason: str = "", seen: int = 0
) -> RelapseRuleDeclared:
    """Declare by which rule a relapse will be told. ``seen``: the number of the rule that the person had before them.

    A change counts from now on: nobody chooses the rule for scores that are there already.
    """
    require(by, "maintenance.decide")
    course = locked_course(course_id)
    refuse_other_practice(by, course.practice_id)
    known, current = relapse_rule(rule), declared_rule(course.id)
    is_same = current is not None and (current.rule, current.words) == (known.id, known.words)
    _refuse_to_declare(course, current, reason, seen, is_same=is_same)
    if current is not None and is_same:
        return current
    made = RelapseRuleDeclared.objects.create(
        practice_id=course.practice_id,
        patient_id=course.patient_id,
        course=course,
        rule=known.id,
        rule_version=known.version,
        words=known.words,
        kept_as=known.as_declared(),
        reason=reason.strip(),
        by_id=by.account_id,
        by_name=by.name,
        number=1 if current is None else current.number + 1,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
    )
    record(
        "relapse-rule.declared",
        by=by,
        patient_id=course.patient_id,
        object_type="course",
        object_id=course.id,
        rule=known.id,
    )
    return made


def _refuse_to_declare(
    course: Course, current: RelapseRuleDeclared | None, reason: str, seen: int, *, is_same: bool
) -> None:
    if not may_declare(course.stands):
        raise RefusedByRule(_("This course of care is closed. Nothing can be declared any more."))
    if current is not None and current.number != seen and not is_same:
        when = date_format(localtime(current.at), "DATETIME_FORMAT")
        words = _("%(name)s declared another rule on %(when)s. Look at it first; nothing was stored.")
        raise StaleState(words % {"name": current.by_name or _("Somebody"), "when": when})
    if len(reason) > LONGEST_WORDS:
        raise BadInput(
            _("This is longer than %(n)d characters. Shorten it.") % {"n": LONGEST_WORDS}, path="reason"
        )
    if needs_reason(course.stands, current is not None) and not reason.strip():
        raise BadInput(_("Write down why the rule is changed, so that everybody can follow."), path="reason")


def watch_relapse(*, by: Actor, course: Course) -> RelapseSeen | None:
    """Alert both practices if the latest scores make a relapse by the declared rule; once for the same crossing.

    Called when something was answered or marked wrong, and when maintenance begins. The watch is the system's.
    """
    if course.stands is not State.MAINTENANCE:
        return None
    with acting_as(system_actor(Purpose.JOB, course.practice_id, by.account_id)):
        Course.objects.select_for_update(of=("self",)).get(id=course.id)  # one watch at a time
        stands = standing_of(course)
        found = None if stands is None or stands.watch is None else stands.watch.relapse
        if stands is None or found is None:
            return None
        run = [one.id for one in found.run]
        if RelapseSeen.objects.filter(course=course, assessment_id__in=run).exists():
            return None
        said = {**found.finding.as_json(), "knowledge_version": knowledge_version()}
        alert = Alert(
            practice_id=course.practice_id,
            patient_id=course.patient_id,
            kind=RELAPSE,
            finding={**said, "course": str(course.id)},
        )
        seen = RelapseSeen(
            practice_id=course.practice_id,
            patient_id=course.patient_id,
            course=course,
            declared=stands.declared,
            assessment_id=found.crossed_by.id,
            alert=alert,
            finding=said,
        )
        alert.save(force_insert=True)
        insert_once(seen)
        record(
            "relapse.seen",
            by=system_actor(Purpose.JOB, course.practice_id, by.account_id),
            patient_id=course.patient_id,
            object_type="course",
            object_id=course.id,
            rule=stands.declared.rule,
        )
        raise_alert_at_linked(alert)
    return seen
