"""The course page and its steps: what stands against one, whose it is, ending it oneself, and out of order by URL."""

from __future__ import annotations

from datetime import UTC, date, datetime
from html import unescape

import pytest
from django.urls import reverse

from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.audit.models import AuditEntry
from upwell.base.clock import now
from upwell.base.errors import NotFound, NotPermitted, RefusedByRule, StaleState
from upwell.base.ids import new_id
from upwell.pathway.course.actions import move_course, open_course
from upwell.pathway.course.ending import end_own_course
from upwell.pathway.course.models import Course, CourseStep
from upwell.pathway.course.states import TABLE, Event, State
from upwell.pathway.parts import waiting_for
from upwell.people.models import Patient
from upwell.record.models import Task

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ARABIC = "\u0647\u0630\u0627 \u0633\u0628\u0628 \u0637\u0648\u064a\u0644"


@pytest.fixture
def doctor(staff):
    return staff("prescriber", name="Dr. Dana Here")


@pytest.fixture
def inquiry(doctor, alex):
    return begun(doctor, alex)


def begun(by, patient, reason="Asked by phone."):
    with acting_as(by):
        return open_course(by=by, patient=patient, event=Event.INQUIRE, reason=reason)


def everything():
    return acting_as(system_actor("shared-care"))


def shown(browser, name, *ids, status=200) -> str:
    response = browser.get(reverse(name, args=ids))
    assert response.status_code == status, response.content.decode()
    return unescape(response.content.decode())


def moved(browser, course, event, **fields):
    return browser.post(reverse("course_move", args=[course.id, event]), fields)


def at_state(course, state, **columns):
    """Puts a course into a state, as if it had gone there."""
    with everything():
        Course.objects.filter(id=course.id).update(state=state, **columns)
        course.refresh_from_db()


# What stands against a step ---------------------------------------------------------------------------------------


def test_what_stands_against_a_step_is_shown_before_the_form_is_sent(inquiry, doctor, client_as):
    browser = client_as(doctor)
    at_state(inquiry, State.PREPARATION)
    text = shown(browser, "course_move", inquiry.id, "begin-induction")
    for words in (
        "This stands against it now",
        "The prescriber has not found the person eligible.",
        "No consent is in force.",
        "screening.decision",
    ):
        assert words in text
    assert "<textarea" not in text.split("<main")[1]
    refused = moved(browser, inquiry, "begin-induction", reason="All is well.", version="1")
    assert refused.status_code == 409
    assert "You had written:" in refused.content.decode()
    assert "All is well." in refused.content.decode()
    with everything():
        assert Course.objects.get().state == "preparation"


def test_steps_of_other_roles_are_not_offered_and_not_taken(inquiry, staff, client_as):
    browser = client_as(staff("therapist"))
    text = shown(browser, "course", inquiry.id)
    assert reverse("course_move", args=[inquiry.id, "withdraw"]) in text
    for event in ("begin-screening", "decline", "transfer"):
        assert reverse("course_move", args=[inquiry.id, event]) not in text
        assert browser.get(reverse("course_move", args=[inquiry.id, event])).status_code == 403
        assert moved(browser, inquiry, event, reason="So.").status_code == 403


@pytest.mark.parametrize("event", ["inquire-all", "refer", "begin-preparation", "x"])
def test_events_that_are_none_or_not_by_hand(inquiry, doctor, client_as, event):
    browser = client_as(doctor)
    assert browser.get(reverse("course_move", args=[inquiry.id, event])).status_code == 404
    assert moved(browser, inquiry, event, reason="So.").status_code == 404


@pytest.mark.parametrize("state", sorted(State))
def test_every_step_by_url_from_every_state_is_answered_in_words(inquiry, doctor, client_as, state):
    """Out of order by URL: led back, refused in words, or done; never an error and never a half step."""
    closed = {"closed_as": "completed", "closed_at": now()} if state is State.CLOSED else {}
    browser = client_as(doctor)
    for step in TABLE:
        at_state(inquiry, state, **(closed or {"closed_as": "", "closed_at": None}))
        before = steps_taken()
        address = reverse("course_move", args=[inquiry.id, step.event])
        assert browser.get(address).status_code in {200, 302, 404}
        answer = browser.post(address, {"reason": "Because.", "version": str(inquiry.version)})
        assert answer.status_code in {302, 404, 409}, (state, step.event)
        with everything():
            inquiry.refresh_from_db()
        assert State(inquiry.state)
        assert steps_taken() - before == (1 if answer.status_code == 302 else 0)


def steps_taken() -> int:
    with everything():
        return CourseStep.objects.count()


def test_a_reason_is_needed_and_what_was_written_stays(inquiry, doctor, client_as):
    browser = client_as(doctor)
    assert moved(browser, inquiry, "withdraw", reason=" \x00 ", version="1").status_code == 422
    long = moved(browser, inquiry, "withdraw", reason="x" * 10_001, version="1")
    assert long.status_code == 422
    assert "x" * 10_001 in long.content.decode()


def test_very_long_and_right_to_left_words_are_whole_on_the_page(inquiry, doctor, client_as):
    words = f"{ARABIC} " * 400 + "the end"
    browser = client_as(doctor)
    assert moved(browser, inquiry, "withdraw", reason=words, version="1").status_code == 302
    text = shown(browser, "course", inquiry.id)
    assert words in text
    assert '<p dir="auto">' in text


def test_the_second_of_two_is_told_what_changed(inquiry, doctor, staff, client_as):
    other = staff("prescriber", name="Dr. Kim Other")
    with acting_as(other):
        move_course(by=other, course_id=inquiry.id, event=Event.BEGIN_SCREENING, seen_version=1)
    late = moved(client_as(doctor), inquiry, "decline", reason="I would not.", version="1")
    assert late.status_code == 409
    text = unescape(late.content.decode())
    assert "Dr. Kim Other changed this course of care meanwhile: it stands at “Screening” now." in text
    assert "I would not." in text


# Who it is about --------------------------------------------------------------------------------------------------


def test_the_course_of_somebody_who_died_can_be_closed_but_not_gone_on_with(inquiry, doctor, client_as, alex):
    with everything():
        Patient.objects.filter(id=alex.id).update(deceased=True, deceased_at=datetime(2026, 1, 1, tzinfo=UTC))
    browser = client_as(doctor)
    assert "having died" in shown(browser, "course_move", inquiry.id, "begin-screening")
    assert moved(browser, inquiry, "begin-screening", version="1").status_code == 409
    assert moved(browser, inquiry, "decline", reason="Has died.", version="1").status_code == 302
    assert browser.get(reverse("course", args=[inquiry.id])).status_code == 200
    fresh = browser.get(reverse("course_new", args=[alex.id]), follow=True)
    assert "having died" in unescape(fresh.content.decode())


def test_a_minor_starts_none_by_whatever_way(doctor, patient_factory, client_as):
    child = patient_factory("Young", "Kit", birth_date=date(now().year - 10, 1, 1))
    with acting_as(doctor), pytest.raises(RefusedByRule):
        open_course(by=doctor, patient=child, event=Event.INQUIRE, reason="Asked.")
    browser = client_as(doctor)
    page = browser.get(reverse("course_new", args=[child.id]))["Location"]
    assert browser.post(page, {"reason": "Asked."}).status_code == 409


def test_joined_charts_have_one_course(inquiry, doctor, alex, patient_factory, client_as):
    kept = patient_factory("Rivera", "Alexander")
    with everything():
        Patient.objects.filter(id=alex.id).update(merged_into=kept)
    browser = client_as(doctor)
    assert reverse("course", args=[inquiry.id]) in shown(browser, "chart", kept.id)
    again = browser.get(reverse("course_new", args=[kept.id]))
    assert again["Location"] == reverse("course", args=[inquiry.id])
    assert browser.get(reverse("course_new", args=[alex.id]))["Location"] == reverse(
        "course_new", args=[kept.id]
    )
    with acting_as(doctor):
        for chart in (kept, alex):
            chart.refresh_from_db()
            with pytest.raises((StaleState, RefusedByRule)):
                open_course(by=doctor, patient=chart, event=Event.INQUIRE, reason="Asked again.")
    assert moved(browser, inquiry, "withdraw", reason="Moved away.", version="1").status_code == 302


def test_a_closed_course_stays_readable_and_a_new_one_can_begin(
    inquiry, doctor, alex, client_as, alex_browses
):
    browser = client_as(doctor)
    moved(browser, inquiry, "transfer", reason="To Dr. Lund in Oslo; they move there.", version="1")
    text = shown(browser, "course", inquiry.id)
    assert "To Dr. Lund in Oslo" in text
    assert "handed over to another practice" in text
    assert "Move on" not in text
    page = browser.get(reverse("course_new", args=[alex.id]))["Location"]
    first, second = (browser.post(page, {"reason": "Back again."}) for _ in range(2))
    assert first["Location"] == second["Location"] != reverse("course", args=[inquiry.id])
    assert "Back again." in shown(alex_browses, "my_course")
    with everything():
        assert Course.objects.count() == 2


def test_where_another_practice_leads_the_course_none_is_started(alex_referred, therapist, alex, client_as):
    with acting_as(therapist), pytest.raises(RefusedByRule, match="open at Tidewater Therapy"):
        open_course(by=therapist, patient=alex, event=Event.INQUIRE, reason="Asked.")
    browser = client_as(therapist)
    page = browser.get(reverse("course_new", args=[alex.id]))["Location"]
    assert browser.post(page, {"reason": "Asked."}).status_code == 409


def test_the_practice_that_treats_moves_it_the_other_reads(alex_referred, therapist, client_as):
    browser = client_as(therapist)
    text = shown(browser, "course", alex_referred.course_id)
    assert "Move on" not in text
    assert "All times on this page are New York time." in text  # the therapist's practice is in Chicago
    assert "All times on this page" not in shown(browser, "today")
    for event in ("withdraw", "transfer"):
        assert browser.get(reverse("course_move", args=[alex_referred.course_id, event])).status_code == 403
        answer = browser.post(reverse("course_move", args=[alex_referred.course_id, event]), {"reason": "x"})
        assert answer.status_code == 403


# Ending it oneself ------------------------------------------------------------------------------------------------


def tasks_at(staff, practice):
    with acting_as(staff("therapist", at=practice)):
        return [one.kind for one in Task.objects.filter(practice=practice)]


def test_a_person_ends_their_own_course_and_both_practices_find_a_task(
    alex_referred, alex_browses, staff, practice, other_practice, prescriber, client_as
):
    page = reverse("my_course_end", args=[alex_referred.course_id])
    assert page in shown(alex_browses, "my_course")
    text = shown(alex_browses, "my_course_end", alex_referred.course_id)
    assert "You can begin again later." in text
    with everything():
        version = Course.objects.get().version
    done = alex_browses.post(page, {"reason": f"{ARABIC}.", "version": version})
    assert done["Location"] == reverse("my_course")
    with everything():
        course = Course.objects.get()
        assert (course.state, course.closed_as) == ("closed", "withdrawn")
        step = course.steps.order_by("-number").first()
        assert (step.reason, step.by_name, step.by_role) == (f"{ARABIC}.", "Alex Rivera", "patient")
        entry = AuditEntry.objects.filter(action="course.moved").order_by("-at").first()
        assert (entry.actor_kind, entry.actor_name) == ("patient", "Alex Rivera")
    for place in (practice, other_practice):
        assert tasks_at(staff, place) == ["course-ended-by-patient"]
    with acting_as(prescriber):
        task = Task.objects.get(practice=other_practice)
    assert "on their own page" in shown(client_as(prescriber), "task", task.id)
    again = alex_browses.get(page)
    assert again["Location"] == reverse("my_course")
    assert alex_browses.post(page, {"reason": "Again."}).status_code == 302


def test_without_a_reason_it_is_ended_too(inquiry, alex_acts):
    with acting_as(alex_acts):
        end_own_course(by=alex_acts, course_id=inquiry.id)
    with everything():
        assert "without a reason" in inquiry.steps.order_by("-number").first().reason


def test_while_a_session_is_open_it_is_refused_in_words(inquiry, alex_browses, monkeypatch):
    at_state(inquiry, State.INDUCTION)
    monkeypatch.setattr("upwell.pathway.course.actions.facts_of", lambda course: {"session.open": 1})
    answer = alex_browses.post(reverse("my_course_end", args=[inquiry.id]), {"reason": "I want to stop."})
    assert answer.status_code == 409
    text = unescape(answer.content.decode())
    assert "A dosing session is still open." in text
    assert "I want to stop." in text
    with everything():
        assert Course.objects.get().state == "induction"
        assert not Task.objects.exists()


def test_a_course_that_is_no_more_than_a_referral_takes_the_referral_back(
    refer, alex_browses, therapist, prescriber
):
    referral = refer()
    page = reverse("my_course_end", args=[referral.course_id])
    assert alex_browses.post(page, {"reason": "Too soon."}).status_code == 302
    with everything():
        referral.refresh_from_db()
        assert (referral.state, referral.answer) == ("refused", "Too soon.")
        assert Course.objects.get().closed_as == "withdrawn"
    with acting_as(therapist):
        assert [one.what[:18] for one in waiting_for(therapist, now())] == ["Look at the answer"]


def test_nobody_ends_the_course_of_somebody_else(
    inquiry, client_as, patient_factory, account_factory, doctor, staff
):
    kim = patient_factory("Stone", "Kim", account=account_factory("Kim Stone"))
    page = reverse("my_course_end", args=[inquiry.id])
    assert client_as(kim.account).get(page).status_code == 404
    assert client_as(kim.account).post(page, {"reason": "x"}).status_code == 404
    assert client_as(doctor).post(page, {"reason": "x"}).status_code == 403
    with acting_as(doctor), pytest.raises(NotPermitted):
        end_own_course(by=doctor, course_id=inquiry.id)
    with acting_as(system_actor("job")) as system, pytest.raises(NotFound):
        end_own_course(by=system, course_id=new_id())


def test_somebody_changed_it_before_the_person_ended_it(inquiry, doctor, alex_browses):
    with acting_as(doctor):
        move_course(by=doctor, course_id=inquiry.id, event=Event.BEGIN_SCREENING)
    answer = alex_browses.post(reverse("my_course_end", args=[inquiry.id]), {"version": "1"})
    assert answer.status_code == 409
    assert "changed this course of care meanwhile" in unescape(answer.content.decode())
