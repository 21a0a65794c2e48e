"""Consents, for the people who see them; and the one question that the gate asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from upwell.access.trail import looked_at
from upwell.base.errors import NotFound
from upwell.base.kept_query import kept_query
from upwell.knowledge.consent.loader import document_for
from upwell.pathway.consent.models import Consent, TeachBackTry
from upwell.pathway.consent.rules import ConsentStatus, Why, decide
from upwell.pathway.consent.states import State
from upwell.pathway.consent.words import day_words, moment_words, treatment_words, why_words
from upwell.pathway.course.models import Course


def consent_in_force(course: Course, at: datetime) -> ConsentStatus:
    """Whether the person's consent is in force for what this course gives, at a time, and why."""
    return status_of(course, consents_of(course), at)


def consents_of(course: Course) -> list[Consent]:
    """Every consent of a course, the latest first; without the long text."""
    return _of_course(course.id)


@kept_query(UUID)
def _of_course(course_id: UUID) -> QuerySet[Consent]:
    return Consent.objects.filter(course_id=course_id).defer("text").order_by("-offered_at", "-id")


def unheard_of(consents: Iterable[Consent]) -> list[Consent]:
    """What was taken back and nobody has taken care of; who signed anew since then is under treatment again."""
    every = list(consents)
    signed = [one.signed_at for one in every if one.state == State.SIGNED and one.signed_at]
    return [
        one
        for one in every
        if one.state == State.WITHDRAWN
        and one.heard_at is None
        and not any(one.withdrawn_at is not None and at > one.withdrawn_at for at in signed)
    ]


def unheard_rows() -> QuerySet[Consent]:
    """The same, asked of the database, where many courses are looked through at once."""
    later = Consent.objects.filter(
        course_id=OuterRef("course_id"), state=State.SIGNED, signed_at__gt=OuterRef("withdrawn_at")
    )
    return Consent.objects.filter(~Exists(later), state=State.WITHDRAWN, heard_at__isnull=True)


def status_of(course: Course, consents: Iterable[Consent], at: datetime) -> ConsentStatus:
    """The status, from consents that were read already."""
    document = document_for(course.substance, course.route, course.practice.jurisdiction)
    because, found = decide(consents, course.substance, course.route, at, document)
    if found is None:
        return ConsentStatus(False, because, why_words(because))
    words = {
        "offered": day_words(found.offered_at),
        "signed": day_words(found.signed_at),
        "expires": day_words(found.expires_at),
        "withdrawn": moment_words(found.withdrawn_at),
        "signed_for": treatment_words(found.substance, found.route),
        "chosen": treatment_words(course.substance, course.route),
    }
    return ConsentStatus(
        in_force=because is Why.IN_FORCE,
        because=because,
        why=why_words(because, **words),
        consent_id=found.id,
        signed_at=found.signed_at,
        expires_at=found.expires_at,
        withdrawn_at=found.withdrawn_at,
    )


def consent_of(consent_id: UUID, *, patient_ids: tuple[UUID, ...] | None = None) -> Consent:
    """One consent with its course, patient and practice. ``patient_ids`` are the charts that are one's own."""
    rows = Consent.objects.select_related("course", "patient", "practice")
    if patient_ids is not None:
        rows = rows.filter(patient_id__in=patient_ids)
    found = rows.filter(id=consent_id).first()
    if found is None:
        raise NotFound(_("There is no such consent here."))
    looked_at([found.patient_id])
    return found


def own_consents(patient_ids: tuple[UUID, ...]) -> list[Consent]:
    """A person's consents, the latest first."""
    rows = Consent.objects.filter(patient_id__in=patient_ids).select_related("course", "practice")
    looked_at(patient_ids)
    return list(rows.order_by("-offered_at", "-id"))


@dataclass(frozen=True, slots=True)
class Answered:
    """How one question went: the tries that were wrong, and when it was right."""

    question: dict[str, Any]
    wrong: tuple[str, ...]  # the choices in words
    right_at: datetime | None

    @property
    def number_of_tries(self) -> int:
        return len(self.wrong) + (self.right_at is not None)


def answers_of(consent: Consent) -> list[Answered]:
    """Every question of a consent with what was answered, in the order of the text."""
    tries = list(TeachBackTry.objects.filter(consent_id=consent.id).order_by("at", "id"))
    return [_answered(question, tries) for question in consent.text["questions"]]


def _answered(question: dict[str, Any], tries: list[TeachBackTry]) -> Answered:
    words = {choice["id"]: choice["text"] for choice in question["choices"]}
    own = [one for one in tries if one.question == question["id"]]
    right_at = next((one.at for one in own if one.is_right), None)
    wrong = tuple(words.get(one.choice, one.choice) for one in own if not one.is_right)
    return Answered(question, wrong, right_at)


def first_open_question(answers: list[Answered]) -> int | None:
    """The number (from 1) of the first question that is not answered right; None where all are."""
    return next((n for n, one in enumerate(answers, start=1) if one.right_at is None), None)
