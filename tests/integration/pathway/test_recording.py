"""Recording a questionnaire: once, scored, alerted, by whom it may be."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from tests.integration.pathway.answers import CALM, ITEM_9_BLANK, MODERATE, SUICIDAL
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.audit.models import AuditEntry
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotPermitted, RefusedByRule, StaleState
from upwell.base.ids import new_id
from upwell.record.actions import Repeat, mark_assessment_in_error, record_assessment
from upwell.record.actions_requests import ask_patient, cancel_request
from upwell.record.models import Alert, Assessment, AssessmentRequest
from upwell.record.queries import open_alert_count

pytestmark = pytest.mark.django_db


def enter(actor, patient, answers, **more):
    more.setdefault("submission_id", new_id())
    return record_assessment(by=actor, patient=patient, instrument="phq-9", answers=answers, **more)


def test_staff_enter_answers_and_the_score_is_stored_with_its_findings(staff, alex):
    with acting_as(staff("therapist")) as therapist:
        done = enter(therapist, alex, MODERATE)
        stored = Assessment.objects.get(id=done.assessment.id)
        assert done.created
        assert (stored.total, stored.band, stored.status, stored.origin) == (
            11,
            "moderate",
            "complete",
            "staff",
        )
        assert stored.answers == MODERATE
        assert stored.result["instrument_version"] == stored.instrument_version
        assert stored.created_by_id == therapist.account_id
        entry = AuditEntry.objects.get(action="assessment.recorded")
        assert (entry.object_id, entry.patient_id) == (stored.id, alex.id)
        assert "11" not in str(entry.detail)


@pytest.mark.parametrize("role", ["admin", "researcher"])
def test_roles_without_the_permission_are_refused(staff, alex, role):
    with acting_as(staff(role)) as actor, pytest.raises(NotPermitted):
        enter(actor, alex, CALM)


def test_sent_twice_is_one_record(staff, alex):
    form = new_id()
    with acting_as(staff("therapist")) as therapist:
        first = enter(therapist, alex, SUICIDAL, submission_id=form)
        again = enter(therapist, alex, SUICIDAL, submission_id=form)
        other = enter(therapist, alex, CALM, submission_id=form)
        assert (first.created, again.created, other.created) == (True, False, False)
        assert (again.repeat, other.repeat) == (Repeat.SAME, Repeat.OTHER_ANSWERS)
        assert other.assessment.answers == SUICIDAL
        assert (Assessment.objects.count(), Alert.objects.count()) == (1, 1)


def test_the_number_of_a_form_cannot_reach_into_another_chart(staff, alex, patient_factory):
    form, other = new_id(), patient_factory("Stone", "Kim")
    with acting_as(staff("therapist")) as therapist:
        enter(therapist, alex, CALM, submission_id=form)
        with pytest.raises(StaleState):
            enter(therapist, other, CALM, submission_id=form)


def test_item_9_answered_live_alerts_the_team_once(alex, alex_acts, staff):
    with acting_as(alex_acts):
        done = enter(alex_acts, alex, SUICIDAL)
        assert done.alert is not None
        assert Alert.objects.count() == 0  # the alert is the team's; the patient reads none
    with acting_as(staff("prescriber")) as prescriber:
        alert = Alert.objects.get()
        assert alert.kind == "suicide-item"
        assert alert.finding["rule"] == "phq-9.item-9"
        assert open_alert_count(prescriber) == 1
    with acting_as(staff("researcher")) as researcher:
        assert open_alert_count(researcher) == 0


def test_item_9_left_blank_is_an_alert_of_its_own_kind(alex, alex_acts, staff):
    with acting_as(alex_acts):
        done = enter(alex_acts, alex, ITEM_9_BLANK)
        assert (done.assessment.status, done.alert.kind) == ("imputed", "suicide-item-unanswered")


def test_no_alert_without_a_reason(alex, alex_acts):
    with acting_as(alex_acts):
        assert enter(alex_acts, alex, MODERATE).alert is None


@pytest.mark.parametrize(
    ("answers", "path"), [({"1": 4}, "1"), ({"10": 9}, "10"), ({"11": 0}, "11"), ({"2": "x"}, "2")]
)
def test_answers_that_cannot_be_are_refused_with_their_place(staff, alex, answers, path):
    with acting_as(staff("therapist")) as therapist:
        with pytest.raises(BadInput) as refused:
            enter(therapist, alex, {**CALM, **answers})
        assert refused.value.path == path
        assert Assessment.objects.count() == 0


def test_dates_that_cannot_be_are_refused(staff, alex):
    with acting_as(staff("therapist")) as therapist:
        for at in (now() + timedelta(hours=1), now() - timedelta(days=365 * 100)):
            with pytest.raises(BadInput) as refused:
                enter(therapist, alex, CALM, effective_at=at)
            assert refused.value.path == "effective_at"


def test_a_request_is_answered_once_also_with_two_copies_of_the_form(staff, alex, alex_acts):
    with acting_as(staff("therapist")) as therapist:
        asked = ask_patient(by=therapist, patient=alex, instrument="phq-9")
        assert asked.created
        again = ask_patient(by=therapist, patient=alex, instrument="phq-9")
        assert (again.created, again.request.id) == (False, asked.request.id)
    with acting_as(alex_acts):
        first = enter(alex_acts, alex, MODERATE, request=asked.request)
        second = enter(alex_acts, alex, SUICIDAL, request=asked.request)
        assert second.repeat is Repeat.ANSWERED_BEFORE
        assert second.assessment == first.assessment
        assert Assessment.objects.count() == 1
        same = enter(alex_acts, alex, MODERATE, request=asked.request, submission_id=first.assessment.id)
        assert same.repeat is Repeat.SAME
    with acting_as(staff("therapist")) as therapist:
        assert AssessmentRequest.objects.get().assessment_id == first.assessment.id
        assert ask_patient(by=therapist, patient=alex, instrument="phq-9").created


def test_a_request_that_was_taken_back_stores_nothing(staff, alex, alex_acts):
    with acting_as(staff("therapist")) as therapist:
        asked = ask_patient(by=therapist, patient=alex, instrument="phq-9").request
        cancel_request(by=therapist, request_id=asked.id)
    with acting_as(alex_acts):
        with pytest.raises(StaleState):
            enter(alex_acts, alex, MODERATE, request=asked)
        assert Assessment.objects.count() == 0


def test_nobody_is_asked_who_cannot_answer(staff, patient_factory, account_factory):
    no_log_in = patient_factory("Stone", "Kim")
    died = patient_factory("Gray", "Lou", deceased=True, account=account_factory("Lou Gray"))
    with acting_as(staff("therapist")) as therapist:
        for patient in (no_log_in, died):
            with pytest.raises(RefusedByRule):
                ask_patient(by=therapist, patient=patient, instrument="phq-9")


def test_marking_as_entered_in_error_needs_a_reason_and_keeps_the_former_row(staff, alex):
    with acting_as(staff("therapist")) as therapist:
        row = enter(therapist, alex, MODERATE).assessment
        with pytest.raises(BadInput):
            mark_assessment_in_error(by=therapist, assessment_id=row.id, reason="  \n ")
        marked = mark_assessment_in_error(by=therapist, assessment_id=row.id, reason="Wrong patient.")
        assert (marked.entered_in_error, marked.error_reason, marked.total) == (True, "Wrong patient.", 11)
        former = Assessment.pgh_event_model.objects.get(pgh_obj_id=row.id)
        assert (former.entered_in_error, former.total) == (False, 11)
        with pytest.raises(StaleState):
            mark_assessment_in_error(by=therapist, assessment_id=row.id, reason="Again.")
        other = enter(therapist, alex, MODERATE).assessment
        with pytest.raises(IntegrityError), transaction.atomic():
            Assessment.objects.filter(id=other.id).update(entered_in_error=True, error_reason=" ")


def test_another_practice_writes_nothing_into_a_chart(staff, other_practice, alex):
    with acting_as(staff("therapist", at=other_practice)) as outsider, pytest.raises(NotPermitted):
        enter(outsider, alex, CALM)


def test_the_system_records_with_its_own_words_of_origin(practice, alex):
    with acting_as(system_actor("demo", practice.id)) as system:
        done = enter(system, alex, CALM, origin="patient", effective_at=now() - timedelta(days=30))
        assert done.assessment.origin == "patient"
        assert done.assessment.id != uuid4()
