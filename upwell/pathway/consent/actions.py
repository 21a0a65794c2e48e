"""Offering a consent, reading it, answering, signing, taking it back: under a lock, by the table, each once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, RefusedByRule, StaleState
from upwell.base.limits import LONGEST_WORDS
from upwell.knowledge.consent.loader import document_for, document_named, load_consent_rules
from upwell.knowledge.consent.text import consent_text, sha256_of
from upwell.pathway.consent.models import Consent, How, TeachBackTry
from upwell.pathway.consent.place import place_of
from upwell.pathway.consent.rules import checked_name, months_later, same_person
from upwell.pathway.consent.states import STATE_WORDS, UNSIGNED, Event, State, after
from upwell.pathway.consent.words import moment_words, treatment_words
from upwell.pathway.course.actions import locked_course
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import State as CourseState
from upwell.people.models import Patient, Practice
from upwell.record.actions import refuse_other_practice
from upwell.record.once import insert_once

OFFERED_IN = frozenset({CourseState.PREPARATION, CourseState.INDUCTION, CourseState.MAINTENANCE})


@dataclass(frozen=True, slots=True)
class Offered:
    """The consent that is open now, and whether this call made it."""

    consent: Consent
    created: bool


def offer_consent(*, by: Actor, course_id: UUID, consent_id: UUID) -> Offered:
    """Offer the text for the treatment that is chosen. Two who offer at once make one offer."""
    require(by, "consent.explain")
    course = locked_course(course_id)
    refuse_other_practice(by, course.practice_id)
    practice = Practice.objects.get(id=course.practice_id)
    _refuse_to_offer(course)
    document = document_for(course.substance, course.route, practice.jurisdiction)
    if document is None:
        raise RefusedByRule(
            _(
                "There is no text about %(treatment)s for this country. Without a text nobody can consent to it."
                " Choose another route, or ask for a text first."
            )
            % {"treatment": treatment_words(course.substance, course.route)}
        )
    text = consent_text(document, place_of(practice))
    former = Consent.objects.filter(
        course_id=course.id, state__in=[state.value for state in UNSIGNED]
    ).first()
    if former is not None:
        if former.sha256 == sha256_of(text):
            return Offered(former, created=False)
        _supersede(by, former)
    row = Consent(
        id=consent_id,
        practice_id=course.practice_id,
        patient_id=course.patient_id,
        course=course,
        document=document.id,
        document_version=document.version,
        sha256=sha256_of(text),
        text=text,
        substance=course.substance,
        route=course.route,
        offered_by_id=by.account_id,
        offered_by_name=by.name,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
    )
    if not insert_once(row):
        there = Consent.objects.filter(id=consent_id, course_id=course.id).first()
        if there is None:
            raise StaleState(_("This form was used for something else. Open the page again."))
        return Offered(there, created=False)
    _note("consent.offered", by, row, document=document.id, version=document.version)
    return Offered(row, created=True)


def read_chapter(*, by: Actor, consent_id: UUID, number: int) -> Consent:
    """A chapter was read (``number`` from 1): the place is kept, and never goes back."""
    consent = _locked(by, consent_id)
    _refuse_unless_open(consent)
    chapters = len(consent.text["chapters"])
    if not 1 <= number <= chapters:
        raise NotFound(_("There is no such chapter."))
    if number != consent.place + 1:  # read before, or a chapter was left out: the place stays
        return consent
    consent.place = number
    _save(by, consent, "place")
    if number == chapters:
        _note("consent.read", by, consent)
    return consent


def answer_question(*, by: Actor, consent_id: UUID, question: str, choice: str, try_id: UUID) -> TeachBackTry:
    """One answer to one question. When all are right, the text is understood. ``try_id``: sent twice is once."""
    consent = _locked(by, consent_id)
    found = next((one for one in consent.text["questions"] if one["id"] == question), None)
    if found is None:
        raise NotFound(_("There is no such question."))
    _refuse_unless_open(consent)
    _refuse_unread(consent)
    if choice not in [one["id"] for one in found["choices"]]:
        raise BadInput(_("Choose one of the answers."), path="choice")
    row = TeachBackTry(
        id=try_id,
        practice_id=consent.practice_id,
        patient_id=consent.patient_id,
        consent=consent,
        question=question,
        choice=choice,
        is_right=choice == found["right"],
        by_id=by.account_id,
        how=_how(by),
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
    )
    if not insert_once(row):
        there = TeachBackTry.objects.filter(id=try_id, consent_id=consent.id, question=question).first()
        if there is None:
            raise StaleState(_("This copy of the question was used already. Open the question again."))
        return there
    if row.is_right and consent.stands is State.OFFERED and not _open_questions(consent):
        _move(consent, Event.UNDERSTAND)
        consent.understood_at = now()
        _save(by, consent, "state", "understood_at")
        _note("consent.understood", by, consent)
    return row


def sign_consent(
    *, by: Actor, consent_id: UUID, name: str, agreed: bool, name_is_right: bool = False
) -> Consent:
    """Sign with the typed name. Sent twice it is one signature; a former consent is superseded.

    Staff who sign at the tablet are witnesses: the name is the person's, and theirs stands beside it. A name that has
    nothing of the chart's is asked about once: ``name_is_right`` says that it is the person's all the same.
    """
    course_id = _course_id(consent_id)
    course = locked_course(course_id)  # first the course, then the consent: everybody locks in this order
    consent = _locked(by, consent_id)
    if consent.stands is State.SIGNED:
        return consent
    _refuse_unless_open(consent)
    _refuse_unread(consent)
    if consent.stands is not State.UNDERSTOOD:
        raise RefusedByRule(_("Some questions are not answered right yet. Answer them first."))
    _refuse_to_sign(course, consent)
    if not agreed:
        raise BadInput(
            _("Tick “I agree”. If you don't agree, that is all right: then don't sign."), path="agree"
        )
    signed_name = checked_name(name)
    if not name_is_right:
        _ask_about_another_name(consent, signed_name)
    for former in Consent.objects.select_for_update().filter(course_id=course.id, state=State.SIGNED):
        _supersede(by, former)
    practice = Practice.objects.get(id=consent.practice_id)
    moment = now()
    _move(consent, Event.SIGN)
    consent.signed_at, consent.signed_name, consent.signed_by_id = moment, signed_name, by.account_id
    consent.signed_how, consent.time_zone = _how(by), practice.time_zone
    consent.explained_by_name = by.name if by.is_staff else ""
    consent.expires_at = months_later(moment, load_consent_rules().valid_months)
    _save(
        by,
        consent,
        "state",
        "signed_at",
        "signed_name",
        "signed_by",
        "signed_how",
        "time_zone",
        "explained_by_name",
        "expires_at",
    )
    _note("consent.signed", by, consent, sha256=consent.sha256, how=consent.signed_how)
    return consent


def withdraw_consent(*, by: Actor, consent_id: UUID, reason: str = "") -> Consent:
    """Take a consent back, at any time, at once. A reason may be given; none is needed. Twice is once."""
    consent = _locked(by, consent_id)
    if consent.stands is State.WITHDRAWN:
        return consent
    if after(consent.stands, Event.WITHDRAW) is None:
        raise StaleState(_("A newer consent took the place of this one. Look at that one."))
    words = reason.replace("\x00", "").strip()
    if len(words) > LONGEST_WORDS:
        raise BadInput(
            _("This is longer than %(n)d characters. Shorten it.") % {"n": LONGEST_WORDS}, path="reason"
        )
    _move(consent, Event.WITHDRAW)
    consent.withdrawn_at, consent.withdrawn_by_id, consent.withdrawn_by_name = now(), by.account_id, by.name
    consent.withdrawn_how, consent.withdrawal_reason = _how(by), words
    fields = ["state", "withdrawn_at", "withdrawn_by", "withdrawn_by_name", "withdrawn_how"]
    _save(by, consent, *fields, "withdrawal_reason")
    _note("consent.withdrawn", by, consent, how=consent.withdrawn_how)
    return consent


def hear_withdrawal(*, by: Actor, consent_id: UUID) -> Consent:
    """Somebody of the team has read that a consent was taken back, and takes care of what follows."""
    require(by, "consent.explain")
    consent = _locked(by, consent_id)
    if consent.stands is not State.WITHDRAWN:
        raise StaleState(_("This consent was not taken back."))
    if consent.heard_at is not None:
        raise StaleState(
            _("%(name)s has taken this on already, on %(when)s.")
            % {"name": consent.heard_by_name or _("Somebody"), "when": moment_words(consent.heard_at)}
        )
    consent.heard_at, consent.heard_by_id, consent.heard_by_name = now(), by.account_id, by.name
    _save(by, consent, "heard_at", "heard_by", "heard_by_name")
    _note("consent.withdrawal-heard", by, consent)
    return consent


def _course_id(consent_id: UUID) -> UUID:
    found = Consent.objects.filter(id=consent_id).values_list("course_id", flat=True).first()
    if found is None:
        raise NotFound(_("There is no such consent here."))
    return found


def _locked(by: Actor, consent_id: UUID) -> Consent:
    """The consent, for this transaction alone, if it is the actor's own or of the actor's practice."""
    require(by, "own.consent" if by.is_patient else "consent.explain")
    consent = Consent.objects.select_for_update(of=("self",)).filter(id=consent_id).first()
    if consent is None or (by.is_patient and consent.patient_id not in by.patient_ids):
        raise NotFound(_("There is no such consent here."))
    refuse_other_practice(by, consent.practice_id)
    return consent


def _how(by: Actor) -> str:
    return How.OWN if by.is_patient else How.IN_PERSON


def _refuse_to_offer(course: Course) -> None:
    if course.stands not in OFFERED_IN:
        raise RefusedByRule(
            _(
                "Consent is offered when the screening has found that the treatment fits: not before, not after."
            )
        )
    if not course.substance or not course.route:
        raise RefusedByRule(_("Choose first what is given, and by which route."))
    if Patient.objects.filter(id=course.patient_id, deceased=True).exists():
        raise RefusedByRule(_("The chart says that this person has died."))


def _refuse_to_sign(course: Course, consent: Consent) -> None:
    if not course.is_open:
        raise RefusedByRule(_("This course of care is closed. There is nothing to sign any more."))
    if (course.substance, course.route) != (consent.substance, consent.route):
        raise StaleState(
            _(
                "The plan has changed: now it is %(treatment)s. This text is about something else, so it can't be"
                " signed. Your team gives you the new text."
            )
            % {"treatment": treatment_words(course.substance, course.route)}
        )
    document = document_named(consent.document)
    if document is None or not document.accepts(consent.document_version):
        raise StaleState(
            _("There is a newer text by now, so this one can't be signed. Your team gives you the new one.")
        )


def _ask_about_another_name(consent: Consent, signed_name: str) -> None:
    patient = consent.patient
    if not same_person(signed_name, patient.all_names):
        raise BadInput(
            _(
                "This name is not the one in the chart, which is %(name)s. Correct it, or say below that it is right."
            )
            % {"name": patient.display_name},
            path="name-is-right",
        )


def _refuse_unless_open(consent: Consent) -> None:
    if consent.stands not in UNSIGNED:
        raise StaleState(
            _("This has changed meanwhile: “%(state)s”. Nothing of yours was stored.")
            % {"state": STATE_WORDS[consent.stands]}
        )


def _refuse_unread(consent: Consent) -> None:
    if consent.place < len(consent.text["chapters"]):
        raise RefusedByRule(_("There is still something to read first."))


def _open_questions(consent: Consent) -> set[str]:
    right = TeachBackTry.objects.filter(consent_id=consent.id, is_right=True)
    return {one["id"] for one in consent.text["questions"]} - set(right.values_list("question", flat=True))


def _move(consent: Consent, event: Event) -> None:
    to = after(consent.stands, event)
    if to is None:
        raise StaleState(
            _("This has changed meanwhile: “%(state)s”. Nothing of yours was stored.")
            % {"state": STATE_WORDS[consent.stands]}
        )
    consent.state = to.value


def _supersede(by: Actor, former: Consent) -> None:
    _move(former, Event.SUPERSEDE)
    _save(by, former, "state")
    _note("consent.superseded", by, former)


def _save(by: Actor, consent: Consent, *fields: str) -> None:
    consent.updated_at, consent.updated_by_id = now(), by.account_id
    consent.save(update_fields=[*fields, "updated_at", "updated_by_id"])


def _note(action: str, by: Actor, consent: Consent, **detail: str) -> None:
    record(
        action,
        by=replace(by, practice_id=consent.practice_id),
        patient_id=consent.patient_id,
        object_type="consent",
        object_id=consent.id,
        **detail,
    )
