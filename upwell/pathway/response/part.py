"""What measurement tells the other steps: what is due, late and missed, what was answered, and relief."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.base.actor import Actor
from upwell.pathway.course.care_queries import charts_of_course
from upwell.pathway.course.models import Course
from upwell.pathway.parts import Card, Moment, Urgency, Waiting, once
from upwell.pathway.response.measures import (
    FOLLOWS_UP,
    Measure,
    answered_since,
    measures_now,
    waiting_rows,
)
from upwell.pathway.response.planning import plan_measures
from upwell.pathway.response.relief_card import relief_context
from upwell.pathway.response.words import asked_words, for_patients, name_of
from upwell.record.models import Assessment, AssessmentRequest
from upwell.record.rules import Standing
from upwell.web.charts import number
from upwell.web.paths import path_to

OPEN_TO_ANSWER = (Standing.OPEN, Standing.LATE)


def waiting(actor: Actor, at: datetime, course: Course | None) -> list[Waiting]:
    """What waits for the person's answers; what is late or was missed waits for the team, too."""
    found: list[Waiting] = []
    late: dict[tuple[UUID, UUID | None], list[Measure]] = {}
    for one in waiting_rows(actor, at, None if course is None else course.id):
        if one.standing in OPEN_TO_ANSWER or (one.standing is Standing.LATER and not actor.is_staff):
            found.append(_for_the_person(one, at, by_team=actor.is_staff))
        if one.can_follow_up and not actor.is_patient:
            late.setdefault((one.row.patient_id, one.row.course_id), []).append(one)
    return found + [_for_the_team(ones) for ones in late.values()]


def _for_the_person(one: Measure, at: datetime, *, by_team: bool) -> Waiting:
    row, opens = one.row, one.row.opens_at or one.row.due_at
    is_open = one.standing in OPEN_TO_ANSWER and opens <= at
    return Waiting(
        owners=frozenset({"patient"}),
        practice_id=row.practice_id,
        patient_id=row.patient_id,
        patient_name=row.patient.display_name,
        what=asked_words(row.instrument),
        url=path_to("answer", row.id),
        since=row.requested_at,
        urgency=Urgency.DUE if is_open else Urgency.LATER,
        due=row.due_at if is_open else opens,
        detail=one.when or ("" if by_team else _asked_by(row)),
        course_id=row.course_id,
        icon="smartphone",
        button=_("Start"),
    )


def _asked_by(row: AssessmentRequest) -> str:
    names = {"practice": row.patient.practice.name, "name": row.requested_by.name if row.requested_by else ""}
    if names["name"]:
        return _("%(name)s at %(practice)s asks. It takes about two minutes.") % names
    return _("%(practice)s asks. It takes about two minutes.") % names


def _for_the_team(ones: Sequence[Measure]) -> Waiting:
    """What of one person is late or was missed, in one line: whoever calls them asks after all of it."""
    last = max(ones, key=lambda one: one.row.due_at)
    row = last.row
    if len(ones) > 1:
        what = _("Follow up %(n)d questions that were missed or are late") % {"n": len(ones)}
    elif last.standing is Standing.MISSED:
        what = _("Follow up %(what)s, which was missed") % {"what": last.title}
    else:
        what = _("Ask after %(what)s, which is late") % {"what": last.title}
    alone = len(ones) == 1 or row.course_id is None
    return Waiting(
        owners=FOLLOWS_UP,
        practice_id=row.practice_id,
        patient_id=row.patient_id,
        patient_name=row.patient.display_name,
        what=what,
        url=path_to("measure_follow_up", row.id) if alone else path_to("course_measures", row.course_id),
        since=row.late_at or row.due_at,
        urgency=Urgency.DUE,
        due=row.due_at,
        detail="" if row.patient.account_id else _("This person has no log-in: ask them yourself."),
        course_id=row.course_id,
        icon="phone",
    )


def moments(course: Course, actor: Actor) -> list[Moment]:
    """Every questionnaire that was answered, and what was done about those that were missed."""
    answered = answered_since(once(course, charts_of_course), course.started_at)
    followed = [one for one in once(course, measures_now) if one.standing is Standing.FOLLOWED_UP]
    return [_answered(one, actor) for one in answered] + [_followed_up(one) for one in followed]


def _answered(one: Assessment, actor: Actor) -> Moment:
    name, total = for_patients(one.instrument), one.total
    if not actor.is_patient:
        name = name_of(one.instrument)
    words = _("%(name)s answered") % {"name": name}
    if total is not None:
        words = _("%(name)s: %(total)s") % {"name": name, "total": number(float(total))}
    url = path_to("answered", one.id) if actor.is_patient else path_to("assessment", one.patient_id, one.id)
    return Moment(at=one.effective_at, title=words, detail=one.result.get("band_label") or "", url=url)


def _followed_up(one: Measure) -> Moment:
    row = one.row
    return Moment(
        at=row.followed_up_at or row.due_at,
        title=_("Followed up: %(what)s") % {"what": one.title},
        detail=row.follow_up,
        who=row.followed_up_by.name if row.followed_up_by else "",
        icon="phone",
    )


def cards(course: Course, actor: Actor) -> list[Card]:
    """Relief: before the first dose, best, now; when the first response was seen; how it was in the hours after."""
    if actor.is_patient:
        return []
    context: dict[str, Any] = relief_context(course, actor)
    return [Card(_("Relief"), "response/relief_card.html", context, "activity")]


def moved(by: Actor, course: Course) -> None:
    """The course took a step: what is asked follows it."""
    plan_measures(by=by, course=course)


def measured(by: Actor, assessment: Assessment, course: Course) -> None:
    """Something was answered: what comes next waits until it no longer looks back on the same days."""
    plan_measures(by=by, course=course)
