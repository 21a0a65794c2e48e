"""Practices for daily life: added by the person or agreed in a visit; kept, paused, ended; ticked without pressure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor, Compartment
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, StaleState
from upwell.base.ids import new_id
from upwell.pathway.course.care_queries import courses_of
from upwell.pathway.integration.models import DailyPractice, IntegrationVisit, PracticeDay
from upwell.pathway.integration.own_queries import log_in_of
from upwell.pathway.integration.rules import NEXT_HABIT, HabitEvent, HabitState, NoteState
from upwell.people.models import Patient
from upwell.record.actions import refuse_other_practice
from upwell.record.once import insert_once

LONGEST = {"what": 300, "how_often": 200, "why": 2000}
BACKWARDS = timedelta(days=7)  # a tick can be caught up for so long


@dataclass(frozen=True, slots=True)
class HabitWords:
    """What to do, how often in words, and why."""

    what: str
    how_often: str = ""
    why: str = ""


def add_habit(*, by: Actor, habit_id: UUID, words: HabitWords, shared: bool = False) -> DailyPractice:
    """The person adds a practice of their own. It is theirs alone, unless they show it to their team."""
    require(by, "own.journal")
    chart = own_chart(by)
    row = DailyPractice(
        id=habit_id,
        practice_id=chart.practice_id,
        patient_id=chart.id,
        account_id=by.account_id,
        course=next((one for one in courses_of(by.patient_ids) if one.is_open), None),
        origin=DailyPractice.Origin.OWN,
        compartment=(Compartment.CLINICAL if shared else Compartment.JOURNAL).value,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
        **_checked(words),
    )
    return _stored(by, row)


def agree_habit(*, by: Actor, visit: IntegrationVisit, habit_id: UUID, words: HabitWords) -> DailyPractice:
    """A practice that was agreed in a visit; both sides see it, and the person keeps, pauses or ends it."""
    require(by, "integration.write")
    refuse_other_practice(by, visit.practice_id)
    if visit.state == NoteState.WRONG:
        raise StaleState(_("This note was marked as entered in error. Nothing was stored."))
    row = DailyPractice(
        id=habit_id,
        practice_id=visit.practice_id,
        patient_id=visit.patient_id,
        course_id=visit.course_id,
        visit=visit,
        origin=DailyPractice.Origin.VISIT,
        compartment=Compartment.CLINICAL.value,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
        **_checked(words),
    )
    return _stored(by, row)


def change_habit(*, by: Actor, habit_id: UUID, words: HabitWords) -> DailyPractice:
    """Say it in other words; the former ones are kept."""
    row = _own(by, habit_id)
    for name, text in _checked(words).items():
        setattr(row, name, text)
    return _saved(by, row, "changed")


def move_habit(*, by: Actor, habit_id: UUID, event: HabitEvent) -> DailyPractice:
    """Pause it, end it, take it up again."""
    row = _own(by, habit_id)
    to = NEXT_HABIT.get((HabitState(row.state), event))
    if to is None:
        raise StaleState(_("This practice has changed meanwhile. Look at it again."))
    row.state = to.value
    return _saved(by, row, "changed")


def share_habit(*, by: Actor, habit_id: UUID, shared: bool) -> DailyPractice:
    """Show a practice of one's own to the team, or no longer. What was agreed in a visit, they know already."""
    row = _own(by, habit_id)
    if row.origin == DailyPractice.Origin.VISIT:
        raise BadInput(_("You agreed on this in a visit, so your team knows it. You can pause or end it."))
    if row.is_shared is shared:
        return row
    row.compartment = (Compartment.CLINICAL if shared else Compartment.JOURNAL).value
    return _saved(by, row, "shared" if shared else "taken-back")


def tick(*, by: Actor, habit_id: UUID, day: date, today: date, done: bool) -> None:
    """Tick a day, or take the tick back. Nobody else sees it, and nothing counts the days that have none."""
    row = _own(by, habit_id)
    if not today - BACKWARDS <= day <= today:
        raise BadInput(_("Only today and the last days can be ticked."), path="day")
    mark = PracticeDay(
        id=new_id(),
        practice_id=row.practice_id,
        patient_id=row.patient_id,
        account_id=log_in_of(by),
        daily=row,
        day=day,
        done=done,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
    )
    if not insert_once(mark):
        PracticeDay.objects.filter(daily=row, account_id=log_in_of(by), day=day).update(
            done=done, updated_at=now(), updated_by_id=by.account_id
        )


def own_chart(by: Actor) -> Patient:
    """The chart into which a person's own words go: the first of theirs."""
    chart = Patient.objects.filter(id__in=by.patient_ids, merged_into__isnull=True).order_by("id").first()
    if chart is None:
        raise NotFound(_("No record is linked to your log-in yet. Ask your practice for an invitation."))
    return chart


def _own(by: Actor, habit_id: UUID) -> DailyPractice:
    require(by, "own.journal")
    rows = DailyPractice.objects.select_for_update(of=("self",))
    row = rows.filter(id=habit_id, patient_id__in=by.patient_ids).first()
    if row is None:
        raise NotFound(_("There is no such practice here."))
    return row


def _checked(words: HabitWords) -> dict[str, str]:
    given = {"what": words.what.strip(), "how_often": words.how_often.strip(), "why": words.why.strip()}
    if not given["what"]:
        raise BadInput(_("Write down what you want to do."), path="what")
    for name, text in given.items():
        if len(text) > LONGEST[name]:
            raise BadInput(
                _("This is longer than %(n)d characters. Shorten it.") % {"n": LONGEST[name]}, path=name
            )
    return given


def _stored(by: Actor, row: DailyPractice) -> DailyPractice:
    if insert_once(row):
        _note(by, row, "added")
        return row
    there = DailyPractice.objects.filter(id=row.id, patient_id=row.patient_id).first()
    if there is None:
        raise StaleState(_("This copy of the form was used for something else. Open a new one."))
    return there


def _saved(by: Actor, row: DailyPractice, done: str) -> DailyPractice:
    row.version += 1
    row.updated_at, row.updated_by_id = now(), by.account_id
    row.save()
    _note(by, row, done)
    return row


def _note(by: Actor, row: DailyPractice, done: str) -> None:
    """What is private leaves no trace at any practice; what the team sees, does."""
    seen = replace(by, practice_id=row.practice_id) if row.is_shared or by.is_staff else by
    record(
        f"daily-practice.{done}",
        by=seen,
        patient_id=row.patient_id,
        object_type="daily-practice",
        object_id=row.id,
    )
