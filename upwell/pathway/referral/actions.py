"""Referring a person to another practice: written, agreed to, sent, answered. Each step once, under a lock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from upwell.access.acting import acting_as
from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, StaleState
from upwell.base.ids import new_id
from upwell.pathway.course.actions import move_course
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import Event as CourseEvent
from upwell.pathway.course.states import State as CourseState
from upwell.pathway.own_words import own_words
from upwell.pathway.referral.checks import refuse_second_course, refuse_what_stands_against
from upwell.pathway.referral.models import Referral, ReferralStep
from upwell.pathway.referral.rules import shared_back, shared_to_them
from upwell.pathway.referral.sending import (
    both_practices,
    close_course_there,
    close_inquiry_here,
    end_both_ways,
    send,
)
from upwell.pathway.referral.states import (
    OPEN,
    STATE_WORDS,
    STEPS_BY_EVENT,
    Agreed,
    Event,
    Side,
    State,
    Step,
    step_from,
)
from upwell.people.charts import chart_ids
from upwell.people.models import Patient, Practice
from upwell.record.actions import refuse_other_practice
from upwell.record.once import insert_once


@dataclass(frozen=True, slots=True)
class Letter:
    """What a referral says, and what it shares in each direction."""

    reason: str
    question: str
    shared: Iterable[str]
    shared_back: Iterable[str]


@transaction.atomic
def refer_patient(
    *,
    by: Actor,
    patient: Patient,
    to_practice: Practice,
    letter: Letter,
    agreed: Agreed,
    referral_id: UUID | None = None,
) -> Referral:
    """Refer a patient of the own practice to another one.

    ``agreed`` says how the person agreed; ``PHONE`` asks them first, and nothing is sent before. ``referral_id`` was
    made when the form was opened: sent twice, it is one referral.
    """
    require(by, "referral.make")
    refuse_other_practice(by, patient.practice_id)
    event = Event.ASK if agreed is Agreed.PHONE else Event.SEND
    step = STEPS_BY_EVENT[event]
    referral = Referral(
        id=referral_id or new_id(),
        practice_id=patient.practice_id,
        patient_id=patient.id,
        to_practice_id=to_practice.id,
        state=State.AWAITING_PATIENT,
        reason=own_words(letter.reason, path="reason", missing=_("Write down why you refer this person.")),
        question=own_words(letter.question, path="question"),
        shared=shared_to_them(letter.shared),
        shared_back=shared_back(letter.shared_back),
        by_id=by.account_id,
        by_name=by.name,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
    )
    there = Referral.objects.filter(id=referral.id).first()
    if there is None:
        refuse_what_stands_against(by, patient, to_practice, agreed)
    if there is not None or not insert_once(referral):
        return _made_before(referral, there)
    record("referral.made", by=by, patient_id=patient.id, object_type="referral", object_id=referral.id,
           to_practice=str(to_practice.id), shared=referral.shared, shared_back=referral.shared_back)  # fmt: skip
    _note_earlier_answers(referral)
    if event is Event.SEND:
        _send(referral, by, agreed)
        referral.save()
    _note(referral, step, "", by, "")
    return referral


@transaction.atomic
def agree(*, by: Actor, referral_id: UUID, seen_version: int | None = None) -> Referral:
    """The person agrees, on their own phone: the referral is sent."""
    require(by, "own.share")
    with _locked(by, referral_id, Side.PATIENT) as referral:
        step, before = _step(referral, Event.SEND, seen_version), referral.state
        _send(referral, by, Agreed.PHONE)
        return _moved(referral, step, before, by, "")


@transaction.atomic
def agree_in_person(
    *, by: Actor, referral_id: UUID, agreed: Agreed, seen_version: int | None = None
) -> Referral:
    """The person agreed in the room, while their phone was asked: the referring side records how, and it is sent."""
    require(by, "referral.make")
    if agreed is Agreed.PHONE:
        raise BadInput(_("Choose how the person agreed: in words, or on signed paper."), path="agreed")
    with _locked(by, referral_id, Side.REFERRING) as referral:
        step, before = _step(referral, Event.SEND, seen_version), referral.state
        _send(referral, by, agreed)
        return _moved(referral, step, before, by, "")


@transaction.atomic
def refuse(*, by: Actor, referral_id: UUID, reason: str = "", seen_version: int | None = None) -> Referral:
    """The person does not agree, or changed their mind before there was an answer. Nothing stays open."""
    require(by, "own.share")
    with _locked(by, referral_id, Side.PATIENT) as referral:
        step, before = _step(referral, Event.REFUSE, seen_version), referral.state
        words = own_words(reason, path="reason")
        _moved(referral, step, before, by, words)
        close_course_there(referral, by, words or _("The person did not agree to the referral."))
        end_both_ways(referral, by)
        return referral


def take_back_of_course(*, by: Actor, course_id: UUID, reason: str) -> bool:
    """The person ends a course that is no more than a referral: the referral is taken back. Whether there was one."""
    waiting = (
        Referral.objects.filter(course_id=course_id, state=State.SENT).values_list("id", flat=True).first()
    )
    if waiting is not None:
        refuse(by=by, referral_id=waiting, reason=reason)
    return waiting is not None


@transaction.atomic
def withdraw(*, by: Actor, referral_id: UUID, reason: str, seen_version: int | None = None) -> Referral:
    """Take a referral back that nobody has answered yet."""
    require(by, "referral.make")
    with _locked(by, referral_id, Side.REFERRING) as referral:
        step, before = _step(referral, Event.WITHDRAW, seen_version), referral.state
        words = own_words(reason, path="reason", missing=_("Write down why you take the referral back."))
        _moved(referral, step, before, by, words)
        close_course_there(referral, by, words)
        end_both_ways(referral, by)
        return referral


@transaction.atomic
def accept(*, by: Actor, referral_id: UUID, note: str = "", seen_version: int | None = None) -> Referral:
    """The prescriber takes the person on: the screening begins."""
    require(by, "referral.decide")
    with _locked(by, referral_id, Side.ASKED) as referral:
        step, before = _step(referral, Event.ACCEPT, seen_version), referral.state
        words = own_words(note, path="reason")
        course = _course_of(referral)
        refuse_second_course(course)
        close_inquiry_here(referral, by)
        _moved(referral, step, before, by, words)
    if course.stands is CourseState.REFERRAL:
        move_course(
            by=by,
            course_id=course.id,
            event=CourseEvent.BEGIN_SCREENING,
            reason=words,
            prescriber_id=by.account_id,
        )
    return referral


@transaction.atomic
def decline(*, by: Actor, referral_id: UUID, reason: str, seen_version: int | None = None) -> Referral:
    """The prescriber does not take the person on, and says why. What was opened for the referral ends."""
    require(by, "referral.decide")
    words = own_words(
        reason, path="reason", missing=_("Write down why, so that the referring practice can go on.")
    )
    with _locked(by, referral_id, Side.ASKED) as referral:
        step, before = _step(referral, Event.DECLINE, seen_version), referral.state
        course = _course_of(referral)
        end_both_ways(referral, by)
        _moved(referral, step, before, by, words)
    if course.stands is CourseState.REFERRAL:
        move_course(by=by, course_id=course.id, event=CourseEvent.DECLINE, reason=words)
    return referral


@transaction.atomic
def note_answer(*, by: Actor, referral_id: UUID) -> Referral:
    """The referring side has looked at a "no", and knows what to do next."""
    require(by, "referral.make")
    with _locked(by, referral_id, Side.REFERRING) as referral:
        if referral.is_open:
            raise StaleState(what_changed(referral))
        if referral.seen_at is None:
            referral.seen_at = referral.updated_at = now()
            referral.updated_by_id = by.account_id
            referral.save(update_fields=["seen_at", "updated_at", "updated_by_id"])
            record("referral.answer-noted", by=by, patient_id=referral.patient_id, object_type="referral",
                   object_id=referral.id)  # fmt: skip
        return referral


@contextmanager
def _locked(by: Actor, referral_id: UUID, side: Side) -> Iterator[Referral]:
    """The referral, for this transaction alone, as the system for shared care; only for who is on this side of it."""
    with acting_as(both_practices(by)):
        rows = Referral.objects.select_for_update(of=("self",)).select_related("practice", "to_practice")
        referral = rows.filter(id=referral_id).first()
        if referral is None or not is_on_side(by, referral, side):
            raise NotFound(_("There is no such referral here."))
        yield referral


def is_on_side(by: Actor, referral: Referral, side: Side) -> bool:
    """Whether the actor is on this side of a referral."""
    if side is Side.PATIENT:
        own = {referral.patient_id, referral.to_patient_id} & set(by.patient_ids)
        return by.is_patient and bool(own)
    if side is Side.REFERRING:
        return by.is_staff and by.practice_id == referral.practice_id
    return by.is_staff and by.practice_id == referral.to_practice_id and referral.sent_at is not None


def what_changed(referral: Referral) -> str:
    """In words, for who comes second: where the referral stands now, and who brought it there."""
    last = ReferralStep.objects.filter(referral=referral).order_by("-number").first()
    return _("%(who)s was faster: the referral stands at “%(state)s” now. Nothing of yours was stored.") % {
        "who": (last.by_name if last else "") or _("Somebody"),
        "state": STATE_WORDS[referral.stands],
    }


def _course_of(referral: Referral) -> Course:
    return Course.objects.get(
        id=referral.course_id or referral.id
    )  # sent: the database holds that there is one


def _step(referral: Referral, event: Event, seen_version: int | None) -> Step:
    step = step_from(referral.stands, event)
    if step is None or (seen_version is not None and seen_version != referral.version):
        raise StaleState(what_changed(referral))
    return step


def _send(referral: Referral, by: Actor, agreed: Agreed) -> None:
    send(referral, by)
    referral.state, referral.agreed_how, referral.sent_at = State.SENT, agreed.value, now()


def _moved(referral: Referral, step: Step, before: str, by: Actor, words: str) -> Referral:
    referral.state = step.to.value
    if step.to not in OPEN:
        referral.ended_at, referral.answer, referral.answered_by_name = now(), words, by.name
    referral.version += 1
    referral.updated_at, referral.updated_by_id = now(), by.account_id
    referral.save()
    _note(referral, step, before, by, words)
    return referral


def _note(referral: Referral, step: Step, before: str, by: Actor, reason: str) -> None:
    places = Practice.objects.filter(id=by.practice_id) if by.practice_id else Practice.objects.none()
    ReferralStep.objects.create(
        practice_id=referral.practice_id,
        patient_id=referral.patient_id,
        referral=referral,
        number=referral.version,
        event=step.event,
        from_state=before,
        to_state=step.to,
        reason=reason,
        by_id=by.account_id,
        by_name=by.name,
        by_role=", ".join(sorted(by.roles)),
        by_practice_name=places.values_list("name", flat=True).first() or "",
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
    )
    for chart_id, practice_id in (
        (referral.patient_id, referral.practice_id),
        (referral.to_patient_id, referral.to_practice_id),
    ):
        if chart_id is not None:
            record(
                "referral.moved",
                by=replace(by, practice_id=practice_id),
                patient_id=chart_id,
                object_type="referral",
                object_id=referral.id,
                to=step.to.value,
            )


def _note_earlier_answers(referral: Referral) -> None:
    """Who refers anew has seen the "no" that came before."""
    earlier = Referral.objects.filter(patient_id__in=chart_ids(referral.patient_id), seen_at__isnull=True)
    closed = earlier.exclude(id=referral.id).exclude(state__in=sorted(OPEN))
    closed.update(seen_at=now(), updated_at=now(), updated_by_id=referral.by_id)


def _made_before(referral: Referral, there: Referral | None) -> Referral:
    """The same form sent twice is one referral; another one to the same practice is open."""
    there = there or Referral.objects.filter(id=referral.id).first()
    if there is not None and there.patient_id == referral.patient_id:
        return there
    raise StaleState(_("This person has an open referral to that practice already. Look at that one."))
