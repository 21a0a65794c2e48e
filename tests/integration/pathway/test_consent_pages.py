"""The pages of consent: one screen at a time, without a script; Back, two tabs and double taps do no harm."""

from __future__ import annotations

import re

import pytest

from tests.integration.pathway.consented import answer_all, course_in, offered, read_all, signed
from upwell.access.acting import acting_as
from upwell.base.ids import new_id
from upwell.pathway.consent.models import Consent, TeachBackTry

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def prescriber(staff):
    return staff("prescriber", name="Pat Prescribes")


@pytest.fixture
def course(prescriber, alex):
    return course_in(prescriber, alex)


@pytest.fixture
def consent(prescriber, course):
    return offered(prescriber, course)


def row(actor, consent):
    with acting_as(actor):
        return Consent.objects.get(id=consent.id)


def says(response, *words):
    text = response.content.decode()
    assert [one for one in words if one not in text] == []


def test_the_whole_way_on_the_phone(prescriber, consent, alex_browses):
    here = f"/me/consent/{consent.id}/"
    assert alex_browses.get("/me/consent/")["Location"] == here
    says(alex_browses.get(here), "Begin to read", f"{here}read/1/")
    chapters, questions = len(consent.text["chapters"]), consent.text["questions"]
    for number in range(1, chapters + 1):
        says(alex_browses.get(f"{here}read/{number}/"), f"Page {number} of {chapters}")
        response = alex_browses.post(f"{here}read/{number}/")
    assert response["Location"] == f"{here}question/1/"
    for number, one in enumerate(questions, start=1):
        says(alex_browses.get(f"{here}question/{number}/"), f"Question {number} of {len(questions)}")
        response = alex_browses.post(
            f"{here}question/{number}/", {"choice": one["right"], "try": str(new_id())}
        )
    assert response["Location"] == f"{here}sign/"
    says(alex_browses.get(f"{here}sign/"), "I agree", "off-label")
    response = alex_browses.post(f"{here}sign/", {"name": "Alex Rivera", "agree": "yes"})
    assert response["Location"] == here
    says(alex_browses.get(here), "Signed, and in force", "Take back my consent", "Save as PDF")
    assert row(prescriber, consent).signed_name == "Alex Rivera"


def test_the_place_is_kept(consent, alex_browses):
    here = f"/me/consent/{consent.id}/"
    alex_browses.post(f"{here}read/1/")
    alex_browses.post(f"{here}read/2/")
    says(alex_browses.get(here), f"{here}read/3/", "Go on where you stopped")
    assert alex_browses.get(f"{here}read/1/").status_code == 200  # Back shows what was read
    assert alex_browses.get(f"{here}read/9/")["Location"] == f"{here}read/3/"
    assert alex_browses.get(f"{here}question/1/")["Location"] == f"{here}read/3/"
    assert alex_browses.get(f"{here}sign/")["Location"] == f"{here}read/3/"


def test_a_wrong_answer_shows_why_and_stays(prescriber, consent, alex_acts, alex_browses):
    read_all(alex_acts, consent)
    here = f"/me/consent/{consent.id}/question/1/"
    response = alex_browses.post(here, {"choice": "fine", "try": str(new_id())})
    assert response.status_code == 200
    says(response, "Not quite. That is all right.", "until the next day", "Read this part again", "Try again")
    response = alex_browses.post(here, {"choice": "next-day", "try": str(new_id())}, follow=True)
    says(response, "That is right.", "Question 2 of")
    says(
        alex_browses.get(here), "The next day, after a night of good sleep"
    )  # Back: answered, not asked again


@pytest.mark.parametrize(
    "sent", [{}, {"choice": ""}, {"choice": "nonsense", "try": "no-uuid"}, {"try": "\x00"}]
)
def test_an_answer_that_is_none_is_asked_for(consent, alex_acts, alex_browses, sent):
    read_all(alex_acts, consent)
    response = alex_browses.post(f"/me/consent/{consent.id}/question/1/", sent)
    assert response.status_code == 422
    says(response, "Choose one of the answers.")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": "", "agree": "yes"}, "Type your full name"),
        ({"name": "Alex Rivera"}, "Tick"),
        ({"name": "x" * 600, "agree": "yes"}, "longer than"),
        ({}, "Tick"),
    ],
)
def test_a_signature_that_is_none_loses_nothing(prescriber, consent, alex_acts, alex_browses, sent, said):
    read_all(alex_acts, consent)
    answer_all(alex_acts, consent)
    response = alex_browses.post(f"/me/consent/{consent.id}/sign/", sent)
    assert response.status_code == 422
    says(response, said, sent.get("name", "")[:500])
    assert row(prescriber, consent).signed_at is None


def test_a_name_that_is_not_the_charts_is_asked_about_once(prescriber, consent, alex_acts, alex_browses):
    read_all(alex_acts, consent)
    answer_all(alex_acts, consent)
    here = f"/me/consent/{consent.id}/sign/"
    response = alex_browses.post(here, {"name": "Bo Other", "agree": "yes"})
    assert response.status_code == 422
    says(
        response, "not the one in the chart, which is Alex Rivera", "Bo Other is my name", 'value="Bo Other"'
    )
    assert row(prescriber, consent).signed_at is None
    assert (
        alex_browses.post(here, {"name": "Bo Other", "agree": "yes", "name-is-right": "yes"}).status_code
        == 302
    )
    assert row(prescriber, consent).signed_name == "Bo Other"


def test_a_double_tap_is_one_signature(prescriber, consent, alex_acts, alex_browses):
    read_all(alex_acts, consent)
    answer_all(alex_acts, consent)
    here = f"/me/consent/{consent.id}/sign/"
    for _ in range(2):
        response = alex_browses.post(here, {"name": "Alex Rivera", "agree": "yes"})
        assert response.status_code == 302
    assert alex_browses.get(here)["Location"] == f"/me/consent/{consent.id}/"  # Back leads to what is signed


def test_the_name_outlives_a_log_in_that_expired(consent, alex_acts, alex_browses, alex):
    read_all(alex_acts, consent)
    answer_all(alex_acts, consent)
    here = f"/me/consent/{consent.id}/sign/"
    alex_browses.logout()
    sent = {"name": "محمد Rivera", "agree": "yes", "owner": str(alex.account_id)}
    response = alex_browses.post(here, sent, headers={"referer": f"http://testserver{here}"})
    assert response["Location"].startswith("/accounts/login/")
    alex_browses.force_login(alex.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    says(alex_browses.get(here), "محمد Rivera", "still here")


def test_taking_it_back_is_one_page_with_kind_words(prescriber, course, alex_acts, alex_browses, client_as):
    consent = signed(prescriber, alex_acts, course)
    here = f"/me/consent/{consent.id}/take-back/"
    says(alex_browses.get(here), "You don't have to say why", "It counts at once")
    response = alex_browses.post(here, {"reason": "I am <afraid>."}, follow=True)
    says(response, "You have taken your consent back", "Your team is told")
    team = client_as(prescriber)
    page = team.get(f"/courses/{course.id}/consent/")
    says(page, "Give no dose", "I am &lt;afraid&gt;.", "Talk with them", "Not in force")
    says(team.get("/today/"), "Give no dose")
    says(team.post(f"/courses/{course.id}/consent/{consent.id}/heard/", follow=True), "you are on it")
    says(alex_browses.get(f"/me/consent/{consent.id}/"), "Pat Prescribes from your team has read it")


def test_who_signs_anew_is_no_longer_told_of_as_one_who_took_it_back(
    prescriber, course, alex_acts, alex_browses, client_as
):
    first = signed(prescriber, alex_acts, course)
    alex_browses.post(f"/me/consent/{first.id}/take-back/", {"reason": ""})
    signed(prescriber, alex_acts, course)
    team = client_as(prescriber)
    for page in (f"/courses/{course.id}/", f"/courses/{course.id}/consent/", "/today/"):
        assert "Give no dose" not in team.get(page).content.decode()
    assert "you don&#x27;t want it" not in alex_browses.get("/me/").content.decode()


def test_two_tabs_the_second_is_led_to_where_it_stands(consent, alex_browses):
    here = f"/me/consent/{consent.id}/"
    alex_browses.post(f"{here}take-back/", {"reason": ""})
    for path in ("read/1/", "sign/"):
        response = alex_browses.post(f"{here}{path}", {"name": "Alex", "agree": "yes"}, follow=True)
        assert response.status_code == 200
        says(response, "You have said no")
    says(alex_browses.get(f"{here}question/1/", follow=True), "You have said no")
    says(alex_browses.post(f"{here}take-back/", follow=True), "You have said no")


def test_who_has_nothing_is_told_so(alex_browses):
    says(alex_browses.get("/me/consent/"), "Nothing to read yet")
    assert alex_browses.get(f"/me/consent/{new_id()}/").status_code == 404


@pytest.mark.parametrize("path", ["read/0/", "read/99/", "question/0/", "question/99/"])
def test_pages_that_are_not_there(consent, alex_acts, alex_browses, path):
    read_all(alex_acts, consent)
    assert alex_browses.get(f"/me/consent/{consent.id}/{path}").status_code == 404


# --- the team ---
def test_the_team_offers_and_sees_what_was_not_clear(prescriber, course, client_as, alex_acts):
    team = client_as(prescriber)
    here = f"/courses/{course.id}/consent/"
    page = team.get(here)
    says(page, "Offer the consent", "No consent has been offered yet.")
    number = re.search(r'name="number" value="([^"]+)"', page.content.decode()).group(1)
    for said in ("Offered. It waits", "Pat Prescribes has offered it already"):
        says(team.post(f"{here}offer/", {"number": number}, follow=True), said)
    with acting_as(prescriber):
        consent = Consent.objects.get()
    read_all(alex_acts, consent)
    from upwell.pathway.consent.actions import answer_question

    with acting_as(alex_acts):
        answer_question(
            by=alex_acts, consent_id=consent.id, question="driving", choice="fine", try_id=new_id()
        )
    says(
        team.get(here),
        "Read: 12 of 12 pages",
        "First answered: As soon as I feel fine",
        "Go through it together",
    )


def test_together_in_person(staff, prescriber, course, consent, client_as):
    monitor = staff("monitor", name="Mo Monitors")
    tablet, here = client_as(monitor), f"/courses/{course.id}/consent/{consent.id}/"
    for number in range(1, len(consent.text["chapters"]) + 1):
        tablet.post(f"{here}read/{number}/")
    for number, one in enumerate(consent.text["questions"], start=1):
        tablet.post(f"{here}question/{number}/", {"choice": one["right"], "try": str(new_id())})
    says(tablet.get(f"{here}sign/"), "The person types their full name", "Mo Monitors")
    tablet.post(f"{here}sign/", {"name": "Alex Rivera", "agree": "yes"})
    says(tablet.get(f"/courses/{course.id}/consent/"), "In force", "in person with Mo Monitors")
    with acting_as(prescriber):
        assert {one.how for one in TeachBackTry.objects.all()} == {"in-person"}


def test_a_name_of_somebody_else_is_noticed(prescriber, course, alex_acts, client_as):
    signed(prescriber, alex_acts, course, name="Bo Other")
    says(client_as(prescriber).get(f"/courses/{course.id}/consent/"), "not the name in the chart")


def test_the_consent_of_another_course_is_not_reached_through_this_one(
    prescriber, course, consent, patient_factory, client_as
):
    other = course_in(prescriber, patient_factory("Other"))
    team = client_as(prescriber)
    assert team.get(f"/courses/{other.id}/consent/{consent.id}/read/1/").status_code == 404
    assert team.post(f"/courses/{other.id}/consent/{consent.id}/take-back/").status_code == 404


def test_offering_too_early_is_refused_in_words(prescriber, alex, client_as):
    course = course_in(prescriber, alex, "screening")
    team = client_as(prescriber)
    says(team.get(f"/courses/{course.id}/consent/"), "offered in preparation")
    says(team.post(f"/courses/{course.id}/consent/offer/", follow=True), "when the screening has found")


def test_an_appointment_today_makes_a_withdrawal_worrying(prescriber, course, alex_acts, practice):
    from datetime import timedelta

    from upwell.base.clock import now
    from upwell.pathway.calendar.models import Appointment
    from upwell.pathway.consent.actions import withdraw_consent
    from upwell.pathway.parts import Urgency, waiting_for

    consent = signed(prescriber, alex_acts, course)
    with acting_as(alex_acts):
        withdraw_consent(by=alex_acts, consent_id=consent.id)

    def urgency():
        with acting_as(prescriber):
            return next(one.urgency for one in waiting_for(prescriber, now()) if "Give no dose" in one.what)

    assert urgency() is Urgency.WAITING
    with acting_as(prescriber):
        Appointment.objects.create(
            practice=practice,
            patient_id=course.patient_id,
            course=course,
            kind="dosing",
            starts_at=now(),
            ends_at=now() + timedelta(hours=3),
        )
    assert urgency() is Urgency.WORRYING
