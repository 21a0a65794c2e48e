"""Set and setting: music, eyeshade, therapist, touch, intentions: written down, and in sight at the bedside."""

from __future__ import annotations

import html
import json

import pytest
from django.urls import reverse

from tests.integration.pathway.courses import course_at
from tests.integration.pathway.session.conftest import Day, entry
from upwell.access.acting import acting_as
from upwell.base.clock import now
from upwell.base.ids import new_id
from upwell.knowledge.protocols import load_protocol
from upwell.pathway.preparation.models import Intention, SettingWish
from upwell.pathway.session.ordering import Wanted

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def monitor(day, client_as):
    return client_as(day.monitor)


def bedside(client, day):
    return html.unescape(client.get(reverse("session", args=[day.id])).content.decode())


def send(client, day, what, **sent):
    return client.post(reverse("session_record", args=[day.id, what]), sent)


def test_the_room_is_written_down_and_stands_at_the_bedside(day, monitor):
    answer = send(monitor, day, "setting", music="Satie, very low", eyeshade="on", touch="ask", light="")
    assert answer.status_code == 302
    assert day.state.timeline[-1].body == {"music": "Satie, very low", "eyeshade": True, "touch": "ask"}
    page = bedside(monitor, day)
    for words in ("<bdi>Satie, very low</bdi>", "Eyeshade", "Touch, asked today", "ask each time"):
        assert words in page
    send(monitor, day, "setting", eyeshade="off", touch="no")
    page = bedside(monitor, day)
    assert "no touch" in page
    assert "Satie, very low" in page  # what nobody changed stays


def test_a_therapist_comes_and_goes(day, monitor):
    send(monitor, day, "therapist", present="yes")
    assert "in the room" in bedside(monitor, day)
    send(monitor, day, "therapist", present="no")
    assert "not in the room" in bedside(monitor, day)
    assert [one.body for one in day.state.timeline] == [{"present": True}, {"present": False}]


@pytest.mark.parametrize(("what", "sent", "says"), [
    ("setting", {}, "Nothing is filled in yet"),
    ("setting", {"touch": "maybe"}, "not one of the available choices"),
    ("setting", {"music": "x" * 501}, "at most 500"),
    ("therapist", {"present": "perhaps"}, ""),
    ("therapist", {}, ""),
])  # fmt: skip
def test_what_can_not_be_is_refused(day, monitor, what, sent, says):
    answer = send(monitor, day, what, **sent)
    assert answer.status_code == 422
    assert says in html.unescape(answer.content.decode())
    assert day.state.timeline == ()


def test_a_dose_that_asks_for_a_therapist_says_that_none_is_there(
    practice, staff, patient_factory, account_factory, client_as
):
    patient = patient_factory("Ferreira", "Maya", sex="female", account=account_factory("Maya Ferreira"))
    day = Day(
        practice, patient, staff, course_at(patient, "induction", substance="racemic-ketamine", route="im")
    )
    client = client_as(day.monitor)
    day.order(wanted=Wanted("racemic-ketamine", "im", load_protocol("im"), None, 0.5, 82.0))
    assert "This dose asks for one in the room" not in bedside(client, day)
    day.order(wanted=Wanted("racemic-ketamine", "im", load_protocol("im"), None, 1.2, 82.0))
    assert "This dose asks for one in the room" in bedside(client, day)
    day.record(entry("therapist", {"present": True}))
    assert "This dose asks for one in the room" not in bedside(client, day)


def test_intentions_are_in_sight_only_if_the_person_wishes(day, monitor):
    def write(number, show):
        with acting_as(day.monitor):
            Intention.objects.create(
                practice_id=day.course.practice_id, patient=day.patient, course=day.course, number=number, at=now(),
                hope="To look at the sea again.", show_at_session=show,
            )  # fmt: skip

    write(1, False)
    assert "To look at the sea again." not in bedside(monitor, day)
    write(2, True)
    assert "To look at the sea again." in bedside(monitor, day)


def test_what_the_person_wished_stands_beside_what_was_said_today(day, monitor):
    with acting_as(day.monitor):
        SettingWish.objects.create(
            practice_id=day.course.practice_id, patient=day.patient, course=day.course, number=1, at=now(),
            music="Nothing with words", touch="no",
        )  # fmt: skip
    send(monitor, day, "setting", touch="ask")
    page = bedside(monitor, day)
    assert "No touch." in page
    assert "ask each time" in page
    assert "Nothing with words" in page


def test_the_outbox_takes_it_too(day, monitor):
    sent = {"eyeshade": "on", "id": str(new_id()), "observed_at": now().isoformat()}
    answer = monitor.post(
        reverse("session_record", args=[day.id, "setting"]), sent, HTTP_ACCEPT="application/json"
    )
    assert json.loads(answer.content)["stored"]
    assert day.state.timeline[-1].body == {"eyeshade": True}
