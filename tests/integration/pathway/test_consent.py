"""Consent: understood before it is signed, once, for one treatment; taken back at any time, at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests.integration.pathway.consented import answer_all, course_in, offered, read_all, signed
from upwell.access.acting import acting_as
from upwell.access.models import CareLink, Release
from upwell.access.system import system_actor
from upwell.audit.models import AuditEntry
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, NotPermitted, RefusedByRule, StaleState
from upwell.base.ids import new_id
from upwell.knowledge.consent.text import sha256_of
from upwell.pathway.consent import Why, consent_in_force
from upwell.pathway.consent.actions import (
    answer_question,
    hear_withdrawal,
    offer_consent,
    read_chapter,
    sign_consent,
    withdraw_consent,
)
from upwell.pathway.consent.models import Consent, TeachBackTry
from upwell.pathway.course.actions import choose_treatment, move_course
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import Event
from upwell.pathway.parts import Urgency, cards_of, facts_of, is_for, moments_of, waiting_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def prescriber(staff):
    return staff("prescriber", name="Pat Prescribes")


@pytest.fixture
def course(prescriber, alex):
    return course_in(prescriber, alex)


def in_force(actor, course, at=None):
    with acting_as(actor):
        return consent_in_force(Course.objects.get(id=course.id), at or now())


# --- offering ---
def test_the_text_is_frozen_as_it_is_shown(prescriber, course):
    consent = offered(prescriber, course)
    assert consent.document == "racemic-ketamine-iv"
    assert consent.sha256 == sha256_of(consent.text)
    assert "Harbor Clinic" in str(consent.text)
    with acting_as(prescriber), pytest.raises(DatabaseError), transaction.atomic():
        Consent.objects.filter(id=consent.id).update(text={"other": "text"})
    with acting_as(prescriber), pytest.raises(DatabaseError), transaction.atomic():
        Consent.objects.filter(id=consent.id).update(route="im")


def test_two_who_offer_make_one_offer(prescriber, staff, course):
    first = offered(prescriber, course)
    with acting_as(staff("monitor")) as monitor:
        second = offer_consent(by=monitor, course_id=course.id, consent_id=new_id())
    assert not second.created
    assert second.consent.id == first.id
    with acting_as(prescriber):
        assert Consent.objects.count() == 1


@pytest.mark.parametrize("state", ["inquiry", "referral", "screening"])
def test_it_is_not_offered_before_the_screening_fits(prescriber, alex, state):
    course = course_in(prescriber, alex, state)
    with acting_as(prescriber), pytest.raises(RefusedByRule, match="when the screening has found"):
        offer_consent(by=prescriber, course_id=course.id, consent_id=new_id())


def test_without_a_text_nobody_can_consent(prescriber, alex):
    course = course_in(prescriber, alex, route="rectal")
    with (
        acting_as(prescriber),
        pytest.raises(RefusedByRule, match="There is no text about ketamine by rectum"),
    ):
        offer_consent(by=prescriber, course_id=course.id, consent_id=new_id())


def test_without_a_chosen_treatment_there_is_nothing_to_offer(prescriber, alex):
    course = course_in(prescriber, alex, route="")
    with acting_as(prescriber), pytest.raises(RefusedByRule, match="Choose first"):
        offer_consent(by=prescriber, course_id=course.id, consent_id=new_id())


def test_who_may_not_offer(staff, prescriber, course, other_practice):
    with acting_as(staff("admin")) as admin, pytest.raises(NotPermitted):
        offer_consent(by=admin, course_id=course.id, consent_id=new_id())
    with acting_as(staff("prescriber", at=other_practice)) as other, pytest.raises(NotFound):
        offer_consent(by=other, course_id=course.id, consent_id=new_id())


# --- understanding ---
def test_the_place_is_kept_and_nothing_is_left_out(prescriber, course, alex_acts):
    consent = offered(prescriber, course)
    with acting_as(alex_acts):
        read_chapter(by=alex_acts, consent_id=consent.id, number=1)
        read_chapter(by=alex_acts, consent_id=consent.id, number=1)  # a double tap
        assert read_chapter(by=alex_acts, consent_id=consent.id, number=5).place == 1
        with pytest.raises(RefusedByRule, match="something to read first"):
            answer_question(
                by=alex_acts, consent_id=consent.id, question="driving", choice="next-day", try_id=new_id()
            )
        with pytest.raises(RefusedByRule):
            sign_consent(by=alex_acts, consent_id=consent.id, name="Alex", agreed=True)


def test_a_wrong_answer_is_kept_and_asked_again(prescriber, course, alex_acts):
    consent = offered(prescriber, course)
    read_all(alex_acts, consent)
    twice = new_id()
    with acting_as(alex_acts):
        for _ in range(2):  # sent twice is one try
            given = answer_question(
                by=alex_acts, consent_id=consent.id, question="driving", choice="fine", try_id=twice
            )
        assert not given.is_right
        assert TeachBackTry.objects.count() == 1
        with pytest.raises(RefusedByRule, match="not answered right yet"):
            sign_consent(by=alex_acts, consent_id=consent.id, name="Alex Rivera", agreed=True)
        with pytest.raises(BadInput):
            answer_question(
                by=alex_acts, consent_id=consent.id, question="driving", choice="nothing", try_id=new_id()
            )
    answer_all(alex_acts, consent)
    with acting_as(prescriber):
        after = Consent.objects.get(id=consent.id)
        assert after.state == "understood"
        assert after.understood_at is not None


def test_answers_can_not_be_rewritten(prescriber, course, alex_acts):
    consent = offered(prescriber, course)
    read_all(alex_acts, consent)
    answer_all(alex_acts, consent)
    with acting_as(prescriber), pytest.raises(DatabaseError), transaction.atomic():
        TeachBackTry.objects.update(is_right=False)


# --- signing ---
def test_a_signature_is_in_force_for_twelve_months(prescriber, course, alex_acts):
    before = in_force(prescriber, course)
    assert (before.in_force, before.because) == (False, Why.NONE)
    consent = signed(prescriber, alex_acts, course)
    status = in_force(prescriber, course)
    assert status.in_force
    assert status.because is Why.IN_FORCE
    assert status.consent_id == consent.id
    assert status.expires_at == consent.expires_at
    assert consent.expires_at.date().year == consent.signed_at.date().year + 1
    assert consent.signed_how == "own-device"
    assert consent.time_zone == "America/Chicago"
    assert in_force(prescriber, course, consent.expires_at - timedelta(seconds=1)).in_force
    late = in_force(prescriber, course, consent.expires_at)
    assert (late.in_force, late.because) == (False, Why.EXPIRED)
    assert "expired" in late.why


def test_signed_twice_is_one_signature(prescriber, course, alex_acts):
    consent = signed(prescriber, alex_acts, course)
    with acting_as(alex_acts):
        again = sign_consent(by=alex_acts, consent_id=consent.id, name="Somebody Else", agreed=True)
    assert again.signed_name == "Alex Rivera"
    assert again.signed_at == consent.signed_at
    with acting_as(prescriber):
        assert AuditEntry.objects.filter(action="consent.signed").count() == 1


@pytest.mark.parametrize(
    ("name", "agreed", "path"), [("", True, "name"), ("  ", True, "name"), ("Alex Rivera", False, "agree")]
)
def test_a_name_and_i_agree_are_needed(prescriber, course, alex_acts, name, agreed, path):
    consent = offered(prescriber, course)
    read_all(alex_acts, consent)
    answer_all(alex_acts, consent)
    with acting_as(alex_acts), pytest.raises(BadInput) as refused:
        sign_consent(by=alex_acts, consent_id=consent.id, name=name, agreed=agreed)
    assert refused.value.path == path


def test_in_person_who_explained_it_stands_beside_the_name(staff, course, prescriber):
    consent = offered(prescriber, course)
    monitor = staff("monitor", name="Mo Monitors")
    read_all(monitor, consent)
    answer_all(monitor, consent)
    with acting_as(monitor):
        done = sign_consent(by=monitor, consent_id=consent.id, name="Alex Rivera", agreed=True)
    assert (done.signed_name, done.explained_by_name, done.signed_how) == (
        "Alex Rivera",
        "Mo Monitors",
        "in-person",
    )


def test_the_database_refuses_a_signature_without_a_name(prescriber, course, alex_acts):
    consent = offered(prescriber, course)
    with acting_as(prescriber), pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.filter(id=consent.id).update(state="signed")
    with acting_as(prescriber), pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.filter(id=consent.id).update(
            signed_at=now(), expires_at=now(), signed_how="in-person"
        )


def test_a_signature_is_for_one_treatment(prescriber, course, alex_acts):
    signed(prescriber, alex_acts, course)
    with acting_as(prescriber):
        choose_treatment(
            by=prescriber, course=Course.objects.get(id=course.id), substance="racemic-ketamine", route="im"
        )
    status = in_force(prescriber, course)
    assert (status.in_force, status.because) == (False, Why.OTHER_TREATMENT)
    assert "ketamine into a vein" in status.why
    assert "ketamine into a muscle" in status.why


def test_what_was_offered_before_the_plan_changed_can_not_be_signed(prescriber, course, alex_acts):
    consent = offered(prescriber, course)
    read_all(alex_acts, consent)
    answer_all(alex_acts, consent)
    with acting_as(prescriber):
        choose_treatment(
            by=prescriber, course=Course.objects.get(id=course.id), substance="racemic-ketamine", route="im"
        )
    with acting_as(alex_acts), pytest.raises(StaleState, match="The plan has changed"):
        sign_consent(by=alex_acts, consent_id=consent.id, name="Alex Rivera", agreed=True)
    new = offered(prescriber, course)
    with acting_as(prescriber):
        assert Consent.objects.get(id=consent.id).state == "superseded"
        assert new.route == "im"


def test_a_renewal_takes_the_place_of_the_old_one_only_when_it_is_signed(prescriber, course, alex_acts):
    old = signed(prescriber, alex_acts, course)
    new = offered(prescriber, course)
    assert in_force(prescriber, course).consent_id == old.id
    read_all(alex_acts, new)
    answer_all(alex_acts, new)
    with acting_as(alex_acts):
        sign_consent(by=alex_acts, consent_id=new.id, name="Alex Rivera", agreed=True)
    assert in_force(prescriber, course).consent_id == new.id
    with acting_as(prescriber):
        assert Consent.objects.get(id=old.id).state == "superseded"


# --- taking it back ---
def test_taken_back_it_is_not_in_force_from_that_moment(prescriber, course, alex_acts):
    consent = signed(prescriber, alex_acts, course)
    with acting_as(alex_acts):
        withdraw_consent(by=alex_acts, consent_id=consent.id, reason="I am afraid.")
        withdraw_consent(by=alex_acts, consent_id=consent.id)  # a double tap
    status = in_force(prescriber, course)
    assert (status.in_force, status.because) == (False, Why.WITHDRAWN)
    with acting_as(prescriber):
        row = Consent.objects.get(id=consent.id)
        assert (row.withdrawal_reason, row.withdrawn_by_name) == ("I am afraid.", "Alex Rivera")
        assert AuditEntry.objects.filter(action="consent.withdrawn").count() == 1
        assert facts_of(Course.objects.get(id=course.id))["consent.in_force"] is False


def test_no_reason_is_needed_and_a_long_one_is_not_lost(prescriber, course, alex_acts):
    consent = signed(prescriber, alex_acts, course)
    with acting_as(alex_acts):
        with pytest.raises(BadInput, match="longer than"):
            withdraw_consent(by=alex_acts, consent_id=consent.id, reason="x" * 10_001)
        assert withdraw_consent(by=alex_acts, consent_id=consent.id).state == "withdrawn"


def test_on_the_morning_of_the_dose_the_team_is_told_as_worrying(prescriber, staff, alex, alex_acts):
    course = course_in(prescriber, alex, "induction")
    consent = signed(prescriber, alex_acts, course)
    with acting_as(alex_acts):
        withdraw_consent(by=alex_acts, consent_id=consent.id)
    with acting_as(staff("monitor")) as monitor:
        told = [one for one in waiting_for(monitor, now()) if one.urgency is Urgency.WORRYING]
        assert len(told) == 1
        assert "Give no dose" in told[0].what
        assert is_for(monitor, told[0])
        hear_withdrawal(by=monitor, consent_id=consent.id)
        assert [one for one in waiting_for(monitor, now()) if one.urgency is Urgency.WORRYING] == []
    with acting_as(prescriber), pytest.raises(StaleState, match="Sam Monitor has taken this on"):
        hear_withdrawal(by=prescriber, consent_id=consent.id)


def test_no_can_be_said_before_signing_too(prescriber, course, alex_acts):
    consent = offered(prescriber, course)
    with acting_as(alex_acts):
        withdraw_consent(by=alex_acts, consent_id=consent.id)
        with pytest.raises(StaleState):
            read_chapter(by=alex_acts, consent_id=consent.id, number=1)
    with acting_as(prescriber):
        assert any("said no" in one.what for one in waiting_for(prescriber, now()))


def test_after_a_withdrawal_it_can_be_offered_and_signed_anew(prescriber, course, alex_acts):
    first = signed(prescriber, alex_acts, course)
    with acting_as(alex_acts):
        withdraw_consent(by=alex_acts, consent_id=first.id)
    second = signed(prescriber, alex_acts, course)
    assert second.id != first.id
    assert in_force(prescriber, course).consent_id == second.id


# --- the course ---
def test_induction_begins_only_with_a_consent_in_force(prescriber, course, alex_acts, monkeypatch):
    monkeypatch.setattr(
        "upwell.pathway.course.actions.facts_of",
        lambda one: facts_of(one) | {"screening.decision": "eligible"},
    )
    with acting_as(prescriber), pytest.raises(RefusedByRule, match="No consent is in force"):
        move_course(by=prescriber, course_id=course.id, event=Event.BEGIN_INDUCTION)
    signed(prescriber, alex_acts, course)
    with acting_as(prescriber):
        assert any(one.what == "Begin the induction" for one in waiting_for(prescriber, now()))
        move_course(by=prescriber, course_id=course.id, event=Event.BEGIN_INDUCTION)


def test_who_has_the_ball(prescriber, course, alex_acts):
    def what(actor, course_=None):
        with acting_as(actor):
            return [one.what for one in waiting_for(actor, now(), course_) if is_for(actor, one)]

    assert "Offer the consent" in what(prescriber)
    consent = offered(prescriber, course)
    assert "Offer the consent" not in what(prescriber)
    assert what(alex_acts)[0] == "Read what to expect, and decide"
    read_all(alex_acts, consent)
    answer_all(alex_acts, consent)
    assert what(alex_acts)[0] == "Sign, or say no"


def test_a_signature_that_ends_soon_waits_for_the_team(prescriber, course, alex_acts):
    consent = signed(prescriber, alex_acts, course)
    with acting_as(prescriber):
        soon = consent.expires_at - timedelta(days=10)
        assert any("Offer the consent anew" in one.what for one in waiting_for(prescriber, soon))
        early = consent.expires_at - timedelta(days=60)
        assert not any("anew" in one.what for one in waiting_for(prescriber, early))


def test_the_timeline_and_the_card_tell_it(prescriber, course, alex_acts):
    consent = signed(prescriber, alex_acts, course)
    with acting_as(alex_acts):
        withdraw_consent(by=alex_acts, consent_id=consent.id, reason="Not now.")
        assert "consent/my_card.html" in [one.template for one in cards_of(course, alex_acts)]
    with acting_as(prescriber):
        titles = [one.title for one in moments_of(course, prescriber)]
        assert titles[0] == "The consent was taken back"
        assert "The consent to ketamine into a vein was signed" in titles
        assert "consent/card.html" in [one.template for one in cards_of(course, prescriber)]


def test_todays_questions_do_not_grow(prescriber, staff, patient_factory, account_factory, count_queries):
    def add(n):
        for _ in range(n):
            course_in(prescriber, patient_factory())

    from upwell.pathway.consent.part import waiting

    add(1)
    with acting_as(prescriber):
        few = count_queries(lambda: waiting(prescriber, now(), None))
    add(9)
    with acting_as(prescriber):
        many = count_queries(lambda: waiting(prescriber, now(), None))
        assert len(waiting(prescriber, now(), None)) == 10
    assert few == many <= 6


# --- who sees it ---
def test_the_practice_that_cares_for_the_person_too_is_told(
    prescriber, staff, alex, alex_acts, practice, other_practice, patient_factory
):
    course = course_in(prescriber, alex, "induction")
    consent = signed(prescriber, alex_acts, course)
    there = patient_factory("Rivera", "Alex", at=other_practice, account=alex.account)
    with acting_as(system_actor("set-up", other_practice.id)):
        CareLink.objects.create(
            practice=other_practice, patient=there, other_practice=practice, other_patient=alex
        )
    with acting_as(alex_acts):
        withdraw_consent(by=alex_acts, consent_id=consent.id)
    therapist = staff("therapist", at=other_practice)

    def told():
        with acting_as(therapist):
            return [one for one in waiting_for(therapist, now()) if "took their consent back" in one.what]

    assert told() == []  # nothing is released
    with acting_as(system_actor("set-up", practice.id)):
        Release.objects.create(
            practice=practice,
            patient=alex,
            to_practice=other_practice,
            kind="course",
            starts_at=now() - timedelta(days=1),
        )
    assert [(one.patient_id, one.urgency) for one in told()] == [(there.id, Urgency.WORRYING)]
    with acting_as(prescriber):
        hear_withdrawal(by=prescriber, consent_id=consent.id)
    assert told() == []


def test_to_the_person_it_is_told_as_theirs(prescriber, course, alex_acts):
    consent = signed(prescriber, alex_acts, course)
    with acting_as(alex_acts):
        withdraw_consent(by=alex_acts, consent_id=consent.id)
        titles = [one.title for one in moments_of(course, alex_acts)]
    assert titles[:2] == ["You took your consent back", "You signed it"]


def test_another_practice_sees_it_only_while_the_course_is_released(
    prescriber, staff, course, alex_acts, alex, practice, other_practice
):
    consent = signed(prescriber, alex_acts, course)
    therapist = staff("therapist", at=other_practice)
    with acting_as(therapist):
        assert not Consent.objects.exists()
    with acting_as(system_actor("set-up", practice.id)):
        release = Release.objects.create(
            practice=practice,
            patient=alex,
            to_practice=other_practice,
            kind="course",
            starts_at=now() - timedelta(days=1),
        )
    with acting_as(therapist):
        assert consent_in_force(Course.objects.get(id=course.id), now()).in_force
        with pytest.raises(NotFound):
            withdraw_consent(by=therapist, consent_id=consent.id)
    with acting_as(system_actor("set-up", practice.id)):
        Release.objects.filter(id=release.id).update(kind="chart")
    with acting_as(therapist):
        assert not Consent.objects.exists()
        assert not TeachBackTry.objects.exists()


def test_nobody_signs_for_somebody_else(prescriber, course, alex_acts, account_factory, patient_factory):
    from upwell.access.who import patient_actor

    consent = offered(prescriber, course)
    account = account_factory("Bo Other")
    other = patient_factory("Other", "Bo", account=account)
    stranger = patient_actor(account.id, "Bo Other", (other.id,))
    with acting_as(stranger), pytest.raises(NotFound):
        withdraw_consent(by=stranger, consent_id=consent.id)
    with acting_as(stranger):
        assert not Consent.objects.exists()


def test_nothing_can_be_deleted():
    for table in ("consent_consent", "consent_teachbacktry", "consent_consentevent"):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608


def test_the_trail_holds_no_word_of_the_person(prescriber, course, alex_acts):
    consent = signed(prescriber, alex_acts, course)
    with acting_as(alex_acts):
        withdraw_consent(by=alex_acts, consent_id=consent.id, reason="Secret words")
    with acting_as(prescriber):
        rows = list(AuditEntry.objects.filter(action__startswith="consent."))
    assert rows
    assert "Secret" not in str([row.detail for row in rows])
    assert {row.practice_id for row in rows} == {course.practice_id}
