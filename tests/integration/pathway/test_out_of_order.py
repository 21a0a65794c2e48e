"""Steps out of order by the address: at every state of a course, every page of it, asked for and sent to by everybody.

Refused in words or done by the table; never a fault, and never a state that the table does not lead to.
"""

from __future__ import annotations

from itertools import pairwise

import pytest
from django.urls import NoReverseMatch, get_resolver, reverse

from tests.integration.pathway.consented import signed
from tests.integration.pathway.courses import course_at
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.access.who import patient_actor
from upwell.base.clock import now
from upwell.pathway.course.models import Course, CourseStep
from upwell.pathway.course.states import Event, State, step_from
from upwell.pathway.session.models import Session, SessionEvent

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TEAM = ("prescriber", "monitor")  # who may decide, and who may not


def pages_of(number, **more):
    """Every page with this one number in its address, and the further words that it takes."""
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    found = []
    for name in sorted(names):
        try:
            found.append(reverse(name, kwargs=number | more))
        except NoReverseMatch:
            continue
    return found


def addresses(course):
    pages = pages_of({"course_id": course.id})
    moves = [reverse("course_move", args=[course.id, event.value]) for event in Event]
    return [*pages, *moves, reverse("course_move", args=[course.id, "no-such-step"])]


def sent_to(browser, page):
    """The page opened, and sent to with what some forms take and others do not: what came back."""
    sent = {"do": "go", "event": "sign", "reason": "So.", "confirm": "on", "id": "x", "decision": "eligible"}
    return [browser.get(page).status_code, browser.post(page, sent).status_code]


def holds(course_id):
    """The steps on record follow each other by the table, and end where the course stands."""
    with acting_as(system_actor("shared-care")):
        course = Course.objects.get(id=course_id)
        steps = list(CourseStep.objects.filter(course_id=course_id).order_by("number"))
    for before, step in pairwise(steps):
        by_table = step_from(State(before.to_state), Event(step.event))
        assert by_table is not None
        assert by_table.to == step.to_state
    assert steps[-1].to_state == course.state


@pytest.mark.parametrize("state", list(State))
def test_no_page_of_a_course_falls_over_or_leaves_the_table(
    state, staff, patient_factory, account_factory, client_as
):
    patient = patient_factory(account=account_factory("Alex Rivera"))
    closed = {"closed_as": "declined", "closed_at": now()} if state is State.CLOSED else {}
    course = course_at(patient, state, substance="esketamine", route="intranasal", **closed)
    assert len(addresses(course)) > 30
    for person in (*(staff(role) for role in TEAM), patient.account):
        browser = client_as(person)
        for page in addresses(course):
            codes = sent_to(browser, page)
            assert max(codes) < 500, (page, codes)
    holds(course.id)


def test_no_page_of_a_session_falls_over_or_doses_by_itself(
    staff, patient_factory, account_factory, client_as
):
    """Gate, discharge and corrections before anything happened: nothing is decided, and nobody went home."""
    patient = patient_factory(account=account_factory("Alex Rivera"))
    course = course_at(patient, "induction", substance="esketamine", route="intranasal")
    prescriber = staff("prescriber")
    person = patient_actor(patient.account_id, patient.display_name, (patient.id,))
    signed(prescriber, person, course, patient.display_name)
    client_as(prescriber).post(reverse("session_new", args=[course.id]), {"kind": "individual"})
    with acting_as(prescriber):
        session = Session.objects.get(course_id=course.id)
    pages = pages_of({"session_id": session.id})
    for who in (*(staff(role) for role in TEAM), patient.account):
        browser = client_as(who)
        for page in pages:
            codes = sent_to(browser, page)
            assert max(codes) < 500, (page, codes)
    with acting_as(prescriber):
        kinds = set(SessionEvent.objects.filter(session_id=session.id).values_list("type", flat=True))
    assert not kinds & {"ordered", "discharged", "dose-given"}
