"""Saying that an item was done, leaving it out with a reason, opening it again."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.errors import BadInput, NotFound, NotPermitted, RefusedByRule, StaleState
from upwell.base.limits import LONGEST_WORDS
from upwell.knowledge.workup import load_workup
from upwell.pathway.course.actions import locked_course
from upwell.pathway.workup.models import WorkUpEntry
from upwell.pathway.workup.queries import last_words
from upwell.pathway.workup.rules import AFTER, Event, Standing
from upwell.record.actions import refuse_other_practice

PERMISSION = {
    Event.DONE: "screening.fill",
    Event.WAIVED: "screening.decide",
    Event.REOPENED: "screening.fill",
}


def say(*, by: Actor, course_id: UUID, item: str, event: Event, note: str = "") -> WorkUpEntry:
    """Write a word on an item. Leaving one out is the prescriber's, and needs a reason; so does opening it again."""
    require(by, PERMISSION[event])
    course = locked_course(course_id)
    refuse_other_practice(by, course.practice_id)
    known = load_workup().item(item)
    if known is None:
        raise NotFound(_("There is no such item in the work-up."))
    if event is Event.WAIVED and not known.waivable:
        raise RefusedByRule(_("“%(item)s” can't be left out.") % {"item": known.title})
    words = note.strip()
    if event is not Event.DONE and not words:
        raise BadInput(_("Write down why, so that everybody can follow."), path="note")
    if len(words) > LONGEST_WORDS:
        raise BadInput(
            _("This is longer than %(n)d characters. Shorten it.") % {"n": LONGEST_WORDS}, path="note"
        )
    last = last_words(course).get(item)
    if (Standing.OPEN if last is None else AFTER[last.event]) is AFTER[event]:
        who = last.by_name if last is not None else _("Somebody")
        raise StaleState(_("%(who)s has said so already. Nothing was stored.") % {"who": who})
    if by.account_id is None:
        raise NotPermitted(_("The work-up is a person's word."))
    row = WorkUpEntry(
        practice_id=course.practice_id,
        patient_id=course.patient_id,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
        course=course,
        item=item,
        event=event.value,
        note=words,
        by_id=by.account_id,
        by_name=by.name,
    )
    row.save(force_insert=True)
    record(f"workup.{event}", by=by, patient_id=course.patient_id, object_type="course", object_id=course.id)
    return row
