"""Courses in preparation, and people who read, answer and sign."""

from __future__ import annotations

from typing import Any

from upwell.access.acting import acting_as
from upwell.base.actor import Actor
from upwell.base.ids import new_id
from upwell.pathway.consent.actions import _how, answer_question, offer_consent, read_chapter, sign_consent
from upwell.pathway.consent.models import Consent, TeachBackTry
from upwell.pathway.course.models import Course
from upwell.people.models import Patient


def course_in(
    actor: Actor, patient: Patient, state: str = "preparation", *, route: str = "iv", **fields: Any
) -> Course:
    fields.setdefault("substance", "racemic-ketamine")
    with acting_as(actor):
        return Course.objects.create(
            practice_id=patient.practice_id, patient=patient, state=state, route=route, **fields
        )


def offered(actor: Actor, course: Course) -> Consent:
    with acting_as(actor):
        return offer_consent(by=actor, course_id=course.id, consent_id=new_id()).consent


def read_all(actor: Actor, consent: Consent) -> None:
    """All chapters but the last are only put down as read."""
    chapters = len(consent.text["chapters"])
    with acting_as(actor):
        Consent.objects.filter(id=consent.id).update(place=chapters - 1)
        read_chapter(by=actor, consent_id=consent.id, number=chapters)


def answer_all(actor: Actor, consent: Consent) -> None:
    """All questions but the last are only put down as answered."""
    *before, last = consent.text["questions"]
    with acting_as(actor):
        TeachBackTry.objects.bulk_create(
            TeachBackTry(
                practice_id=consent.practice_id, patient_id=consent.patient_id, consent=consent,
                question=one["id"], choice=one["right"], is_right=True, by_id=actor.account_id, how=_how(actor),
            )
            for one in before
        )  # fmt: skip
        answer_question(
            by=actor, consent_id=consent.id, question=last["id"], choice=last["right"], try_id=new_id()
        )


def signed(staff: Actor, patient: Actor, course: Course, name: str = "Alex Rivera") -> Consent:
    """Offered by staff; read, answered and signed by the person."""
    consent = offered(staff, course)
    read_all(patient, consent)
    answer_all(patient, consent)
    with acting_as(patient):
        return sign_consent(by=patient, consent_id=consent.id, name=name, agreed=True, name_is_right=True)
