"""Courses in preparation, and people who read, answer and sign."""

from __future__ import annotations

from typing import Any

from upwell.access.acting import acting_as
from upwell.base.actor import Actor
from upwell.base.ids import new_id
from upwell.pathway.consent.actions import answer_question, offer_consent, read_chapter, sign_consent
from upwell.pathway.consent.models import Consent
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
    with acting_as(actor):
        for number in range(1, len(consent.text["chapters"]) + 1):
            read_chapter(by=actor, consent_id=consent.id, number=number)


def answer_all(actor: Actor, consent: Consent) -> None:
    with acting_as(actor):
        for one in consent.text["questions"]:
            answer_question(
                by=actor, consent_id=consent.id, question=one["id"], choice=one["right"], try_id=new_id()
            )


def signed(staff: Actor, patient: Actor, course: Course, name: str = "Alex Rivera") -> Consent:
    """Offered by staff; read, answered and signed by the person."""
    consent = offered(staff, course)
    read_all(patient, consent)
    answer_all(patient, consent)
    with acting_as(patient):
        return sign_consent(by=patient, consent_id=consent.id, name=name, agreed=True, name_is_right=True)
