"""What consent tells: a text that waits to be read and signed, a consent to offer, one that was taken back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from upwell.access.models import CareLink
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.kept_query import kept_query
from upwell.knowledge.consent.loader import load_consent_rules
from upwell.pathway.calendar import expected_today
from upwell.pathway.consent.models import Consent
from upwell.pathway.consent.queries import consents_of, status_of, unheard_of, unheard_rows
from upwell.pathway.consent.rules import ConsentStatus, Why
from upwell.pathway.consent.states import UNSIGNED, State
from upwell.pathway.consent.words import day_words, treatment_words
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import State as CourseState
from upwell.pathway.parts import Card, Moment, Urgency, Waiting, once
from upwell.record.queries import PATIENT_BESIDE_NAME
from upwell.web.paths import path_to

EXPLAINERS = frozenset({"prescriber", "therapist", "monitor"})
OPEN_STATES = [state.value for state in UNSIGNED]
DOSING = frozenset({CourseState.INDUCTION, CourseState.MAINTENANCE})
MOST = 100
TAKEN_BACK = "hand-heart"


@dataclass(frozen=True, slots=True)
class _Found:
    """A course with its consents."""

    course: Course
    consents: list[Consent]


def waiting(actor: Actor, at: datetime, course: Course | None) -> list[Waiting]:
    """What waits about consent. For a practice five queries or so, however much there is."""
    if course is not None:
        return _with_the_day(_of(_Found(course, once(course, consents_of)), at), at)
    if actor.is_patient:
        return [_to_sign(one.course, one) for one in _open_of(list(actor.patient_ids))]
    if actor.practice_id is None:
        return []
    soon = at + timedelta(days=load_consent_rules().expires_soon_days)
    found = [_taken_back(one.course, one) for one in _unheard_at(actor.practice_id)]
    found += [_ending(one.course, one, at) for one in _ending_at(actor.practice_id, soon)]
    found += _at_other_practices(actor.practice_id)
    for one in _in_preparation(actor.practice_id):
        found += [line for line in _of(one, at) if "patient" not in line.owners]
    return _with_the_day(list({(line.url, line.what): line for line in found}.values()), at)


@kept_query(UUID)
def _unheard_at(practice_id: UUID) -> QuerySet[Consent]:
    return _rows(unheard_rows().filter(practice_id=practice_id)).order_by("withdrawn_at")[:MOST]


@kept_query(UUID, datetime)
def _ending_at(practice_id: UUID, soon: datetime) -> QuerySet[Consent]:
    rows = Consent.objects.filter(practice_id=practice_id, state=State.SIGNED, expires_at__lt=soon)
    return _rows(rows.exclude(course__state=CourseState.CLOSED)).order_by("expires_at")[:MOST]


def _with_the_day(lines: list[Waiting], at: datetime) -> list[Waiting]:
    """A consent that was taken back is worrying where the person is expected today, whatever the stage."""
    quiet = {line.course_id: line for line in lines if line.icon == TAKEN_BACK}
    expected = expected_today([one for one in quiet if one is not None], at) if quiet else set()
    return [
        replace(line, urgency=Urgency.WORRYING, detail=_("They have an appointment today."))
        if line.icon == TAKEN_BACK and line.course_id in expected
        else line
        for line in lines
    ]


def _at_other_practices(practice_id: UUID) -> list[Waiting]:
    """Taken back at a practice that treats a person of ours: whoever cares for them should know, too."""
    unheard = {one.patient_id: one for one in _unheard_elsewhere(practice_id)}
    if not unheard:
        return []
    links = CareLink.objects.filter(practice_id=practice_id, other_patient_id__in=list(unheard))
    links = links.select_related("patient")
    return [
        _taken_back_elsewhere(link, unheard[link.other_patient_id])
        for link in links.defer(*PATIENT_BESIDE_NAME)
    ]


@kept_query(UUID)
def _unheard_elsewhere(practice_id: UUID) -> QuerySet[Consent]:
    ours = CareLink.objects.filter(practice_id=practice_id).values("other_patient_id")
    return (
        unheard_rows()
        .filter(patient_id__in=ours)
        .select_related("course")
        .defer("text")
        .order_by("withdrawn_at")[:MOST]
    )


def _taken_back_elsewhere(link: CareLink, one: Consent) -> Waiting:
    return Waiting(
        owners=EXPLAINERS,
        practice_id=link.practice_id,
        patient_id=link.patient_id,
        patient_name=link.patient.display_name,
        what=_("Know that they took their consent back; the practice that treats them gives no dose"),
        url=path_to("course_consent", one.course_id),
        since=one.withdrawn_at or one.updated_at,
        urgency=Urgency.WORRYING if one.course.stands in DOSING else Urgency.WAITING,
        course_id=one.course_id,
        icon=TAKEN_BACK,
    )


def _rows(rows: QuerySet[Consent]) -> QuerySet[Consent]:
    as_it_came = [f"course__{name}" for name in PATIENT_BESIDE_NAME]
    return rows.select_related("course__patient", "course__practice").defer("text", *as_it_came)


@kept_query(list)
def _open_of(patient_ids: list[UUID]) -> QuerySet[Consent]:
    rows = _rows(Consent.objects.filter(patient_id__any=patient_ids, state__in=OPEN_STATES))
    return rows.exclude(course__state=CourseState.CLOSED)[:MOST]


def _in_preparation(practice_id: UUID) -> Iterable[_Found]:
    found = {one.id: _Found(one, []) for one in _in_preparation_at(practice_id)}
    for one in _consents_of(list(found)) if found else ():
        found[one.course_id].consents.append(one)
    return found.values()


@kept_query(UUID)
def _in_preparation_at(practice_id: UUID) -> QuerySet[Course]:
    rows = Course.objects.filter(practice_id=practice_id, state=CourseState.PREPARATION)
    rows = rows.select_related("patient", "practice").defer(*PATIENT_BESIDE_NAME)
    return rows.order_by("updated_at")[:MOST]


@kept_query(list)
def _consents_of(course_ids: list[UUID]) -> QuerySet[Consent]:
    return Consent.objects.filter(course_id__any=course_ids).defer("text").order_by("-offered_at")


def _of(found: _Found, at: datetime) -> list[Waiting]:
    """Everything that waits about the consent of one course."""
    course, consents = found.course, found.consents
    lines = [_taken_back(course, one) for one in unheard_of(consents)]
    if not course.is_open:
        return lines
    open_one = next((one for one in consents if one.state in OPEN_STATES), None)
    status = status_of(course, consents, at)
    if open_one is not None:
        lines.append(_to_sign(course, open_one))
    elif not lines and _should_be_offered(course, status):
        lines.append(_to_offer(course, status))
    if status.in_force and course.stands is CourseState.PREPARATION:
        lines.append(_to_begin(course, status))
    signed = next((one for one in consents if one.id == status.consent_id and status.in_force), None)
    if signed is not None and open_one is None and _ends_soon(signed, at):
        lines.append(_ending(course, signed, at))
    return lines


def _should_be_offered(course: Course, status: ConsentStatus) -> bool:
    if status.in_force or status.because is Why.NO_TREATMENT:
        return False
    return course.stands in {CourseState.PREPARATION, *DOSING}


def _ends_soon(one: Consent, at: datetime) -> bool:
    days = load_consent_rules().expires_soon_days
    return one.expires_at is not None and one.expires_at < at + timedelta(days=days)


def _line(course: Course, **fields: Any) -> Waiting:
    return Waiting(
        practice_id=course.practice_id,
        patient_id=course.patient_id,
        patient_name=course.patient.display_name,
        course_id=course.id,
        **{"url": path_to("course_consent", course.id), "owners": EXPLAINERS, **fields},
    )


def _to_sign(course: Course, one: Consent) -> Waiting:
    understood = one.stands is State.UNDERSTOOD
    return _line(
        course,
        owners=frozenset({"patient"}),
        what=_("Sign, or say no") if understood else _("Read what to expect, and decide"),
        url=path_to("my_consent", one.id),
        since=one.understood_at or one.offered_at,
        icon="file-text",
        button=_("Go on") if understood else _("Read it"),
    )


def _to_offer(course: Course, status: ConsentStatus) -> Waiting:
    return _line(
        course,
        what=_("Offer the consent"),
        detail=status.why,
        since=course.updated_at,
        icon="file-text",
        told=_("Your team gets the text about your treatment ready for you."),
    )


def _to_begin(course: Course, status: ConsentStatus) -> Waiting:
    return _line(
        course,
        owners=frozenset({"prescriber"}),
        what=_("Begin the induction"),
        detail=_("The consent is signed."),
        url=reverse("course_move", args=[course.id, "begin-induction"]),
        since=status.signed_at or course.updated_at,
        icon="arrow-right",
        told=_("You have signed. Your prescriber plans the first dose with you."),
    )


def _ending(course: Course, one: Consent, at: datetime) -> Waiting:
    return _line(
        course,
        what=_("Offer the consent anew: the signature expires on %(when)s")
        % {"when": day_words(one.expires_at)},
        since=one.signed_at or one.offered_at,
        urgency=Urgency.DUE,
        due=one.expires_at,
        icon="file-text",
    )


def _taken_back(course: Course, one: Consent) -> Waiting:
    worrying = course.stands in DOSING  # doses are being given
    if one.signed_at is None:
        what = _("Talk with the person: they said no to the treatment")
    else:
        what = _("Give no dose: the person took their consent back. Talk with them")
    return _line(
        course,
        what=what,
        url=path_to("course_consent", course.id),
        since=one.withdrawn_at or one.updated_at,
        urgency=Urgency.WORRYING if worrying else Urgency.WAITING,
        icon=TAKEN_BACK,
        told=_("Your team knows that you don't want it. There is nothing that you have to do."),
    )


def moments(course: Course, actor: Actor) -> list[Moment]:
    """What happened to each consent; to the person themself it is told as theirs."""
    tell = _own_moments if actor.is_patient else _moments
    return [moment for one in once(course, consents_of) for moment in tell(one)]


def _moments(one: Consent) -> Iterable[Moment]:
    treatment = treatment_words(one.substance, one.route)
    offered = _("The consent to %(treatment)s was offered") % {"treatment": treatment}
    yield Moment(one.offered_at, offered, who=one.offered_by_name, icon="file-text")
    if one.understood_at is not None:
        yield Moment(one.understood_at, _("The questions about it were answered right"), icon="circle-check")
    if one.signed_at is not None:
        signed = _("The consent to %(treatment)s was signed") % {"treatment": treatment}
        yield Moment(one.signed_at, signed, who=one.signed_name, icon="file-text", tone="good")
    if one.withdrawn_at is not None:
        said = _("The consent was taken back") if one.signed_at else _("The person said no to the treatment")
        yield Moment(
            one.withdrawn_at, said, one.withdrawal_reason, one.withdrawn_by_name, "", TAKEN_BACK, "caution"
        )
    if one.heard_at is not None:
        yield Moment(one.heard_at, _("The team took that on"), who=one.heard_by_name, icon="check")


def _own_moments(one: Consent) -> Iterable[Moment]:
    url = path_to("my_consent", one.id)
    treatment = {"treatment": treatment_words(one.substance, one.route)}
    given = _("You were given the text about %(treatment)s") % treatment
    yield Moment(one.offered_at, given, who=one.offered_by_name, url=url, icon="file-text")
    if one.signed_at is not None:
        yield Moment(one.signed_at, _("You signed it"), url=url, icon="file-text", tone="good")
    if one.withdrawn_at is not None:
        said = _("You took your consent back") if one.signed_at else _("You said no to it")
        yield Moment(one.withdrawn_at, said, one.withdrawal_reason, url=url, icon=TAKEN_BACK)


def cards(course: Course, actor: Actor) -> list[Card]:
    """Where the consent stands, on the course page and on the person's own pages."""
    consents = once(course, consents_of)
    if not consents and course.stands not in {CourseState.PREPARATION, *DOSING}:
        return []
    context = {
        "course": course,
        "status": status_of(course, consents, now()),
        "latest": consents[0] if consents else None,
        "open": next((one for one in consents if one.state in OPEN_STATES), None),
    }
    template = "consent/my_card.html" if actor.is_patient else "consent/card.html"
    return [Card(_("Consent"), template, context, "file-text", own=actor.is_patient)]


def course_facts(course: Course) -> dict[str, Any]:
    """What the guards of the course ask."""
    return {"consent.in_force": status_of(course, consents_of(course), now()).in_force}
