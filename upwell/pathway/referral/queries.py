"""Referrals, for the people on both sides of them and for the person they are about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from upwell.access.links import ReleaseKind, release_kinds
from upwell.access.sharing import releases_between
from upwell.access.trail import looked_at
from upwell.base.actor import Actor
from upwell.base.errors import NotFound
from upwell.base.kept_query import kept_query
from upwell.pathway.course.models import Course
from upwell.pathway.referral.models import Referral, ReferralStep
from upwell.pathway.referral.states import OPEN
from upwell.people.charts import chart_ids, kept_chart
from upwell.people.likely import LookAlike, look_alikes, someone_on_record
from upwell.people.models import Patient

RELATED = ("practice", "to_practice")


@dataclass(frozen=True, slots=True)
class Shown:
    """A referral as one side sees it. ``chart`` is the chart of the practice that looks, or the person's own."""

    referral: Referral
    chart: Patient
    is_ours: bool  # the referring practice looks
    is_asked: bool  # the practice that is asked looks

    @property
    def other_practice_name(self) -> str:
        return self.referral.to_practice.name if self.is_ours else self.referral.practice.name


def referral_of(actor: Actor, referral_id: UUID) -> Shown:
    """One referral. Whoever may not see it is told that there is none."""
    referral = Referral.objects.select_related(*RELATED).filter(id=referral_id).first()
    if referral is None:
        raise NotFound(_("There is no such referral here."))
    is_asked = actor.is_staff and actor.practice_id == referral.to_practice_id
    own = referral.to_patient_id if is_asked else referral.patient_id
    chart = (
        Patient.objects.select_related("practice")
        .defer("resource")
        .filter(id=own or referral.patient_id)
        .first()
    )
    if chart is None:
        raise NotFound(_("There is no such referral here."))
    looked_at([chart.id])
    return Shown(referral, chart, actor.is_staff and not is_asked, is_asked)


def steps_of(referral: Referral) -> list[ReferralStep]:
    """Every step that a referral took, in order."""
    return list(ReferralStep.objects.filter(referral=referral).order_by("number"))


def referrals_about(course: Course) -> list[Referral]:
    """The referrals that belong to a course: the one that opened it, or those that came from it."""
    return _about(course.id, course.practice_id, course.patient_id, course.started_at)


@kept_query(UUID, UUID, UUID, datetime)
def _about(course_id: UUID, practice_id: UUID, patient_id: UUID, since: datetime) -> QuerySet[Referral]:
    mine = Q(practice_id=practice_id, patient_id=patient_id, made_at__gte=since)
    rows = Referral.objects.select_related(*RELATED).filter(Q(course_id=course_id) | mine)
    return rows.order_by("-made_at")


def referred_now(patient_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these charts have a referral that nobody has answered yet."""
    return set(_referred(list(patient_ids)))


@kept_query(list)
def _referred(patient_ids: list[UUID]) -> QuerySet[Referral, UUID]:
    rows = Referral.objects.filter(patient_id__any=patient_ids, state__in=sorted(OPEN))
    return rows.values_list("patient_id", flat=True)


def referrals_of(patient_ids: Iterable[UUID]) -> list[Referral]:
    """The referrals that went out from these charts, or came in to them, the latest first."""
    return _referrals_of(list(patient_ids))


@kept_query(list)
def _referrals_of(ids: list[UUID]) -> QuerySet[Referral]:
    rows = Referral.objects.select_related(*RELATED)
    return rows.filter(Q(patient_id__any=ids) | Q(to_patient_id__any=ids)).order_by("-made_at")


PER_PAGE = 30


def referrals_in(practice_id: UUID, page: str) -> Page[Referral]:
    """The referrals that came to a practice, those that wait for an answer first."""
    rows = Referral.objects.filter(to_practice_id=practice_id, sent_at__isnull=False)
    return _listed(rows, page)


def referrals_out(practice_id: UUID, page: str) -> Page[Referral]:
    """The referrals that a practice wrote, those that wait first."""
    return _listed(Referral.objects.filter(practice_id=practice_id), page)


def _listed(rows: QuerySet[Referral], page: str) -> Page[Referral]:
    waits = Case(When(state__in=sorted(OPEN), then=Value(0)), default=Value(1), output_field=IntegerField())
    ordered = rows.select_related(*RELATED).order_by(waits, "-made_at", "-id")
    return Paginator(ordered, PER_PAGE).get_page(page)


def named(found: Iterable[Referral], practice_id: UUID) -> list[tuple[Referral, str]]:
    """Each referral with the name on this practice's own chart of the person."""
    rows = [(one, one.patient_id if one.practice_id == practice_id else one.to_patient_id) for one in found]
    looked_at([chart for _one, chart in rows if chart])
    names = {
        row.id: row.display_name
        for row in Patient.objects.filter(id__in=[chart for _one, chart in rows if chart]).only(
            "given_names", "family_name"
        )
    }
    return [(one, names.get(chart, "") if chart else "") for one, chart in rows]


def look_alikes_of(shown: Shown) -> list[LookAlike]:
    """Who on record at the asked practice may be the person who is referred. Their own chart is left out."""
    family = chart_ids(kept_chart(shown.chart.id) or shown.chart.id)
    found = look_alikes(shown.chart.practice_id, someone_on_record(shown.chart, ()), without=family)
    looked_at([one.chart.id for one in found])
    return found


def sees_course(referral: Referral) -> bool:
    """Whether the course that the referral opened may be looked at from here."""
    return referral.course_id is not None and Course.objects.filter(id=referral.course_id).exists()


def kinds_of(kinds: Iterable[str]) -> list[ReleaseKind]:
    """Kinds of information in words, in the order in which people read them."""
    wanted = set(kinds)
    return [kind for key, kind in release_kinds().items() if key in wanted]


def open_now(referral: Referral) -> tuple[list[ReleaseKind], list[ReleaseKind]]:
    """What is open right now: to the asked practice, and back. Each side reads the releases that concern it."""
    there = releases_between(chart_ids(referral.patient_id) or [referral.patient_id], referral.to_practice_id)
    back = releases_between([referral.to_patient_id or referral.id], referral.practice_id)
    return kinds_of(there.values_list("kind", flat=True)), kinds_of(back.values_list("kind", flat=True))
