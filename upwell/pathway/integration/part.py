"""What integration tells: the visit that is proposed, notes to sign, what was held and shared."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.pathway.calendar.states import Kind
from upwell.pathway.course.models import Course
from upwell.pathway.integration import queries
from upwell.pathway.integration.due import DueVisit, due_visits, window_now
from upwell.pathway.integration.models import IntegrationVisit
from upwell.pathway.integration.rules import NoteState, Timing
from upwell.pathway.parts import Card, Moment, Urgency, Waiting, once
from upwell.pathway.when_words import when_words
from upwell.web.paths import path_to

BOTH = frozenset({"therapist", "prescriber"})


def waiting(actor: Actor, at: datetime, course: Course | None) -> list[Waiting]:
    """The visits inside and outside their window, and one's own drafts that are not signed."""
    found = [_due(actor, one, at) for one in due_visits(actor, at, course)]
    if actor.is_staff and actor.practice_id is not None:
        found += [_draft(one) for one in queries.own_drafts(actor, course.id if course is not None else None)]
    return found


def _due(actor: Actor, one: DueVisit, at: datetime) -> Waiting:
    what, told = _words(one, at)
    return Waiting(
        owners=frozenset({"therapist"}) if one.is_therapists and one.timing is not Timing.LATE else BOTH,
        practice_id=one.practice_id,
        patient_id=one.patient_id,
        patient_name=one.patient_name,
        what=what,
        url=_place(actor, one),
        since=one.proposed.dose_at,
        urgency=Urgency.WAITING if one.timing is Timing.EARLY else Urgency.DUE,
        due=one.proposed.closes_at,
        course_id=one.course_id,
        icon="message-circle",
        told=told,
    )


def _words(one: DueVisit, at: datetime) -> tuple[str, str]:
    """What is to be done, and what the person is told meanwhile."""
    what, told = {
        Timing.EARLY: (
            _("Book the integration visit, between %(opens)s and %(closes)s"),
            _("Between %(opens)s and %(closes)s, your therapist will talk with you about your session."),
        ),
        Timing.INSIDE: (
            _("Hold the integration visit"),
            _("It is a good time now to talk with your therapist about your session."),
        ),
        Timing.LATE: (
            _("Hold the integration visit: its time has passed"),
            _("Your therapist has not talked with you about your session yet. You can call them."),
        ),
    }[one.timing]
    if one.came:
        what, told = _("Write about the integration visit"), ""
    if one.timing is Timing.EARLY:
        names = {
            "opens": when_words(one.proposed.opens_at, at),
            "closes": when_words(one.proposed.closes_at, at),
        }
        what, told = what % names, told % names
    return what, told


def _place(actor: Actor, one: DueVisit) -> str:
    """Where it is done: booked while there is time, written about once it is held."""
    if actor.is_patient:
        return reverse("my_course")
    if one.timing is Timing.EARLY and not one.came:
        middle = one.proposed.opens_at + (one.proposed.closes_at - one.proposed.opens_at) / 2
        wanted = f"kind={Kind.INTEGRATION}&day={localdate(middle).isoformat()}"  # in the middle of its time
        return f"{path_to('appointment_new', one.patient_id)}?{wanted}"
    return path_to("integration_new", one.course_id)


def _draft(visit: IntegrationVisit) -> Waiting:
    return Waiting(
        owners=BOTH,
        practice_id=visit.practice_id,
        patient_id=visit.patient_id,
        patient_name=visit.patient.display_name,
        what=_("Sign the note of the integration visit"),
        url=path_to("integration_visit", visit.course_id, visit.id),
        since=visit.held_at,
        course_id=visit.course_id,
        icon="notebook-pen",
    )


def moments(course: Course, actor: Actor) -> list[Moment]:
    """Visits that were held, and pages of the journal that the person shares."""
    held = [_held(visit, actor) for visit in once(course, queries.visits_of) if not visit.is_draft]
    shared = [
        Moment(
            at=one.shared_at,
            title=_("A page of the journal was shared"),
            detail=one.words,
            icon="notebook-pen",
        )
        for one in queries.shared_entries(course)
    ]
    return [*held, *shared]


def _held(visit: IntegrationVisit, actor: Actor) -> Moment:
    is_wrong = visit.state == NoteState.WRONG
    title = _("Integration visit, entered in error") if is_wrong else _("Integration visit, %(way)s")
    page = (
        ("my_visit", [visit.id]) if actor.is_patient else ("integration_visit", [visit.course_id, visit.id])
    )
    return Moment(
        at=visit.held_at,
        title=title % {"way": visit.get_way_display()},
        who=visit.author_name,
        url=reverse(page[0], args=page[1]),
        icon="message-circle",
    )


def cards(course: Course, actor: Actor) -> list[Card]:
    """Integration: the last visit, the next window, what the person keeps in daily life."""
    if actor.is_patient:
        return _own_cards(course, actor)
    visits = [one for one in once(course, queries.visits_of) if one.state != NoteState.WRONG]
    last = visits[0] if visits else None
    window = window_now(course, last.held_at if last is not None else None, now())
    habits = once(course, queries.shared_habits)
    if last is None and window is None and not habits:
        return []
    context = {"course": course, "last": last, "window": window, "habits": habits}
    return [Card(_("Integration"), "integration/card.html", context, "message-circle")]


def _own_cards(course: Course, actor: Actor) -> list[Card]:
    """The same for the person: their last visit, and the ways to their practices and journal."""
    visits = [one for one in once(course, queries.visits_of) if one.state == NoteState.SIGNED]
    habits = once(course, queries.shared_habits)
    if not visits and not habits:
        return []
    context = {"last": visits[0] if visits else None, "habits": habits}
    return [Card(_("After a session"), "integration/my_card.html", context, "message-circle", own=True)]
