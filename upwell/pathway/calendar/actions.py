"""Booking, moving and cancelling. Who comes second is told who is there, and the database has the last word."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from upwell.access.acting import acting_as
from upwell.access.links import person_charts
from upwell.access.roles import require
from upwell.access.system import Purpose, system_actor
from upwell.audit.actions import record
from upwell.base.actor import Actor, Compartment
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, RefusedByRule, StaleState
from upwell.base.ids import new_id
from upwell.pathway.calendar.models import Appointment
from upwell.pathway.calendar.queries import conflict_words, conflicts_with, place_of
from upwell.pathway.calendar.rules import refuse_dosing, refuse_impossible
from upwell.pathway.calendar.states import EVENT_WORDS, HOLDING, STATE_WORDS, Event, Kind, State, after
from upwell.pathway.course.models import Course
from upwell.people.models import Chair, Membership, Patient, Practice
from upwell.record.actions import refuse_other_practice

LONGEST = 2_000  # characters of a reason


def book_appointment(
    *,
    by: Actor,
    patient: Patient,
    kind: Kind,
    starts_at: datetime,
    ends_at: datetime,
    chair_id: UUID | None = None,
    staff_id: UUID | None = None,
    appointment_id: UUID | None = None,
) -> Appointment:
    """Keep a time for somebody. ``appointment_id`` was made when the form was opened: sent twice, it is one."""
    require(by, "calendar.book")
    refuse_other_practice(by, patient.practice_id)
    _hold_the_book(patient.practice_id)
    there = (
        Appointment.objects.filter(id=appointment_id, patient_id=patient.id).first()
        if appointment_id
        else None
    )
    if there is not None:
        _refuse_other_wishes(there, kind, starts_at, ends_at, chair_id, staff_id)
        return there
    refuse_impossible(starts_at, ends_at, now())
    if patient.deceased:
        raise RefusedByRule(_("This person has died. Nothing is booked."))
    appointment = Appointment(
        id=appointment_id or new_id(),
        practice_id=patient.practice_id,
        patient_id=patient.id,
        course=_course_for(by, patient, kind),
        kind=kind,
        starts_at=starts_at,
        ends_at=ends_at,
        chair_id=_our_chair(by, chair_id),
        staff_id=_our_staff(by, staff_id),
        created_by_id=by.account_id,
    )
    _store(by, appointment, "appointment.booked")
    return appointment


def _refuse_other_wishes(there: Appointment, *wished: Any) -> None:
    """A form that is sent again with something else in it books nothing, and must not say that it did."""
    if (there.kind, there.starts_at, there.ends_at, there.chair_id, there.staff_id) != wished:
        raise StaleState(
            _(
                "This form has booked an appointment already, and nothing was booked now. Move that one, or open the"
                " form anew to book another."
            )
        )


def move_appointment(
    *,
    by: Actor,
    appointment_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    chair_id: UUID | None,
    staff_id: UUID | None,
    seen_version: int | None = None,
) -> Appointment:
    """Give an appointment another time, chair or member of staff."""
    appointment = _locked(by, appointment_id, seen_version)
    if appointment.stands not in HOLDING:
        raise RefusedByRule(
            _("This appointment is %(state)s; it can't be moved. Book a new one.")
            % {"state": STATE_WORDS[appointment.stands]}
        )
    refuse_impossible(starts_at, ends_at, now())
    appointment.starts_at, appointment.ends_at = starts_at, ends_at
    appointment.chair_id = _our_chair(by, chair_id, keeps=appointment.chair_id)
    appointment.staff_id = _our_staff(by, staff_id, keeps=appointment.staff_id)
    _store(by, appointment, "appointment.moved")
    return appointment


def change_appointment(
    *, by: Actor, appointment_id: UUID, event: Event, reason: str = "", seen_version: int | None = None
) -> Appointment:
    """Somebody came, did not come, is done; or it is cancelled, with a reason."""
    appointment = _locked(by, appointment_id, seen_version)
    to = after(appointment.stands, event)
    if to is None:
        raise RefusedByRule(
            _("“%(event)s” can't be done: this appointment is %(state)s.")
            % {"event": EVENT_WORDS[event], "state": STATE_WORDS[appointment.stands]}
        )
    words = reason.strip()
    if event is Event.CANCEL and not words:
        raise BadInput(_("Write down why it is cancelled."), path="reason")
    if len(words) > LONGEST:
        raise BadInput(_("This is longer than %(n)d characters. Shorten it.") % {"n": LONGEST}, path="reason")
    if event is Event.MISS and appointment.starts_at > now():
        raise RefusedByRule(_("It has not begun yet. Cancel it, if the person called."))
    appointment.state = to.value
    appointment.reason = words if event is Event.CANCEL else appointment.reason
    if to is State.ARRIVED:
        appointment.arrived_at = appointment.arrived_at or now()
    elif to is State.BOOKED:
        appointment.arrived_at = None
    _store(by, appointment, f"appointment.{event}")
    return appointment


def follow_visit(*, by: Actor, appointment_id: UUID, to: Event) -> None:
    """What the session says of the visit, noted on the appointment; where that can't be, nothing changes."""
    found = Appointment.objects.select_for_update(of=("self",)).filter(id=appointment_id).first()
    state = after(found.stands, to) if found is not None else None
    if found is None or state is None:
        return
    if state in HOLDING and found.stands not in HOLDING:
        return  # its place may be another's by now
    found.state, found.arrived_at = state.value, found.arrived_at or now()
    _store(by, found, f"appointment.{to}", ask=False)


def _hold_the_book(practice_id: UUID) -> None:
    """One hand at a time writes in a practice's calendar; who waits then sees what the first wrote."""
    list(Practice.objects.select_for_update(no_key=True).filter(id=practice_id).values_list("id"))


def _locked(by: Actor, appointment_id: UUID, seen_version: int | None) -> Appointment:
    require(by, "calendar.book")
    practice_id = Appointment.objects.filter(id=appointment_id).values_list("practice_id", flat=True).first()
    if practice_id is None:
        raise NotFound(_("There is no such appointment here."))
    refuse_other_practice(by, practice_id)
    _hold_the_book(practice_id)
    found = Appointment.objects.select_for_update(of=("self",)).get(id=appointment_id)
    if seen_version is not None and seen_version != found.version:
        raise StaleState(
            _(
                "Somebody changed this appointment meanwhile: it is %(state)s now. Look at it again; nothing of"
                " yours was stored."
            )
            % {"state": STATE_WORDS[found.stands]}
        )
    return found


def _store(by: Actor, appointment: Appointment, action: str, *, ask: bool = True) -> None:
    fresh = appointment._state.adding
    if ask and appointment.stands in HOLDING:
        taken = conflicts_with(appointment)
        if taken:
            raise RefusedByRule(" ".join(conflict_words(by, one, appointment) for one in taken), path="time")
    appointment.updated_at, appointment.updated_by_id = now(), by.account_id
    if not fresh:
        appointment.version += 1
    try:
        with transaction.atomic():
            appointment.save(force_insert=fresh)
    except IntegrityError as error:
        if "_booked_once" not in str(error):
            raise
        # A row that this practice may not see: its member of staff is booked at another practice.
        raise RefusedByRule(_("That time is taken elsewhere. Choose another time."), path="time") from error
    details: dict[str, Any] = {"kind": appointment.kind, "state": appointment.state}
    record(
        action,
        by=by,
        patient_id=appointment.patient_id,
        object_type="appointment",
        object_id=appointment.id,
        **details,
    )


def _course_for(by: Actor, patient: Patient, kind: Kind) -> Course | None:
    """The open course of the person. The front desk sees no course; the system finds it for the booking."""
    if Compartment.CLINICAL in by.compartments:
        course = _open_course(patient)
    else:
        with acting_as(system_actor(Purpose.BOOKING, patient.practice_id, by.account_id)):
            course = _open_course(patient)
    if kind is Kind.DOSING:
        refuse_dosing(course.stands if course is not None else None)
        if course is not None and course.practice_id != patient.practice_id:
            raise RefusedByRule(
                _("Dosing sessions are booked by the practice that gives the treatment."), path="kind"
            )
    return course


def _open_course(patient: Patient) -> Course | None:
    found = Course.objects.filter(patient_id__in=person_charts(patient.id)).exclude(state="closed")
    ours_first = sorted(found, key=lambda one: (one.practice_id != patient.practice_id, one.started_at))
    return ours_first[0] if ours_first else None


def _our_chair(by: Actor, chair_id: UUID | None, keeps: UUID | None = None) -> UUID | None:
    if chair_id is None or chair_id == keeps:
        return chair_id
    if not Chair.objects.filter(id=chair_id, practice_id=place_of(by), active=True).exists():
        raise BadInput(_("There is no such chair in use here."), path="chair")
    return chair_id


def _our_staff(by: Actor, staff_id: UUID | None, keeps: UUID | None = None) -> UUID | None:
    if staff_id is None or staff_id == keeps:
        return staff_id
    works = Membership.objects.filter(account_id=staff_id, practice_id=place_of(by), active=True)
    if not works.exists():
        raise BadInput(_("Nobody of that name works here."), path="staff")
    return staff_id
