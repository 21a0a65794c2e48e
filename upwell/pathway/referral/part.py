"""What a referral tells: who is asked, who decides, who looks at a "no", and what is shared."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from upwell.base.actor import Actor
from upwell.base.kept_query import kept_query
from upwell.pathway.course.models import Course
from upwell.pathway.parts import Card, Moment, Waiting, once
from upwell.pathway.referral.models import Referral
from upwell.pathway.referral.queries import RELATED, kinds_of, open_now, referrals_about, steps_of
from upwell.pathway.referral.states import HAPPENED, STATE_WORDS, State
from upwell.people.models import Patient
from upwell.web.paths import path_to

MOST = 100
WAITS = Q(state__in=[State.AWAITING_PATIENT, State.SENT])
UNSEEN = Q(state__in=[State.DECLINED, State.REFUSED], seen_at__isnull=True)


def waiting(actor: Actor, at: datetime, course: Course | None) -> list[Waiting]:
    """The person is asked; the prescriber decides; the therapist looks at a "no"."""
    found = once(course, referrals_about) if course is not None else _of(actor)
    names = _names(found)
    return [one for referral in found if (one := _waiting(referral, names)) is not None]


def _of(actor: Actor) -> list[Referral]:
    if actor.is_patient:
        return _own(list(actor.patient_ids))
    return _at(actor.practice_id) if actor.is_staff and actor.practice_id is not None else []


@kept_query(list)
def _own(patient_ids: list[UUID]) -> QuerySet[Referral]:
    rows = Referral.objects.select_related(*RELATED).filter(WAITS | UNSEEN, patient_id__any=patient_ids)
    return rows.order_by("updated_at")[:MOST]


@kept_query(UUID)
def _at(practice_id: UUID) -> QuerySet[Referral]:
    rows = Referral.objects.select_related(*RELATED)
    here, there = Q(practice_id=practice_id), Q(to_practice_id=practice_id)
    return rows.filter((WAITS & (here | there)) | (UNSEEN & here)).order_by("updated_at")[:MOST]


def _names(found: list[Referral]) -> dict[object, str]:
    ids = {one for referral in found for one in (referral.patient_id, referral.to_patient_id) if one}
    if not ids:
        return {}
    rows = Patient.objects.filter(id__in=ids).only("id", "given_names", "family_name")
    return {row.id: row.display_name for row in rows}


def _waiting(referral: Referral, names: dict[object, str]) -> Waiting | None:
    state, place = referral.stands, referral.practice.name
    here = (frozenset({"therapist", "prescriber"}), referral.practice_id, referral.patient_id)
    there = (
        frozenset({"prescriber"}),
        referral.to_practice_id,
        referral.to_patient_id or referral.patient_id,
    )
    url = path_to("referral", referral.id)
    who, what, told = here, "", ""
    if state is State.AWAITING_PATIENT:
        who = (frozenset({"patient"}), referral.practice_id, referral.patient_id)
        what = _("Say whether you agree to be referred to %(practice)s") % {
            "practice": referral.to_practice.name
        }
        url = path_to("my_referral", referral.id)
    elif state is State.SENT:
        who, what = there, _("Decide on the referral from %(practice)s") % {"practice": place}
        told = _("%(practice)s has your referral and will answer.") % {"practice": referral.to_practice.name}
    elif state is State.DECLINED and referral.seen_at is None:
        what = _("Look at the answer: %(practice)s declined") % {"practice": referral.to_practice.name}
        told = _("%(practice)s said no. Your care team will talk it over with you.") % {
            "practice": referral.to_practice.name
        }
    elif state is State.REFUSED and referral.seen_at is None:
        what = _("Look at the answer: the person did not agree to the referral")
        told = _("Your care team can see that you did not agree to the referral.")
    if not what:
        return None
    return Waiting(
        owners=who[0],
        practice_id=who[1],
        patient_id=who[2],
        patient_name=names.get(who[2]) or names.get(referral.patient_id) or "",
        what=what,
        url=url,
        since=referral.updated_at,
        course_id=referral.course_id,
        icon="link",
        told=told,
        button=_("Read and decide"),
    )


def moments(course: Course, actor: Actor) -> list[Moment]:
    """Every step of the referrals that belong to a course."""
    return [
        Moment(
            at=one.at,
            title=str(HAPPENED[State(one.to_state)]),
            detail=one.reason,
            who=one.by_name,
            url=reverse("referral" if actor.is_staff else "my_referral", args=[referral.id]),
            icon="link",
        )
        for referral in once(course, referrals_about)
        for one in steps_of(referral)
    ]


def cards(course: Course, actor: Actor) -> list[Card]:
    """Who referred, why, and what is open right now."""
    found = once(course, referrals_about)
    if not found:
        return []
    referral = found[0]
    to_them, back = open_now(referral)
    context = {
        "referral": referral,
        "state": STATE_WORDS[referral.stands],
        "to_them": to_them,
        "back": back,
        "agreed": (kinds_of(referral.shared), kinds_of(referral.shared_back)),
    }
    return [Card(_("Referral"), "referral/card.html", context, icon="link")]


def course_facts(course: Course) -> dict[str, Any]:
    """Whether the referral that opened the course still waits for an answer."""
    return {"referral.open": Referral.objects.filter(course=course, state=State.SENT).count()}
