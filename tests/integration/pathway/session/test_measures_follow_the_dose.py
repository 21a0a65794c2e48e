"""What is asked in the hours after a dose follows the log of the session itself, with nothing else in between."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from upwell.access.acting import acting_as
from upwell.access.who import patient_actor
from upwell.base.clock import now
from upwell.base.ids import new_id
from upwell.pathway.parts import Urgency, doses_of, is_for, waiting_for
from upwell.pathway.response.actions import record_measure
from upwell.pathway.session.actions import correct_event
from upwell.record.models import Alert, AssessmentRequest

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def asked(day, **wanted):
    with acting_as(day.monitor):
        rows = AssessmentRequest.objects.filter(course_id=day.course.id, instrument="check-in", **wanted)
        return {row.slot.split("/")[0]: row for row in rows.order_by("due_at")}


def test_a_dose_plans_check_ins_once_from_the_first_device(day):
    day.arrive()
    day.order()
    assert asked(day) == {}
    first = day.dose(ago=100)
    day.dose(ago=95)
    planned = asked(day)
    assert list(planned) == ["4h", "24h", "72h"]
    given = now() - timedelta(minutes=100)
    assert abs(planned["24h"].due_at - (given + timedelta(hours=24))) < timedelta(minutes=1)
    assert {row.session_id for row in planned.values()} == {day.id}
    with acting_as(day.monitor):
        assert [one.id for one in doses_of(day.course)] == [str(day.id)]
        correct_event(
            by=day.monitor,
            session_id=day.id,
            event_id=UUID(first.id),
            reason="Another minute.",
            replacement={"dose_mg": 28},
        )
    assert list(asked(day)) == ["4h", "24h", "72h"]


def test_a_dose_without_an_order_is_asked_after_all_the_same(day):
    """What happened is stored, and the person is looked after."""
    day.dose(ago=30)
    assert list(asked(day)) == ["4h", "24h", "72h"]


def test_doses_entered_in_error_take_their_questions_back(day):
    given = day.dose(ago=30)
    with acting_as(day.monitor):
        correct_event(by=day.monitor, session_id=day.id, event_id=UUID(given.id), reason="Wrong chair.")
    assert asked(day, cancelled_at__isnull=True) == {}
    day.dose(ago=10)
    assert list(asked(day, cancelled_at__isnull=True)) == ["4h", "24h", "72h"]


def test_from_the_dose_to_the_phone_to_the_team(day, time_machine):
    day.dose(ago=30)
    person = patient_actor(day.patient.account_id, "Maya Ferreira", (day.patient.id,))
    time_machine.move_to(now() + timedelta(hours=3.6), tick=False)
    with acting_as(person):
        (due,) = [
            one
            for one in waiting_for(person, now())
            if one.urgency is Urgency.DUE and "right now" in one.what
        ]
        answers = {"1": 3, "2": 3, "3": 1, "4": 0, "6": 0, "7": 1}
        recorded = record_measure(
            by=person,
            patient=day.patient,
            instrument="check-in",
            answers=answers,
            submission_id=new_id(),
            request=AssessmentRequest.objects.get(slot=f"4h/{day.id}"),
        )
        assert recorded.alert.kind == "suicide-item"
        assert due.due is not None
    assert asked(day)["4h"].assessment_id == recorded.assessment.id
    with acting_as(day.monitor):
        assert Alert.objects.exclude(kind="dose-deviation").get().assessment_id == recorded.assessment.id
        worrying = [one for one in waiting_for(day.monitor, now()) if one.urgency is Urgency.WORRYING]
        assert any(is_for(day.monitor, one) and "alert" in one.what for one in worrying)
