"""Whatever three people do, in whatever order: no undefined state, nothing half done, no page that falls over."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from upwell.access.acting import acting_as
from upwell.access.models import Release
from upwell.access.sharing import in_force
from upwell.access.system import system_actor
from upwell.base.actor import Actor
from upwell.base.errors import UpwellError
from upwell.pathway.course.actions import move_course, open_course
from upwell.pathway.course.ending import end_own_course
from upwell.pathway.course.models import Course, CourseStep
from upwell.pathway.course.states import Event as CourseEvent
from upwell.pathway.course.states import State as CourseState
from upwell.pathway.referral import actions
from upwell.pathway.referral.actions import Letter
from upwell.pathway.referral.models import Referral, ReferralStep
from upwell.pathway.referral.rules import BACK, TO_THEM
from upwell.pathway.referral.sharing import end_sharing, open_sharing
from upwell.pathway.referral.states import OPEN, Agreed, Event, State, step_from

pytestmark = [pytest.mark.django_db, pytest.mark.once]
MOVES = [event for event in CourseEvent if event not in {CourseEvent.INQUIRE, CourseEvent.REFER}]


class World:
    """The three people, the newest referral and course, and what each can do."""

    def __init__(self, therapist: Actor, prescriber: Actor, person: Actor, alex: Any, tide: Any) -> None:
        self.therapist, self.prescriber, self.person, self.alex, self.tide = (
            therapist, prescriber, person, alex, tide,
        )  # fmt: skip

    def newest(self, model: Any, **where: Any) -> Any:
        with acting_as(system_actor("shared-care")):
            return model.objects.filter(**where).order_by("-created_at", "-id").first()

    def refer(self, agreed: Agreed) -> Any:
        letter = Letter("Two trials failed.", "", TO_THEM, BACK)
        return actions.refer_patient(
            by=self.therapist, patient=self.alex, to_practice=self.tide, letter=letter, agreed=agreed
        )

    def on_referral(self, act: Callable[..., Any], by: Actor, **more: Any) -> Any:
        referral = self.newest(Referral)
        return act(by=by, referral_id=referral.id, **more) if referral else None

    def move(self, by: Actor, event: CourseEvent) -> Any:
        course = self.newest(Course)
        return move_course(by=by, course_id=course.id, event=event, reason="So.") if course else None

    def end_course(self) -> Any:
        course = self.newest(Course)
        return end_own_course(by=self.person, course_id=course.id) if course else None

    def deeds(self) -> dict[str, tuple[Actor, Callable[[], Any]]]:
        t, p, me = self.therapist, self.prescriber, self.person
        where = {"chart_id": self.alex.id, "to_practice_id": self.tide.id}
        return {
            "refer-in-person": (t, lambda: self.refer(Agreed.ORAL)),
            "refer-by-phone": (t, lambda: self.refer(Agreed.PHONE)),
            "agreed-on-paper": (t, lambda: self.on_referral(actions.agree_in_person, t, agreed=Agreed.PAPER)),
            "withdraw": (t, lambda: self.on_referral(actions.withdraw, t, reason="Moved.")),
            "note": (t, lambda: self.on_referral(actions.note_answer, t)),
            "inquire": (
                t,
                lambda: open_course(by=t, patient=self.alex, event=CourseEvent.INQUIRE, reason="Asked."),
            ),
            "agree": (me, lambda: self.on_referral(actions.agree, me)),
            "refuse": (me, lambda: self.on_referral(actions.refuse, me)),
            "end-sharing": (me, lambda: end_sharing(by=me, **where)),
            "end-one-kind": (me, lambda: end_sharing(by=me, kind="chart", **where)),
            "share-again": (me, lambda: open_sharing(by=me, kind="chart", **where)),
            "end-course": (me, self.end_course),
            "accept": (p, lambda: self.on_referral(actions.accept, p)),
            "decline": (p, lambda: self.on_referral(actions.decline, p, reason="No.")),
            **{
                f"{who}-{event}": (by, lambda by=by, event=event: self.move(by, event))
                for who, by in (("prescriber", p), ("therapist", t))
                for event in MOVES
            },
        }


@pytest.fixture
def world(therapist, prescriber, alex_acts, alex, other_practice):
    return World(therapist, prescriber, alex_acts, alex, other_practice)


def holds() -> None:
    """What is true at any time."""
    with acting_as(system_actor("shared-care")):
        referrals, courses = list(Referral.objects.all()), list(Course.objects.all())
        assert sum(one.stands in OPEN for one in referrals) <= 1
        for one in referrals:
            assert way_of(one) is one.stands
            course = next((each for each in courses if each.id == one.course_id), None)
            if one.stands is State.SENT:
                assert course is not None
                assert course.stands is CourseState.REFERRAL
            if one.stands in {State.DECLINED, State.WITHDRAWN, State.REFUSED} and course is not None:
                assert not course.is_open
        led = [one for one in courses if one.is_open and one.stands is not CourseState.INQUIRY]
        assert len(led) <= 1
        for course in courses:
            steps = list(CourseStep.objects.filter(course=course).order_by("number"))
            assert [one.number for one in steps] == list(range(1, course.version + 1))
            assert steps[-1].to_state == course.state
        rows = Release.objects.filter(in_force()).values_list("patient_id", "to_practice_id", "kind")
        assert len(rows) == len(set(rows))
        kinds = {(row[0], row[1]): {one[2] for one in rows if one[:2] == row[:2]} for row in rows}
        assert all("demographics" in found for found in kinds.values())


def way_of(referral: Referral) -> State:
    """Where the steps on record lead, by the table."""
    state: State | None = None
    for one in ReferralStep.objects.filter(referral=referral).order_by("number"):
        step = step_from(state, Event(one.event))
        assert step is not None
        assert (one.from_state or None, one.to_state) == (state, step.to)
        state = step.to
    assert state is not None
    return state


# The likely ones come more often, so that most examples get somewhere.
LIKELY = [
    "refer-in-person",
    "refer-by-phone",
    "agree",
    "accept",
    "decline",
    "refuse",
    "withdraw",
    "end-course",
    "inquire",
]
DEEDS = [
    *LIKELY,
    *LIKELY,
    *("inquire", "agreed-on-paper", "note", "end-sharing", "end-one-kind", "share-again"),
    *(f"{who}-{event}" for who in ("prescriber", "therapist") for event in MOVES),
]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.sampled_from(DEEDS), min_size=1, max_size=12))
def test_no_order_of_deeds_leaves_an_undefined_state(world, client_as, names):
    with transaction.atomic():
        deeds = world.deeds()
        for name in names:
            actor, do = deeds[name]
            with (
                acting_as(actor),
                suppress(UpwellError),
                transaction.atomic(),
            ):  # refused in words; whatever else is a defect
                do()
            holds()
        every_page_opens(world, client_as)
        transaction.set_rollback(True)


def every_page_opens(world: World, client_as: Any) -> None:
    referral, course = world.newest(Referral), world.newest(Course)
    staff = [("chart", world.alex.id), ("referrals",), ("today",)]
    staff += [("referral", referral.id)] if referral else []
    staff += [("course", course.id)] if course else []
    own = [("my_course",), ("sharing",), ("me",)] + ([("my_referral", referral.id)] if referral else [])
    for actor, pages in ((world.therapist, staff), (world.prescriber, staff), (world.person, own)):
        browser = client_as(actor)
        for name, *ids in pages:
            assert browser.get(reverse(name, args=ids)).status_code in {200, 404}, name
