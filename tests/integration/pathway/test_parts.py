"""The parts that steps play: a person at every stage, and no page falls over."""

from __future__ import annotations

import pytest

from upwell.access.acting import acting_as
from upwell.base.clock import now
from upwell.pathway.course.actions import open_course
from upwell.pathway.course.states import Event
from upwell.pathway.parts import cards_of, facts_of, is_for, moments_of, waiting_for

pytestmark = pytest.mark.django_db


def test_an_inquiry_waits_for_its_clinicians(staff, patient_factory):
    patient = patient_factory()
    with acting_as(staff("therapist")) as therapist:
        course = open_course(by=therapist, patient=patient, event=Event.INQUIRE, reason="Asked by phone.")
        waiting = waiting_for(therapist, now())
        assert [one.course_id for one in waiting] == [course.id]
        assert is_for(therapist, waiting[0])
        assert [one.title for one in moments_of(course, therapist)] == ["Inquiry"]
        assert isinstance(cards_of(course, therapist), list)
        assert isinstance(facts_of(course), dict)


def test_todays_questions_do_not_grow_with_the_practice(
    staff, patient_factory, django_assert_max_num_queries
):
    with acting_as(staff("prescriber")) as prescriber:
        for n in range(12):
            patient = patient_factory(family_name=f"Rivera{n}")
            open_course(by=prescriber, patient=patient, event=Event.INQUIRE, reason="Asked.")
        with django_assert_max_num_queries(25):
            assert len(waiting_for(prescriber, now())) == 12
