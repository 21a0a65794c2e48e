"""Intentions and wishes, for the people who see them."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.trail import looked_at
from upwell.base.errors import NotFound
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import State
from upwell.pathway.preparation.models import Intention, SettingWish
from upwell.record.queries import PATIENT_AS_IT_CAME

MOST_REVISIONS = 200


def intention_for_session(course: Course) -> Intention | None:
    """The latest intention, if the person wishes it to be shown at the session."""
    latest = latest_intention(course)
    return latest if latest is not None and latest.show_at_session else None


def latest_intention(course: Course) -> Intention | None:
    """The latest revision."""
    return Intention.objects.filter(course_id=course.id).order_by("-number").first()


def wishes_for_session(course: Course) -> SettingWish | None:
    """The latest wishes for the setting."""
    return SettingWish.objects.filter(course_id=course.id).order_by("-number").first()


def revisions_of(course: Course) -> list[Intention]:
    """Every revision of the intention, the latest first."""
    return list(Intention.objects.filter(course_id=course.id).order_by("-number")[:MOST_REVISIONS])


def wish_revisions_of(course: Course) -> list[SettingWish]:
    """Every revision of the wishes, the latest first."""
    return list(SettingWish.objects.filter(course_id=course.id).order_by("-number")[:MOST_REVISIONS])


def own_courses(patient_ids: tuple[UUID, ...]) -> list[Course]:
    """A person's courses: the open ones first, then the latest."""
    looked_at(patient_ids)
    rows = Course.objects.filter(patient_id__in=patient_ids).select_related("practice", "patient")
    found = rows.defer(*PATIENT_AS_IT_CAME).order_by("-started_at", "-id")
    return sorted(found, key=lambda one: one.state == State.CLOSED)


def own_course(patient_ids: tuple[UUID, ...], course_id: UUID) -> Course:
    """One of a person's own courses."""
    found = next((one for one in own_courses(patient_ids) if one.id == course_id), None)
    if found is None:
        raise NotFound(_("There is no such course of care here."))
    return found
