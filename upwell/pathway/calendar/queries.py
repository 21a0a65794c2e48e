"""Reading the calendar: a day, a person's appointments, and what stands in the way of a booking."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from upwell.access.roles import may
from upwell.access.trail import looked_at
from upwell.base.actor import Actor
from upwell.base.errors import NotFound, NotPermitted
from upwell.base.kept_query import kept_query
from upwell.pathway.calendar.models import HOLDS, Appointment
from upwell.pathway.calendar.rules import Span, day_of
from upwell.pathway.calendar.states import KIND_WORDS
from upwell.people.models import Account, Chair
from upwell.record.queries import PATIENT_AS_IT_CAME

MOST_A_DAY = 500


def appointment_of(appointment_id: UUID) -> Appointment:
    """One appointment with whom it is about. Whoever may not see it is told that there is none."""
    found = _whole().filter(id=appointment_id).first()
    if found is None:
        raise NotFound(_("There is no such appointment here."))
    looked_at([found.patient_id])
    return found


def is_booked_by(form_number: UUID) -> bool:
    """Whether a form has booked its appointment already: it has the form's number."""
    return Appointment.objects.filter(id=form_number).exists()


def of_day(actor: Actor, day: Span) -> list[Appointment]:
    """The practice's appointments that touch this span, in order."""
    rows = _whole().filter(practice_id=place_of(actor), starts_at__lt=day[1], ends_at__gt=day[0])
    found = list(rows.order_by("starts_at", "id")[:MOST_A_DAY])
    looked_at([one.patient_id for one in found])
    return found


def of_course(course_id: UUID) -> list[Appointment]:
    """All appointments of a course that the actor may see, in order."""
    return _of_course(course_id)


@kept_query(UUID)
def _of_course(course_id: UUID) -> QuerySet[Appointment]:
    return _whole().filter(course_id=course_id).order_by("starts_at", "id")


def expected_today(course_ids: Iterable[UUID], at: datetime) -> set[UUID]:
    """Which of these courses have an appointment on this day of the practice's clock, late or not."""
    start, end = day_of(timezone.localdate(at), timezone.get_current_timezone())
    rows = Appointment.objects.filter(
        HOLDS, course_id__in=list(course_ids), starts_at__lt=end, ends_at__gt=start
    )
    return set(rows.values_list("course_id", flat=True))


def of_charts(patient_ids: Iterable[UUID]) -> list[Appointment]:
    """All appointments in these charts, in order."""
    return list(_whole().filter(patient_id__in=list(patient_ids)).order_by("starts_at", "id"))


def chairs_of(actor: Actor) -> list[Chair]:
    """The chairs in use."""
    return list(Chair.objects.filter(practice_id=place_of(actor), active=True))


def clinicians_of(actor: Actor) -> list[Account]:
    """Who an appointment can be with."""
    at_work = Q(memberships__practice_id=place_of(actor), memberships__active=True)
    care = Q(memberships__roles__overlap=["therapist", "prescriber", "monitor"])
    return list(Account.objects.filter(at_work & care).distinct().order_by("name"))


def busy(actor: Actor, day: Span) -> list[Appointment]:
    """What holds its place on a day, without whom it is about."""
    rows = Appointment.objects.filter(
        HOLDS, practice_id=place_of(actor), starts_at__lt=day[1], ends_at__gt=day[0]
    )
    return list(rows.order_by("starts_at")[:MOST_A_DAY])


def conflicts_with(wanted: Appointment) -> list[Appointment]:
    """What holds the wanted chair, person or member of staff at the wanted time."""
    same = Q(patient_id=wanted.patient_id)
    if wanted.chair_id:
        same |= Q(chair_id=wanted.chair_id)
    if wanted.staff_id:
        same |= Q(staff_id=wanted.staff_id)
    rows = _whole().filter(HOLDS, same, starts_at__lt=wanted.ends_at, ends_at__gt=wanted.starts_at)
    return list(rows.exclude(id=wanted.id).order_by("starts_at")[:5])


def conflict_words(by: Actor, there: Appointment, wanted: Appointment) -> str:
    """Who is there, and when. The name of a patient stands in it only for those who may see it."""
    words = {"when": span_words(there.starts_at, there.ends_at), "kind": KIND_WORDS[there.is_for]}
    if there.patient_id == wanted.patient_id:
        return _("This person is booked already, %(when)s (%(kind)s).") % words
    ours = there.practice_id == by.practice_id and may(by, "patient.read")
    words["whom"] = there.patient.display_name if ours else _("somebody else")
    if there.chair_id is not None and there.chair_id == wanted.chair_id and there.chair is not None:
        words["chair"] = there.chair.name
        return _("%(chair)s is taken %(when)s: %(kind)s of %(whom)s.") % words
    words["staff"] = there.staff.name if there.staff is not None else _("The member of staff")
    return _("%(staff)s is booked %(when)s: %(kind)s of %(whom)s.") % words


def span_words(starts_at: datetime, ends_at: datetime) -> str:
    """The time as the practice's clock shows it: the day once, with both ends."""
    start, end = timezone.localtime(starts_at), timezone.localtime(ends_at)
    words = {
        "day": date_format(start, "DATE_FORMAT"),
        "start": time_format(start, "TIME_FORMAT"),
        "end": time_format(end, "TIME_FORMAT")
        if start.date() == end.date()
        else f"{date_format(end, 'DATE_FORMAT')} {time_format(end, 'TIME_FORMAT')}",
    }
    return _("on %(day)s from %(start)s to %(end)s") % words


def place_of(actor: Actor) -> UUID:
    """The practice whose calendar it is."""
    if actor.practice_id is None:
        raise NotPermitted(_("Choose a practice first."))
    return actor.practice_id


def _whole() -> QuerySet[Appointment]:
    rows = Appointment.objects.select_related("patient", "chair", "staff", "practice")
    return rows.defer(*PATIENT_AS_IT_CAME)
