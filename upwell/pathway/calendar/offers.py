"""What the booking pages say beside the form: free times, what a dosing session lacks, times with their zone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from upwell.base.actor import Actor, Compartment
from upwell.base.clock import now
from upwell.pathway.calendar import queries
from upwell.pathway.calendar.board import shown_span
from upwell.pathway.calendar.models import Appointment
from upwell.pathway.calendar.rules import day_of, free_times, house, missing_for_dosing, nearest
from upwell.pathway.calendar.states import Kind
from upwell.pathway.course.models import Course
from upwell.pathway.local_time import local_time
from upwell.pathway.parts import facts_of


@dataclass(frozen=True, slots=True)
class Offer:
    """When a chair is free on the day that was asked for."""

    chair: str
    times: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class OwnTime:
    """An appointment as its person reads it: on the practice's clock, with the zone named."""

    appointment: Appointment
    when: str
    zone: str


def offers_of(actor: Actor, form: Any) -> list[Offer]:
    """Free times on each chair, once a day was asked for."""
    if not form.is_bound or not hasattr(form, "cleaned_data"):
        return []
    day, minutes = form.cleaned_data.get("day"), form.cleaned_data.get("minutes")
    if not isinstance(day, date) or not minutes:
        return []
    zone = timezone.get_current_timezone()
    within = shown_span(day, zone, [])
    taken = queries.busy(actor, day_of(day, zone))
    offers = []
    for chair in queries.chairs_of(actor):
        spans = [(one.starts_at, one.ends_at) for one in taken if one.chair_id == chair.id]
        times = free_times(spans, within, timedelta(minutes=minutes), now())
        offers.append(
            Offer(
                chair.name,
                tuple(nearest(times, form.cleaned_data.get("starts_at"), house().offered_free_times)),
            )
        )
    return offers


def missing_of(actor: Actor, appointment: Appointment) -> list[str]:
    """What a booked dosing session still lacks; nothing to say to whoever may not see the course."""
    if appointment.is_for is not Kind.DOSING or appointment.state not in {"booked", "arrived"}:
        return []
    if Compartment.CLINICAL not in actor.compartments or appointment.course_id is None:
        return []
    course = Course.objects.filter(id=appointment.course_id).first()
    return missing_for_dosing(course.stands, facts_of(course)) if course is not None else []


def own_times(appointments: Iterable[Appointment]) -> list[OwnTime]:
    """The times of a person's own appointments, in words, each on its practice's clock."""
    found = []
    for one in appointments:
        with local_time(one.practice.time_zone):
            zone = zone_words(one.practice.time_zone, one.starts_at)
            found.append(OwnTime(one, queries.span_words(one.starts_at, one.ends_at), zone))
    return found


def zone_words(time_zone: str, at: datetime) -> str:
    """The zone as people say it: the city, and the letters that its clock has on that day."""
    city = time_zone.rsplit("/", 1)[-1].replace("_", " ")
    letters = timezone.localtime(at).tzname() or ""
    return f"{city}, {letters}" if letters and letters != city else city
