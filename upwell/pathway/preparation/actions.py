"""Writing down intentions and wishes: each a new revision, never an overwriting."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.errors import NotFound, RefusedByRule, StaleState
from upwell.pathway.course.actions import locked_course
from upwell.pathway.course.models import Course
from upwell.pathway.preparation.models import Intention, OwnWords, SettingWish
from upwell.pathway.preparation.rules import Hopes, Wishes, checked_hopes, checked_wishes
from upwell.record.actions import refuse_other_practice
from upwell.record.once import insert_once

Row = TypeVar("Row", Intention, SettingWish)


def write_intention(
    *, by: Actor, course_id: UUID, form_id: UUID, hopes: Hopes, seen: int | None = None
) -> Intention:
    """Write an intention down: a new revision. ``seen`` is the revision that lay before the person's eyes."""
    course = _course(by, course_id)
    return _write(by, course, Intention, form_id, asdict(checked_hopes(hopes)), seen, "intention.written")


def write_wishes(
    *, by: Actor, course_id: UUID, form_id: UUID, wishes: Wishes, seen: int | None = None
) -> SettingWish:
    """Write down what a person wishes around them at a dose: a new revision."""
    course = _course(by, course_id)
    return _write(by, course, SettingWish, form_id, asdict(checked_wishes(wishes)), seen, "wishes.written")


def _course(by: Actor, course_id: UUID) -> Course:
    """The course, locked, so that revisions are counted one after the other."""
    require(by, "own.intentions" if by.is_patient else "consent.explain")
    course = locked_course(course_id)
    if by.is_patient and course.patient_id not in by.patient_ids:
        raise NotFound(_("There is no such course of care here."))
    refuse_other_practice(by, course.practice_id)
    return course


def _write(
    by: Actor,
    course: Course,
    kind: type[Row],
    form_id: UUID,
    said: dict[str, Any],
    seen: int | None,
    act: str,
) -> Row:
    there = kind.objects.filter(id=form_id, course_id=course.id).first()
    if there is not None and _same(there, said):
        return there  # sent twice is once
    if not course.is_open:
        raise RefusedByRule(_("This course of care is closed. What was written stays as it is."))
    last = kind.objects.filter(course_id=course.id).order_by("-number").first()
    if there is not None or (seen is not None and seen != (last.number if last else 0)):
        raise StaleState(_changed(last))
    if last is not None and _same(last, said):
        return last  # nothing was changed
    row = kind(
        id=form_id,
        practice_id=course.practice_id,
        patient_id=course.patient_id,
        course=course,
        number=last.number + 1 if last else 1,
        by_id=by.account_id,
        by_name=by.name,
        together=by.is_staff,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
        **said,
    )
    if not insert_once(row):
        raise StaleState(_("This form was used for something else. Open the page again."))
    record(
        act,
        by=replace(by, practice_id=course.practice_id),
        patient_id=course.patient_id,
        object_type=kind._meta.model_name or "",
        object_id=row.id,
        number=row.number,
    )
    return row


def _same(row: OwnWords, said: dict[str, Any]) -> bool:
    return all(getattr(row, name) == value for name, value in said.items())


def _changed(last: OwnWords | None) -> str:
    return _(
        "%(name)s has written something here meanwhile. It is shown below; what you wrote is still in the form."
        " Look at both, and save once more."
    ) % {"name": last.by_name if last and last.by_name else _("Somebody")}
