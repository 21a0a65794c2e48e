"""Intentions: a person's own words, every revision kept, shown at the session only if they wish it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from tests.integration.pathway.consented import course_in
from upwell.access.acting import acting_as
from upwell.access.models import Release
from upwell.access.system import system_actor
from upwell.audit.models import AuditEntry
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, NotPermitted, RefusedByRule, StaleState
from upwell.base.ids import new_id
from upwell.pathway.course.models import Course
from upwell.pathway.parts import Urgency, cards_of, is_for, moments_of, waiting_for, wishes_of
from upwell.pathway.preparation import intention_for_session, wishes_for_session
from upwell.pathway.preparation.actions import write_intention, write_wishes
from upwell.pathway.preparation.models import Intention, SettingWish
from upwell.pathway.preparation.rules import Hopes, Wishes

pytestmark = pytest.mark.django_db
RTL = "אני רוצה לישון. أريد أن أنام.\nAnd “sleep” <b>well</b> 🙂"


@pytest.fixture
def prescriber(staff):
    return staff("prescriber", name="Pat Prescribes")


@pytest.fixture
def course(prescriber, alex):
    return course_in(prescriber, alex)


def write(actor, course, hope="To sleep.", change="", show=True, form_id=None, seen=None):
    with acting_as(actor):
        return write_intention(
            by=actor,
            course_id=course.id,
            form_id=form_id or new_id(),
            hopes=Hopes(hope, change, show),
            seen=seen,
        )


def says(response, *words):
    text = response.content.decode()
    assert [one for one in words if one not in text] == []


# --- writing ---
def test_each_revision_is_kept(prescriber, course, alex_acts):
    write(alex_acts, course, "To sleep.")
    write(alex_acts, course, "To sleep, and to call my sister.", seen=1)
    with acting_as(prescriber):
        assert [one.number for one in Intention.objects.order_by("number")] == [1, 2]
        assert intention_for_session(course).hope == "To sleep, and to call my sister."
        with pytest.raises(DatabaseError), transaction.atomic():
            Intention.objects.update(hope="Other")


def test_shown_at_the_session_only_if_the_person_wishes(prescriber, course, alex_acts):
    with acting_as(prescriber):
        assert intention_for_session(course) is None
    write(alex_acts, course, "Mine.", show=True)
    with acting_as(prescriber):
        assert intention_for_session(course).hope == "Mine."
    write(alex_acts, course, "Mine alone.", show=False)
    with acting_as(prescriber):
        assert intention_for_session(course) is None


def test_sent_twice_is_once_and_unchanged_is_nothing_new(prescriber, course, alex_acts):
    form = new_id()
    write(alex_acts, course, form_id=form)
    write(alex_acts, course, form_id=form)
    write(alex_acts, course)
    with acting_as(prescriber):
        assert Intention.objects.count() == 1


def test_who_writes_second_is_told_and_nothing_is_overwritten(prescriber, course, alex_acts):
    write(prescriber, course, "Together.", seen=0)
    with pytest.raises(StaleState, match="Pat Prescribes has written something"):
        write(alex_acts, course, "Alone.", seen=0)
    with acting_as(prescriber):
        latest = Intention.objects.get()
        assert (latest.hope, latest.together, latest.by_name) == ("Together.", True, "Pat Prescribes")


@pytest.mark.parametrize(("hope", "change"), [("", ""), ("  ", "\x00")])
def test_at_least_a_word(course, alex_acts, hope, change):
    with pytest.raises(BadInput):
        write(alex_acts, course, hope, change)


def test_very_long_and_from_right_to_left(prescriber, course, alex_acts):
    long = (RTL + " ") * 150
    write(alex_acts, course, long[:10_000], RTL)
    with acting_as(prescriber):
        assert intention_for_session(course).change == RTL
    with pytest.raises(BadInput, match="longer than"):
        write(alex_acts, course, "x" * 10_001)


def test_a_closed_course_keeps_what_was_written(prescriber, alex, alex_acts):
    course = course_in(prescriber, alex, "closed", closed_as="completed", closed_at=now())
    with pytest.raises(RefusedByRule, match="closed"):
        write(alex_acts, course)


def test_wishes_for_the_session(prescriber, course, alex_acts):
    with acting_as(alex_acts):
        write_wishes(
            by=alex_acts, course_id=course.id, form_id=new_id(), wishes=Wishes(music="Bach", touch="no")
        )
        with pytest.raises(BadInput, match="touch"):
            write_wishes(by=alex_acts, course_id=course.id, form_id=new_id(), wishes=Wishes(touch="maybe"))
    with acting_as(prescriber):
        assert (wishes_for_session(course).music, wishes_for_session(course).touch) == ("Bach", "no")


# --- who ---
def test_who_may_not(staff, course, alex_acts, other_practice, account_factory, patient_factory):
    from upwell.access.who import patient_actor

    with pytest.raises(NotPermitted):
        write(staff("admin"), course)
    with pytest.raises(NotFound):
        write(staff("therapist", at=other_practice), course)
    account = account_factory("Bo Other")
    other = patient_factory("Other", "Bo", account=account)
    with pytest.raises(NotFound):
        write(patient_actor(account.id, "Bo Other", (other.id,)), course)


@pytest.mark.parametrize(("kind", "seen"), [("course", 1), ("chart", 0), ("assessments", 0)])
def test_another_practice_reads_it_only_where_the_course_is_released(
    staff, course, alex_acts, alex, practice, other_practice, kind, seen
):
    write(alex_acts, course)
    with acting_as(alex_acts):
        write_wishes(by=alex_acts, course_id=course.id, form_id=new_id(), wishes=Wishes(light="Dim"))
    therapist = staff("therapist", at=other_practice)
    with acting_as(system_actor("set-up", practice.id)):
        Release.objects.create(
            practice=practice,
            patient=alex,
            to_practice=other_practice,
            kind=kind,
            starts_at=now() - timedelta(days=1),
        )
    with acting_as(therapist):
        assert (Intention.objects.count(), SettingWish.objects.count()) == (seen, seen)


def test_the_trail_holds_no_word_of_it(prescriber, course, alex_acts):
    write(alex_acts, course, "Secret words")
    with acting_as(prescriber):
        found = AuditEntry.objects.get(action="intention.written")
        assert "Secret" not in str(found.detail)


# --- the parts ---
def test_it_waits_for_the_person_without_hurry(course, alex_acts, prescriber):
    with acting_as(alex_acts):
        mine = [one for one in waiting_for(alex_acts, now()) if is_for(alex_acts, one)]
        assert [(one.what, one.urgency) for one in mine] == [("Write down what you hope for", Urgency.LATER)]
    write(alex_acts, course)
    with acting_as(alex_acts):
        assert waiting_for(alex_acts, now()) == []
    with acting_as(prescriber):
        titles = [one.title for one in moments_of(course, prescriber)]
        assert "What the person hopes for was written down" in titles
        assert "preparation/card.html" in [one.template for one in cards_of(course, prescriber)]


def test_what_is_in_sight_in_the_treatment_room(prescriber, course, alex_acts):
    def in_sight():
        with acting_as(prescriber):
            return wishes_of(course)

    assert in_sight() == []
    write(alex_acts, course, "To sleep.", RTL, show=True)
    with acting_as(alex_acts):
        write_wishes(
            by=alex_acts, course_id=course.id, form_id=new_id(), wishes=Wishes(music="Bach", touch="no")
        )
    assert in_sight() == ["To sleep.", RTL, "No touch.", "Music: Bach"]
    write(alex_acts, course, "Mine alone.", show=False)
    assert in_sight() == ["No touch.", "Music: Bach"]


# --- pages ---
def form_of(response):
    assert response.status_code == 302
    return response["Location"]


def test_on_the_phone(prescriber, course, alex_browses):
    here = form_of(alex_browses.get("/me/intentions/"))
    address = form_of(alex_browses.get(here))
    says(alex_browses.get(address), "What do you hope to achieve?", "What would you like to see change?")
    sent = {"hope": RTL, "change": "Getting up.", "show": "yes", "seen": "0"}
    assert form_of(alex_browses.post(address, sent)) == here
    again = alex_browses.get(here, follow=True)
    says(again, "Saved.", "Getting up.", "&lt;b&gt;well&lt;/b&gt;", 'dir="auto"', "What I wrote before")
    # Back in the browser and Save once more: the old form makes no second revision
    form_of(alex_browses.post(address, sent))
    with acting_as(prescriber):
        assert Intention.objects.count() == 1


def test_two_tabs_nothing_is_lost(course, alex_browses):
    here = f"/me/intentions/{course.id}/"
    first, second = form_of(alex_browses.get(here)), form_of(alex_browses.get(here))
    alex_browses.post(first, {"hope": "From the first tab", "seen": "0"})
    refused = alex_browses.post(second, {"hope": "From the second tab", "seen": "0"})
    assert refused.status_code == 409
    says(refused, "From the first tab", "From the second tab", 'name="seen" value="1"')


def test_what_was_written_outlives_a_log_in_that_expired(course, alex, alex_browses):
    address = form_of(alex_browses.get(f"/me/intentions/{course.id}/"))
    alex_browses.logout()
    sent = {"hope": "To sleep.", "show": "yes", "owner": str(alex.account_id), "seen": "0"}
    alex_browses.post(address, sent, headers={"referer": f"http://testserver{address}"})
    alex_browses.force_login(alex.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    says(alex_browses.get(address), "To sleep.", "still here", "checked")


def test_an_empty_form_is_asked_for_a_word(course, alex_browses):
    address = form_of(alex_browses.get(f"/me/intentions/{course.id}/"))
    refused = alex_browses.post(address, {"hope": " "})
    assert refused.status_code == 422
    says(refused, "One word is enough")


def test_the_team_reads_it_and_writes_it_down_together(course, alex_acts, prescriber, client_as):
    write(alex_acts, course, "To sleep.", show=False)
    team = client_as(prescriber)
    says(team.get(f"/courses/{course.id}/intentions/"), "To sleep.", "the person did not wish it")
    address = form_of(team.get(f"/courses/{course.id}/intentions/write/"))
    assert team.get(address).status_code == 200
    page = team.post(address, {"hope": "To sleep longer.", "seen": "1"}, follow=True)
    says(page, "To sleep longer.", "written down together with Pat Prescribes")
    address = form_of(team.get(f"/courses/{course.id}/wishes/write/"))
    page = team.post(address, {"music": "Bach", "touch": "no", "seen": "0"}, follow=True)
    says(page, "Bach", "<strong>no</strong>")


def test_who_has_no_course_is_told_so(alex_browses):
    says(alex_browses.get("/me/intentions/"), "Nothing to write yet")
    assert alex_browses.get(f"/me/intentions/{new_id()}/").status_code == 404
    assert Course.objects.count() == 0
