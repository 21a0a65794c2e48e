"""At a distance: off until signed for; a chaperone by a link that opens once; looks, alarms, and what is missed."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from tests.integration.pathway.courses import course_at
from tests.integration.pathway.session.conftest import *  # noqa: F403
from upwell.access.acting import acting_as
from upwell.access.kept import COOKIE
from upwell.access.system import system_actor
from upwell.base.clock import now
from upwell.base.errors import RefusedByRule
from upwell.base.ids import new_id
from upwell.knowledge.remote import load_remote
from upwell.pathway.remote.models import Chaperone, Look
from upwell.pathway.remote.part import look_after, released
from upwell.pathway.remote.switch import is_on, sign
from upwell.pathway.session.actions import open_session
from upwell.pathway.session.models import Session, SessionEvent
from upwell.record.models import Alert

pytestmark = pytest.mark.django_db
GRACE = load_remote().every + load_remote().late_after


@pytest.fixture
def at_home(day):
    """A session in the person's home."""
    with acting_as(system_actor("set-up", day.course.practice_id)):
        Session.objects.filter(id=day.id).update(kind="remote")
    return day


@pytest.fixture
def team(at_home, client_as):
    return client_as(at_home.monitor)


def text(response) -> str:
    return unescape(response.content.decode())


def invited(team, day, name="Joana Silva", phone="+1 312 555 0142"):
    page = team.post(reverse("session_chaperone", args=[day.id]), {"name": name, "phone": phone})
    assert page.status_code == 200, text(page)
    assert COOKIE not in page.cookies  # it is stored: nothing is said to wait for being sent again
    return re.search(r'readonly value="http://testserver([^"]+)"', text(page)).group(1)


def phone_of(team, day) -> Client:
    """The chaperone's phone, with the link opened."""
    phone = Client()
    assert phone.post(invited(team, day)).status_code == 302
    return phone


def attested(team, day) -> Client:
    phone = phone_of(team, day)
    confirmed = [one.id for one in load_remote().attests]
    given = {"what": "attest", "confirmed": confirmed, "name": "Joana Silva"}
    assert phone.post(reverse("chaperone"), given).status_code == 302
    return phone


def look(phone, told="well", **more):
    return phone.post(reverse("chaperone"), {"id": str(new_id()), "told": told, **more})


def on_record(day, model, **wanted):
    with acting_as(day.prescriber):
        return list(model.objects.filter(**wanted))


class TestSwitch:
    def test_off_until_somebody_signs(self, practice, staff, patient_factory):
        course = course_at(
            patient_factory("Home", "Hana"), "induction", substance="racemic-ketamine", route="sublingual"
        )
        monitor, admin = staff("monitor"), staff("admin")
        with acting_as(monitor) as by, pytest.raises(RefusedByRule, match="are off at this practice"):
            open_session(by=by, course=course, kind="remote")
        with acting_as(admin) as by:
            sign(
                by=by,
                practice_id=practice.id,
                practice=practice.name,
                on=True,
                reason="Two hours from the next clinic.",
                name="Ana Admin",
                number=1,
            )
        with acting_as(monitor) as by:
            assert open_session(by=by, course=course, kind="remote").kind == "remote"

    def test_the_alert_is_shown_and_signed_under(self, practice, staff, client_as):
        browser = client_as(staff("admin"))
        page = reverse("remote_switch")
        assert load_remote().alert.words in text(browser.get(page))
        assert browser.post(page, {"number": "1", "reason": " ", "name": "Ana"}).status_code == 422
        assert browser.post(page, {"number": "7", "reason": "Far.", "name": "Ana"}).status_code == 409
        assert browser.post(page, {"number": "1", "reason": "Far.", "name": "Ana"}).status_code == 302
        with acting_as(system_actor("set-up", practice.id)):
            assert is_on(practice.id)
        assert "On: sessions at a distance can be opened." in text(browser.get(page))
        assert browser.post(page, {"number": "2", "reason": "Closed.", "name": "Ana"}).status_code == 302
        with acting_as(system_actor("set-up", practice.id)):
            assert not is_on(practice.id)

    def test_a_monitor_reads_and_does_not_sign(self, practice, staff, client_as):
        browser = client_as(staff("monitor"))
        browser.post(reverse("remote_switch"), {"number": "1", "reason": "Far.", "name": "Mo"})
        with acting_as(system_actor("set-up", practice.id)):
            assert not is_on(practice.id)


class TestLink:
    def test_it_opens_once_and_a_preview_does_not_use_it_up(self, at_home, team):
        link = invited(team, at_home)
        assert "Open it on this phone" in text(Client().get(link))
        phone = Client()
        assert phone.post(link)["Location"] == reverse("chaperone")
        assert Client().post(link).status_code == 410
        assert phone.get(link)["Location"] == reverse("chaperone")
        assert "You watch over" in text(phone.get(reverse("chaperone")))

    def test_a_new_link_ends_the_one_before(self, at_home, team):
        phone = phone_of(team, at_home)
        invited(team, at_home, "Marta")
        assert phone.get(reverse("chaperone")).status_code == 410
        assert look(phone).status_code == 410

    def test_nobody_guesses_one(self, at_home, team):
        assert Client().get(reverse("chaperone_link", args=["guess"])).status_code == 404
        assert Client().get(reverse("chaperone")).status_code == 410

    def test_only_hashes_are_kept(self, at_home, team):
        token = invited(team, at_home).rsplit("/", 2)[1]
        (row,) = on_record(at_home, Chaperone)
        assert token not in str(vars(row))

    def test_the_page_shows_no_more_of_the_person_than_the_given_name(self, at_home, team):
        page = text(attested(team, at_home).get(reverse("chaperone")))
        assert at_home.patient.given_names in page
        assert at_home.patient.family_name not in page

    @pytest.mark.parametrize("typed", [{"name": " ", "phone": "1"}, {"name": "J", "phone": ""}])
    def test_what_is_missing_is_said(self, at_home, team, typed):
        assert team.post(reverse("session_chaperone", args=[at_home.id]), typed).status_code == 422
        assert on_record(at_home, Chaperone) == []

    def test_a_session_in_the_clinic_has_none(self, day, client_as):
        page = reverse("session_chaperone", args=[day.id])
        assert client_as(day.monitor).get(page).status_code == 404


class TestConfirming:
    def test_each_sentence_must_be_confirmed(self, at_home, team):
        phone = phone_of(team, at_home)
        given = {"what": "attest", "confirmed": ["adult"], "name": "Joana"}
        page = phone.post(reverse("chaperone"), given)
        assert page.status_code == 422
        assert "Confirm each sentence." in text(page)
        assert on_record(at_home, Chaperone)[0].attested_at is None

    def test_without_it_no_dose_is_released(self, at_home, team):
        session = on_record(at_home, Session, id=at_home.id)[0]
        with acting_as(at_home.prescriber) as by:
            with pytest.raises(RefusedByRule, match="has not confirmed yet"):
                released(by, session, None, go=True)
            released(by, session, None, go=False)  # to hold is always possible
        attested(team, at_home)
        with acting_as(at_home.prescriber) as by:
            released(by, session, None, go=True)

    def test_no_look_before_it(self, at_home, team):
        assert look(phone_of(team, at_home)).status_code == 409


class TestLooks:
    def test_a_look_is_stored_and_stands_in_the_log(self, at_home, team):
        phone, number = attested(team, at_home), str(new_id())
        for _again in range(2):
            assert look(phone, id=number, words="Asleep, breathes calmly.").status_code == 302
        (row,) = on_record(at_home, Look)
        assert (row.told, row.words) == ("well", "Asleep, breathes calmly.")
        notes = on_record(at_home, SessionEvent, type="note")
        assert [one for one in notes if "Joana Silva looked: all is well. Asleep" in one.body["text"]]
        assert on_record(at_home, Alert, kind="chaperone-alarm") == []

    def test_the_alarm_is_everybodys_at_once(self, at_home, team):
        look(attested(team, at_home), "alarm", words="Does not wake.")
        (alert,) = on_record(at_home, Alert, kind="chaperone-alarm")
        assert alert.escalates_at <= now()
        assert "+1 312 555 0142" in alert.finding["message"]
        assert alert.finding["because"][0]["value"] == "Does not wake."

    def test_a_word_that_is_none_is_refused(self, at_home, team):
        phone = attested(team, at_home)
        assert look(phone, "fine").status_code == 422
        assert on_record(at_home, Look) == []

    def test_a_look_is_never_changed(self, at_home, team):
        look(attested(team, at_home))
        with (
            acting_as(at_home.prescriber),
            pytest.raises(DatabaseError),
            transaction.atomic(),
        ):
            Look.objects.update(words="other")


class TestMissed:
    @pytest.mark.parametrize(("over", "count"), [(-1, 0), (1, 1)])
    def test_a_look_that_does_not_come_alarms_the_team_once(self, at_home, team, over, count):
        attested(team, at_home)
        given = now()
        with acting_as(system_actor("job", at_home.course.practice_id)) as by:
            Session.objects.filter(id=at_home.id).update(first_dose_at=given)
            for _round in range(2):
                look_after(by, given + GRACE + timedelta(minutes=over))
        assert len(on_record(at_home, Alert, kind="chaperone-missed")) == count

    def test_a_look_begins_the_time_anew_and_the_next_one_missed_alarms_again(self, at_home, team):
        phone = attested(team, at_home)
        with acting_as(system_actor("job", at_home.course.practice_id)) as by:
            Session.objects.filter(id=at_home.id).update(first_dose_at=now() - timedelta(hours=1))
            look_after(by, now())
        look(phone)
        with acting_as(system_actor("job", at_home.course.practice_id)) as by:
            Session.objects.filter(id=at_home.id).update(first_dose_at=now() - timedelta(hours=1))
            look_after(by, now() + timedelta(minutes=1))
            assert Alert.objects.filter(kind="chaperone-missed").count() == 1
            look_after(by, now() + GRACE + timedelta(minutes=1))
        assert len(on_record(at_home, Alert, kind="chaperone-missed")) == 2

    def test_nothing_is_asked_before_a_dose_or_after_the_end(self, at_home, team):
        attested(team, at_home)
        with acting_as(system_actor("job", at_home.course.practice_id)) as by:
            look_after(by, now() + timedelta(days=1))
            Session.objects.filter(id=at_home.id).update(first_dose_at=now(), over_at=now())
            look_after(by, now() + timedelta(days=1))
        assert on_record(at_home, Alert, kind="chaperone-missed") == []

    def test_today_says_who_is_to_be_invited_and_called(self, at_home, team):
        assert "Invite the chaperone" in text(team.get("/today/"))
        attested(team, at_home)
        assert "Invite the chaperone" not in text(team.get("/today/"))
        with acting_as(system_actor("set-up", at_home.course.practice_id)):
            Session.objects.filter(id=at_home.id).update(first_dose_at=now() - timedelta(minutes=20))
        assert "Call the home: a look is late" in text(team.get("/today/"))


def test_the_end_of_the_session_is_told_and_closes_the_page(at_home, team):
    phone = attested(team, at_home)
    with acting_as(system_actor("set-up", at_home.course.practice_id)):
        Session.objects.filter(id=at_home.id).update(over_at=now())
    assert "The session is over" in text(phone.get(reverse("chaperone")))
    assert look(phone).status_code == 409


def test_another_practice_sees_nothing(at_home, team, client_as, staff, other_practice):
    attested(team, at_home)
    other = client_as(staff("monitor", at=other_practice))
    assert other.get(reverse("session_chaperone", args=[at_home.id])).status_code == 404
