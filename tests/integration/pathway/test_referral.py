"""Referring a person to another practice: the whole way, and every way out of it."""

from __future__ import annotations

from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from upwell.access.acting import acting_as
from upwell.access.linked_log_in import pass_log_in_on
from upwell.access.models import CareLink, Release
from upwell.access.sharing import in_force, link_charts
from upwell.access.system import system_actor
from upwell.audit.models import AuditEntry
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, NotPermitted, RefusedByRule
from upwell.base.ids import new_id
from upwell.office.patients.actions import merge_charts, undo_merge
from upwell.pathway.course.actions import move_course, open_course
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import Event as CourseEvent
from upwell.pathway.parts import is_for, waiting_for
from upwell.pathway.referral.actions import accept, agree, decline
from upwell.pathway.referral.models import Referral, ReferralStep
from upwell.pathway.referral.states import Agreed
from upwell.people.models import Membership, Patient, PatientSearchKey, Practice
from upwell.people.search_keys import renew_search_keys
from upwell.record.models import AllergyIntolerance, Condition

pytestmark = pytest.mark.django_db


def shown(browser, name, *ids, status=200) -> str:
    response = browser.get(reverse(name, args=ids))
    assert response.status_code == status, response.content.decode()
    return unescape(response.content.decode())


def everything():
    return acting_as(system_actor("shared-care"))


def test_referred_in_person_accepted_and_both_see_the_course(
    refer, alex, therapist, prescriber, client_as, practice, other_practice
):
    with acting_as(system_actor("import", practice.id)):
        Condition.objects.create(practice=practice, patient=alex, display="Recurrent depression")
        AllergyIntolerance.objects.create(practice=practice, patient=alex, display="Penicillin")
        Condition.objects.create(
            practice=practice, patient=alex, display="Secret", compartment="process-notes"
        )
    referral = refer()
    tide, harbor = client_as(prescriber), client_as(therapist)
    text = shown(tide, "referral", referral.id)
    for words in (
        "Two trials failed.",
        "Is ketamine an option?",
        "Recurrent depression",
        "Penicillin",
        "in words",
    ):
        assert words in text
    assert "Secret" not in text
    answer = tide.post(
        reverse("referral_decide", args=[referral.id]), {"event": "accept", "version": referral.version}
    )
    assert answer.status_code == 302
    with everything():
        course = Course.objects.get()
        there = Patient.objects.get(id=course.patient_id)
    assert answer["Location"] == reverse("course", args=[course.id])
    assert (course.state, course.practice_id, course.prescriber_id) == (
        "screening", other_practice.id, prescriber.account_id,
    )  # fmt: skip
    assert (there.display_name, there.account_id, there.record_number) == (
        "Alex Rivera",
        alex.account_id,
        "P-000001",
    )
    for browser in (tide, harbor):
        text = shown(browser, "course", course.id)
        assert "Two trials failed." in text
        assert "Course of care at Tidewater Therapy" in text
    assert reverse("course", args=[course.id]) in shown(harbor, "chart", alex.id)


def test_what_sending_makes_at_the_other_practice(refer, alex, practice, other_practice, therapist):
    referral = refer()
    with everything():
        there = Patient.objects.get(id=referral.to_patient_id)
        assert there.practice_id == other_practice.id
        assert PatientSearchKey.objects.filter(patient=there, practice=other_practice).exists()
        assert CareLink.objects.filter(patient=alex, other_patient=there).exists()
        assert CareLink.objects.filter(patient=there, other_patient=alex).exists()
        opened = set(Release.objects.values_list("patient_id", "to_practice_id", "kind"))
        assert opened == {
            *((alex.id, other_practice.id, kind) for kind in referral.shared),
            *((there.id, practice.id, kind) for kind in referral.shared_back),
        }
        assert [one.to_state for one in ReferralStep.objects.all()] == ["sent"]
        made = AuditEntry.objects.get(action="referral.made")
        assert (made.account_id, made.patient_id) == (therapist.account_id, alex.id)


def test_nobody_else_reads_it(refer, staff, other_practice, client_as, practice):
    third = Practice.objects.create(name="Elsewhere")
    referral = refer()
    outsider = staff("prescriber", at=third)
    with acting_as(outsider):
        assert (Referral.objects.count(), ReferralStep.objects.count()) == (0, 0)
    shown(client_as(outsider), "referral", referral.id, status=404)


def test_accepting_needs_a_prescriber_of_that_practice(refer, staff, other_practice, therapist):
    referral = refer()
    for actor, error in (
        (staff("therapist", at=other_practice), NotPermitted),
        (therapist, NotPermitted),
        (staff("prescriber"), NotFound),
    ):
        with acting_as(actor), pytest.raises(error):
            accept(by=actor, referral_id=referral.id)


# On the person's own phone ----------------------------------------------------------------------------------------


def test_on_the_phone_nothing_is_sent_before_the_person_agrees(
    refer, alex, alex_browses, prescriber, client_as, other_practice
):
    referral = refer(Agreed.PHONE)
    with everything():
        assert not Patient.objects.filter(practice=other_practice).exists()
        assert not Release.objects.exists()
        assert not Course.objects.exists()
    shown(client_as(prescriber), "referral", referral.id, status=404)
    text = shown(alex_browses, "my_referral", referral.id)
    for words in (
        "What Tidewater Therapy will see of your record at Harbor Clinic",
        "What Harbor Clinic will see of your record at Tidewater Therapy",
        "My conditions, medicines, allergies and visits.",
        "Two trials failed.",
        "Yes, I agree",
        "Waits for your answer",
    ):
        assert words in text
    page = reverse("my_referral", args=[referral.id])
    assert alex_browses.post(page, {"event": "agree", "version": referral.version}).status_code == 302
    with everything():
        referral = Referral.objects.get()
        assert (referral.state, referral.agreed_how) == ("sent", "phone")
        step = ReferralStep.objects.order_by("-number").first()
        assert (step.from_state, step.to_state, step.by_name) == ("awaiting-patient", "sent", "Alex Rivera")
    shown(client_as(prescriber), "referral", referral.id)
    again = alex_browses.post(page, {"event": "agree"})
    assert again.status_code == 409
    assert "the referral stands at “Sent, waits for an answer” now" in unescape(again.content.decode())


def test_it_waits_for_the_person_then_for_the_prescriber(refer, alex_acts, therapist, prescriber):
    referral = refer(Agreed.PHONE)
    with acting_as(alex_acts):
        (one,) = [one for one in waiting_for(alex_acts, now()) if "agree to be referred" in one.what]
        assert is_for(alex_acts, one)
        assert one.url == reverse("my_referral", args=[referral.id])
    with acting_as(therapist):
        assert not any(is_for(therapist, one) for one in waiting_for(therapist, now()))
    with acting_as(alex_acts):
        agree(by=alex_acts, referral_id=referral.id)
    with acting_as(prescriber):
        (one,) = waiting_for(prescriber, now())
        assert is_for(prescriber, one)
        assert (one.patient_name, one.url) == ("Alex Rivera", reverse("referral", args=[referral.id]))
    with acting_as(alex_acts):
        assert "Tidewater Therapy has your referral" in {
            one.told[:35] for one in waiting_for(alex_acts, now())
        }


@pytest.mark.parametrize("when", ["asked", "sent"])
def test_the_person_says_no_and_nothing_stays_open(
    refer, alex_acts, alex_browses, therapist, prescriber, when
):
    referral = refer(Agreed.PHONE if when == "asked" else Agreed.ORAL)
    page = reverse("my_referral", args=[referral.id])
    assert alex_browses.post(page, {"event": "refuse", "reason": "Not now."}).status_code == 302
    with everything():
        referral = Referral.objects.get()
        assert (referral.state, referral.answer) == ("refused", "Not now.")
        assert not Release.objects.filter(in_force()).exists()
        assert [(one.state, one.closed_as) for one in Course.objects.all()] == (
            [] if when == "asked" else [("closed", "withdrawn")]
        )
    with acting_as(therapist):
        (one,) = waiting_for(therapist, now())
        assert one.what == "Look at the answer: the person did not agree to the referral"
    with acting_as(prescriber):
        assert waiting_for(prescriber, now()) == []


def test_agreed_in_the_room_while_the_phone_was_asked(refer, therapist, client_as):
    referral = refer(Agreed.PHONE)
    browser, page = client_as(therapist), reverse("referral_agreed", args=[referral.id])
    for nonsense in ({}, {"agreed": "phone"}, {"agreed": "sms"}):
        assert browser.post(page, nonsense).status_code == 422
    assert browser.post(page, {"agreed": "paper", "version": "1"}).status_code == 302
    with everything():
        assert Referral.objects.get().agreed_how == "paper"
    late = browser.post(page, {"agreed": "oral", "version": "1"})
    assert late.status_code == 409
    assert "Toni Therapist was faster" in unescape(late.content.decode())


# Ways out of it ---------------------------------------------------------------------------------------------------


def test_declined_with_a_reason_which_the_other_side_reads(
    refer, alex_browses, therapist, prescriber, client_as, alex
):
    referral = refer()
    tide, harbor = client_as(prescriber), client_as(therapist)
    page = reverse("referral_decide", args=[referral.id])
    empty = tide.post(page, {"event": "decline", "reason": "  ", "version": referral.version})
    assert empty.status_code == 422
    assert "Write down why" in unescape(empty.content.decode())
    assert tide.post(page, {"event": "decline", "reason": "Uncontrolled pressure."}).status_code == 302
    with everything():
        assert Referral.objects.get().state == "declined"
        course = Course.objects.get()
        assert (course.state, course.closed_as) == ("closed", "declined")
        assert not Release.objects.filter(in_force()).exists()
    text = shown(harbor, "referral", referral.id)
    assert "Uncontrolled pressure." in text
    assert "I have seen it" in text
    assert "Uncontrolled pressure." in shown(alex_browses, "my_referral", referral.id)
    shown(tide, "chart", alex.id, status=404)
    with acting_as(therapist):
        (one,) = waiting_for(therapist, now())
        assert one.what == "Look at the answer: Tidewater Therapy declined"
    assert harbor.post(reverse("referral_noted", args=[referral.id])).status_code == 302
    with acting_as(therapist):
        assert waiting_for(therapist, now()) == []


def test_withdrawn_before_there_was_an_answer(refer, therapist, prescriber, client_as):
    referral = refer()
    harbor, page = client_as(therapist), reverse("referral_withdraw", args=[referral.id])
    assert harbor.post(page, {"reason": ""}).status_code == 422
    assert harbor.post(page, {"reason": "They moved away.", "version": referral.version}).status_code == 302
    with everything():
        assert Referral.objects.get().state == "withdrawn"
        assert Course.objects.get().closed_as == "withdrawn"
        assert not Release.objects.filter(in_force()).exists()
    late = client_as(prescriber).post(reverse("referral_decide", args=[referral.id]), {"event": "accept"})
    assert late.status_code == 409
    words = unescape(late.content.decode())
    assert "Toni Therapist was faster: the referral stands at “Withdrawn” now." in words


def test_referred_again_after_a_no_uses_the_same_chart(refer, prescriber, other_practice):
    first = refer()
    with acting_as(prescriber):
        decline(by=prescriber, referral_id=first.id, reason="Not yet.")
    second = refer(reason="Half a year later.")
    assert second.to_patient_id == first.to_patient_id
    with everything():
        assert Patient.objects.filter(practice=other_practice).count() == 1
        assert Referral.objects.get(id=first.id).seen_at is not None
        assert Course.objects.exclude(state="closed").count() == 1


# What stands against it -------------------------------------------------------------------------------------------


def test_a_referral_to_oneself_is_refused_in_words(refer, practice, staff):
    staff("prescriber")
    with pytest.raises(RefusedByRule, match="your own practice"):
        refer(to=practice)


def test_a_practice_without_a_prescriber_is_not_offered(refer, therapist, client_as, alex, staff):
    lonely = Practice.objects.create(name="No Prescriber Here")
    staff("therapist", at=lonely)
    gone = staff("prescriber", at=lonely)
    Membership.objects.filter(account_id=gone.account_id).update(active=False)
    with pytest.raises(RefusedByRule, match="reach nobody"):
        refer(to=lonely)
    text = client_as(therapist).get(reverse("referral_new", args=[alex.id]), follow=True).content.decode()
    assert "Tidewater Therapy" in text
    assert "No Prescriber Here" not in text


def test_demo_practices_and_real_ones_do_not_refer_to_each_other(refer, staff):
    demo = Practice.objects.create(name="Demo Clinic", is_demo=True)
    staff("prescriber", at=demo)
    with pytest.raises(RefusedByRule, match="reach nobody"):
        refer(to=demo)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"birth_date": date(2015, 1, 1)}, "can't be started"),
        ({"birth_date": None}, "birth"),
        ({"deceased": True}, "having died"),
        ({"entered_in_error": True}, "is closed"),
    ],
)
def test_who_may_not_start_a_course_is_not_referred(refer, patient_factory, fields, words):
    patient = patient_factory("Stone", "Kim", **fields)
    with pytest.raises(RefusedByRule, match=words):
        refer(patient=patient)


def test_without_a_log_in_the_person_is_asked_in_person(refer, patient_factory, therapist, client_as):
    patient = patient_factory("Stone", "Kim")
    with pytest.raises(RefusedByRule, match="no log-in"):
        refer(Agreed.PHONE, patient=patient)
    page = client_as(therapist).get(reverse("referral_new", args=[patient.id]), follow=True).content.decode()
    assert "They have no log-in yet" in unescape(page)
    assert 'value="phone"' not in page
    assert refer(patient=patient).state == "sent"


def test_one_referral_at_a_time_and_one_course(refer, staff, alex_referred):
    third = Practice.objects.create(name="Elsewhere")
    staff("prescriber", at=third)
    with pytest.raises(RefusedByRule, match="A course of care is open at Tidewater Therapy"):
        refer(to=third)


def test_a_second_referral_waits_for_the_first(refer, staff):
    third = Practice.objects.create(name="Elsewhere")
    staff("prescriber", at=third)
    refer()
    for to in (third, None):
        with pytest.raises(RefusedByRule, match="A referral to Tidewater Therapy is open already"):
            refer(**({"to": to} if to else {}))


def test_another_practices_patient_can_not_be_referred(
    refer, patient_factory, other_practice, practice, staff
):
    with pytest.raises(NotPermitted):
        refer(patient=patient_factory("Stone", at=other_practice))


@pytest.mark.parametrize(
    ("change", "path"), [({"reason": " \x00 "}, "reason"), ({"question": "x" * 10_001}, "question")]
)
def test_words_that_are_missing_or_too_long(refer, change, path):
    with pytest.raises(BadInput) as refused:
        refer(**change)
    assert refused.value.path == path


def test_only_what_is_offered_can_be_shared(refer):
    referral = refer(shared=["journal", "process-notes", "course"], shared_back=["chart", "sessions"])
    assert referral.shared == ["demographics"]
    assert referral.shared_back == ["demographics", "sessions"]


# Charts -----------------------------------------------------------------------------------------------------------


def test_a_chart_with_the_same_log_in_is_used(refer, patient_factory, other_practice, alex):
    there = patient_factory("Rivera", "A.", at=other_practice, account=alex.account)
    assert refer().to_patient_id == there.id


def test_an_inquiry_there_becomes_the_referral(refer, patient_factory, other_practice, alex, prescriber):
    there = patient_factory("Rivera", "A.", at=other_practice, account=alex.account)
    with acting_as(prescriber):
        inquiry = open_course(by=prescriber, patient=there, event=CourseEvent.INQUIRE, reason="They called.")
    referral = refer()
    assert referral.course_id == inquiry.id
    with everything():
        assert Course.objects.get().state == "referral"


def test_care_that_is_under_way_there_goes_on(refer, patient_factory, other_practice, alex, prescriber):
    there = patient_factory("Rivera", "A.", at=other_practice, account=alex.account)
    with acting_as(prescriber):
        course = open_course(by=prescriber, patient=there, event=CourseEvent.INQUIRE, reason="They called.")
        move_course(by=prescriber, course_id=course.id, event=CourseEvent.BEGIN_SCREENING)
    referral = refer()
    with acting_as(prescriber):
        accept(by=prescriber, referral_id=referral.id)
    with everything():
        assert (Course.objects.get().state, Referral.objects.get().state) == ("screening", "accepted")


def test_the_own_inquiry_waits_and_ends_when_the_other_practice_takes_over(
    refer, alex, therapist, prescriber
):
    with acting_as(therapist):
        inquiry = open_course(by=therapist, patient=alex, event=CourseEvent.INQUIRE, reason="Asked.")
        assert any("Begin the screening" in one.what for one in waiting_for(therapist, now()))
    referral = refer()
    with acting_as(therapist):
        assert not any("Begin the screening" in one.what for one in waiting_for(therapist, now()))
    with acting_as(prescriber):
        accept(by=prescriber, referral_id=referral.id)
    with everything():
        inquiry.refresh_from_db()
        assert (inquiry.state, inquiry.closed_as) == ("closed", "transferred")
        assert inquiry.steps.order_by("-number").first().reason == "Tidewater Therapy accepted the referral."


def test_a_declined_referral_leaves_the_own_inquiry(refer, alex, therapist, prescriber):
    with acting_as(therapist):
        open_course(by=therapist, patient=alex, event=CourseEvent.INQUIRE, reason="Asked.")
    referral = refer()
    with acting_as(prescriber):
        decline(by=prescriber, referral_id=referral.id, reason="Not yet.")
    with acting_as(therapist):
        assert {one.what for one in waiting_for(therapist, now())} == {
            "Begin the screening, or refer",
            "Look at the answer: Tidewater Therapy declined",
        }


def test_somebody_known_there_is_shown_before_deciding_and_joined(
    refer, patient_factory, other_practice, prescriber, client_as, practice, alex
):
    known = patient_factory("Rivera", "Alexander", at=other_practice)
    with everything():
        renew_search_keys(known)
    referral = refer()
    tide = client_as(prescriber)
    text = shown(tide, "referral", referral.id)
    assert "Is this somebody whom you know already?" in text
    pair = reverse("patient_merge_pair", args=[referral.to_patient_id, known.id])
    assert pair in text
    assert tide.post(pair, {"keep": str(known.id), "reason": "Same birth date; asked."}).status_code == 302
    assert "Is this somebody" not in shown(tide, "referral", referral.id)
    with acting_as(prescriber):
        accept(by=prescriber, referral_id=referral.id)
    # Harbor Clinic sees what is written into the chart that was kept; Tidewater Therapy sees theirs from it.
    with everything():
        assert CareLink.objects.filter(patient=alex, other_patient=known, ended_at__isnull=True).exists()
        assert Release.objects.filter(
            in_force(), patient=known, to_practice=practice, kind="sessions"
        ).exists()
        assert Patient.objects.get(id=known.id).account_id == alex.account_id
    assert "In care at Harbor Clinic, too" in shown(tide, "chart", known.id)


def test_joined_by_mistake_and_parted_again_nothing_of_the_other_stays_open(
    refer, patient_factory, other_practice, prescriber, practice, alex
):
    referral, other = refer(), patient_factory("Rivera", "Alexa", at=other_practice)
    with acting_as(prescriber):
        merge = merge_charts(
            by=prescriber, kept_id=other.id, merged_id=referral.to_patient_id, reason="Looks like it."
        )
        undo_merge(by=prescriber, merge_id=merge.id, reason="Somebody else after all.")
    with everything():
        assert not Release.objects.filter(in_force(), patient=other).exists()
        assert not CareLink.objects.filter(patient=other, ended_at__isnull=True).exists()
        assert not CareLink.objects.filter(other_patient=other, ended_at__isnull=True).exists()
        assert CareLink.objects.filter(patient=alex, other_patient=referral.to_patient_id).exists()
        assert Release.objects.filter(in_force(), patient=referral.to_patient_id).exists()
        assert Patient.objects.get(id=other.id).account_id is None


def test_a_log_in_that_comes_later_reaches_both_charts(refer, patient_factory, account_factory):
    patient = patient_factory("Stone", "Kim")
    referral, account = refer(patient=patient), account_factory("Kim Stone")
    with acting_as(system_actor("log-in")) as door:
        Patient.objects.filter(id=patient.id).update(account=account)
        pass_log_in_on(by=door, family=[patient.id], account_id=account.id)
    with everything():
        assert Patient.objects.get(id=referral.to_patient_id).account_id == account.id


def test_whom_the_other_practice_knew_before_gets_no_log_in_from_us(
    refer, patient_factory, account_factory, other_practice
):
    patient, known = patient_factory("Stone", "Kim"), patient_factory("Stone", "Kim", at=other_practice)
    with everything() as both:
        link_charts(one=patient, other=known, by=both)
        pass_log_in_on(by=both, family=[patient.id], account_id=account_factory("Kim Stone").id)
        assert Patient.objects.get(id=known.id).account_id is None


# Pages ------------------------------------------------------------------------------------------------------------


def test_the_form_sent_twice_is_one_referral(therapist, prescriber, client_as, alex, other_practice):
    browser = client_as(therapist)
    page = browser.get(reverse("referral_new", args=[alex.id]))["Location"]
    fields = {
        "to_practice": str(other_practice.id),
        "reason": "Two trials failed.",
        "question": "",
        "shared": ["chart"],
        "shared_back": ["course"],
        "agreed": "oral",
    }
    first, second = browser.post(page, fields), browser.post(page, fields)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert browser.get(page)["Location"] == first["Location"]
    with everything():
        assert Referral.objects.get().shared == ["demographics", "chart"]


def test_what_was_written_is_not_lost_on_an_error(therapist, prescriber, client_as, alex, other_practice):
    browser = client_as(therapist)
    page = browser.get(reverse("referral_new", args=[alex.id]))["Location"]
    words = "\u200fהיא מבקשת טיפול\u200f " + "x" * 3000
    response = browser.post(page, {"to_practice": "nowhere", "reason": words, "agreed": "oral"})
    assert response.status_code == 422
    assert words in unescape(response.content.decode())


@pytest.mark.parametrize("name", ["referral", "referral_decide", "referral_withdraw", "referral_agreed"])
def test_out_of_the_blue_an_id_that_nothing_has(name, prescriber, client_as):
    browser, address = client_as(prescriber), reverse(name, args=[new_id()])
    response = browser.get(address) if name == "referral" else browser.post(address, {"event": "accept"})
    assert response.status_code == 404


def test_the_lists_of_referrals(alex_referred, therapist, prescriber, client_as):
    harbor, tide = client_as(therapist), client_as(prescriber)
    assert "Alex Rivera" in shown(tide, "referrals")
    assert "Alex Rivera" not in shown(harbor, "referrals")
    out = harbor.get(reverse("referrals"), {"which": "out", "page": "99"})
    assert "Alex Rivera" in out.content.decode()


def test_the_chart_leads_to_its_referral(refer, therapist, client_as, alex):
    referral = refer(Agreed.PHONE)
    assert reverse("referral", args=[referral.id]) in shown(client_as(therapist), "chart", alex.id)


def test_a_course_that_is_a_referral_is_answered_there(refer, prescriber, client_as):
    referral = refer()
    tide = client_as(prescriber)
    text = shown(tide, "course", referral.course_id)
    for event in ("begin-screening", "decline", "withdraw", "transfer"):
        move = reverse("course_move", args=[referral.course_id, event])
        assert move not in text
        assert "Answer the referral" in shown(tide, "course_move", referral.course_id, event)
        refused = tide.post(move, {"reason": "So.", "version": "1"})
        assert refused.status_code == 409
        assert "So." in refused.content.decode()
    with everything():
        assert Course.objects.get().state == "referral"
