"""Who is there: one monitor for several chairs, groups, the practice's own limits, a dose held in the mouth."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.integration.pathway.courses import course_at
from tests.integration.pathway.session.conftest import Day, entry
from tests.integration.pathway.session.test_pages import text
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.access.who import staff_actor
from upwell.base.errors import BadInput, NotFound, NotPermitted, RefusedByRule, StaleState
from upwell.base.ids import new_id
from upwell.pathway.session.models import Session, SessionEvent
from upwell.pathway.session.staffing.actions import join_group, make_group, set_rule, tell_group
from upwell.pathway.session.staffing.models import Place, SessionGroup
from upwell.pathway.session.staffing.queries import staffed, who_watches
from upwell.people.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def monitor(day, client_as):
    return client_as(day.monitor)


@pytest.fixture
def other_day(practice, patient_factory, account_factory, staff):
    patient = patient_factory("Okafor", "Ada", sex="female", account=account_factory("Ada Okafor"))
    course = course_at(patient, "induction", substance="esketamine", route="intranasal")
    return Day(practice, course.patient, staff, course)


@pytest.fixture
def limits(staff):
    """``limits(chairs_per_monitor=2)`` is what the practice set."""
    admin, numbers = staff("admin"), iter(range(1, 100))

    def set_limits(**limits):
        with acting_as(admin) as by:
            return set_rule(by=by, number=next(numbers), **limits)

    return set_limits


def record(browser, day, what, **sent):
    answer = browser.post(reverse("session_record", args=[day.id, what]), {"id": str(new_id()), **sent})
    assert answer.status_code == 302, text(answer)


def kind_of(day, kind):
    with acting_as(system_actor("set-up", day.course.practice_id)):
        Session.objects.filter(id=day.id).update(kind=kind)


def notes(day):
    with acting_as(day.monitor):
        rows = SessionEvent.objects.filter(session_id=day.id, type="note")
        return [(str(row.id), row.body["text"]) for row in rows.order_by("id")]


# The team


def test_the_team_is_written_down_and_shown_at_the_bedside(day, monitor):
    page = text(monitor.get(reverse("session", args=[day.id])))
    assert "nobody is named who can be reached" in page
    gate = text(monitor.get(reverse("session_gate", args=[day.id])))
    assert "No prescriber is named who is on site or can be reached at once" in gate
    record(
        monitor, day, "team", prescriber="Dr. Daniel Cho", prescriber_on_site="no", reached_by="+1 555 0100",
        in_the_room="Ana Costa", staff_in_room="1",
    )  # fmt: skip
    page = text(monitor.get(reverse("session", args=[day.id])))
    for said in ("Dr. Daniel Cho", "off site", "+1 555 0100", "Ana Costa"):
        assert said in page
    assert "nobody is named who can be reached" not in page
    gate = text(monitor.get(reverse("session_gate", args=[day.id])))
    assert "No prescriber is named" not in gate
    log = text(monitor.get(reverse("session_log", args=[day.id])))
    assert "prescriber: Dr. Daniel Cho, off site, +1 555 0100" in log
    assert "<strong>Team</strong>" in log


def test_nothing_filled_in_is_said_and_a_page_says_what_is_wrong(day, monitor):
    address = reverse("session_record", args=[day.id, "team"])
    assert monitor.post(address, {"staff_in_room": "many"}).status_code == 422
    assert monitor.post(address, {}).status_code == 422
    assert not [one for one in day.state.timeline if one.type == "setting"]


def test_the_caution_asks_for_no_decision(day):
    day.order()
    day.arrive(ago=5)
    day.go()
    assert str(day.state.state) == "ready"


# One monitor for several chairs


def dosed(day):
    day.order()
    day.arrive(ago=60)
    day.go()
    day.dose(ago=20, device=1)


def test_one_monitor_of_two_chairs_is_counted_against_the_practices_own_limit(
    day, other_day, monitor, limits, client_as
):
    for one in (day, other_day):
        dosed(one)
        record(monitor, one, "watching")
    with acting_as(day.monitor):
        found = staffed(day.row)
        assert (found.monitor_name, found.watched, found.limit, found.is_above) == (
            "Luis Ortega",
            2,
            None,
            False,
        )
    page = text(monitor.get(reverse("session", args=[day.id])))
    assert "Luis Ortega" in page
    assert "watches 2 people after a dose" in page
    assert (
        "limit" not in page.split('class="facts team"')[1].split("</dl>")[0]
    )  # none is set: the count alone
    limits(chairs_per_monitor=2)
    assert "above the limit" not in text(monitor.get(reverse("session", args=[day.id])))
    limits(chairs_per_monitor=1)
    assert "above the limit" in text(monitor.get(reverse("session", args=[day.id])))
    board = text(monitor.get(reverse("who_watches")))
    assert "2 people after a dose" in board
    assert "above the limit" in board
    second = client_as(other_day.monitor)  # takes over
    record(second, other_day, "watching")
    with acting_as(day.monitor):
        counts = {one.monitor_id: one.dosed for one in who_watches(day.course.practice_id)}
    assert counts == {day.monitor.account_id: 1, other_day.monitor.account_id: 1}
    other_day.record(entry("ended", {"disposition": "eloped"}))
    with acting_as(day.monitor):
        assert [one.dosed for one in who_watches(day.course.practice_id)] == [1]


def test_a_wrong_entry_about_who_watches_is_corrected(day, monitor):
    record(monitor, day, "watching")
    event = next(one for one in day.state.timeline if one.type == "setting")
    monitor.post(
        reverse("session_correct", args=[day.id, event.id]),
        {"error": "on", "reason": "wrong chair", "do": "error"},
    )
    with acting_as(day.monitor):
        place = Place.objects.get(session_id=day.id)
    assert (place.monitor_id is None) is (day.state.team.monitor_id == "")


# The practice's limits


def test_limits_are_the_practices_own_and_empty_ones_stay_empty(staff, client_as, practice):
    admin = client_as(staff("admin"))
    page = text(admin.get(reverse("staffing_rule")))
    assert "[NR]" in page
    sent = {
        "chairs_per_monitor": "3",
        "people_per_staff": "",
        "prescriber_line": "+1 555 0199",
        "number": "1",
    }
    assert admin.post(reverse("staffing_rule"), sent).status_code == 302
    assert admin.post(reverse("staffing_rule"), sent).status_code == 422  # somebody set it meanwhile
    for wrong in ("0", "-1", "many", "1001", "2.5"):
        answer = admin.post(reverse("staffing_rule"), sent | {"number": "2", "chairs_per_monitor": wrong})
        assert answer.status_code == 422
    assert client_as(staff("monitor")).get(reverse("staffing_rule")).status_code == 403


def test_who_may_not_set_limits_is_refused(staff, limits):
    with acting_as(staff("monitor")) as by, pytest.raises(NotPermitted):
        set_rule(by=by, number=1)
    limits(chairs_per_monitor=2)
    with acting_as(staff("admin")) as by:
        with pytest.raises(StaleState):
            set_rule(by=by, number=1)
        with pytest.raises(BadInput):
            set_rule(by=by, number=2, people_per_staff=0)


# Groups


@pytest.fixture
def group(day, other_day):
    """Two people in one group."""
    for one in (day, other_day):
        kind_of(one, "group")
    with acting_as(day.monitor) as by:
        made = make_group(by=by, name="Thursday morning")
        for one in (day, other_day):
            join_group(by=by, session_id=one.id, group_id=made.id)
    return made


def test_one_page_shows_everybody_of_a_group(group, day, other_day, monitor, limits, count_queries):
    dosed(other_day)
    address = reverse("group", args=[group.id])
    page = text(monitor.get(address))
    for said in ("Maya Ferreira", "Ada Okafor", "2 people", "nobody said how many staff", "no limit is set"):
        assert said in page
    assert f'href="{reverse("session", args=[other_day.id])}"' in page
    limits(people_per_staff=1)
    monitor.post(reverse("group_tell", args=[group.id]), {"what": "staff", "staff_in_room": "1"})
    assert "above the limit" in text(monitor.get(address))
    monitor.post(reverse("group_tell", args=[group.id]), {"what": "staff", "staff_in_room": "2"})
    page = text(monitor.get(address))
    assert "staff in the room: 2" in page
    assert "above the limit" not in page
    assert count_queries(lambda: monitor.get(address)) <= 12


def test_a_note_to_the_group_stands_once_in_each_log(group, day, other_day, monitor):
    number = str(new_id())
    for _twice in range(2):
        sent = {"id": number, "text": "The music was changed."}
        assert monitor.post(reverse("group_tell", args=[group.id]), sent).status_code == 302
    mine, theirs = notes(day), notes(other_day)
    assert [words for _id, words in mine] == [words for _id, words in theirs] == ["The music was changed."]
    assert mine[0][0] != theirs[0][0]


def test_nobody_of_the_group_stands_on_anothers_chart(group, day, other_day, monitor):
    for name in ("session", "session_log", "session_gate", "session_leave"):
        page = text(monitor.get(reverse(name, args=[day.id])))
        assert "Okafor" not in page, name
    assert "Thursday morning" in text(monitor.get(reverse("session", args=[day.id])))


@pytest.mark.parametrize(
    "sent", [{"text": " "}, {"text": ""}, {"what": "staff"}, {"what": "staff", "staff_in_room": "-1"},
             {"what": "staff", "staff_in_room": "²"}, {"what": "staff", "staff_in_room": "9" * 5000}]
)  # fmt: skip
def test_what_can_not_be_told_to_a_group_is_said(group, monitor, day, sent):
    assert monitor.post(reverse("group_tell", args=[group.id]), sent).status_code == 422
    assert notes(day) == []


def test_a_session_of_one_person_joins_no_group(day, group, patient_factory, staff):
    kind_of(day, "individual")
    with acting_as(day.monitor) as by, pytest.raises(RefusedByRule):
        join_group(by=by, session_id=day.id, group_id=group.id)


def test_another_practice_knows_nothing_of_a_group(group, day, other_practice, account_factory, client_as):
    account = account_factory("Eve Else")
    membership = Membership.objects.create(account=account, practice=other_practice, roles=["monitor"])
    stranger = staff_actor(membership, account.name)
    with acting_as(stranger) as by:
        assert not Place.objects.exists()
        assert not SessionGroup.objects.exists()
        with pytest.raises(NotFound):
            tell_group(by=by, group_id=group.id, kind="note", body={"text": "x"}, note_id=new_id())
    assert client_as(account).get(reverse("group", args=[group.id])).status_code == 404


def test_a_group_session_is_opened_with_its_group(
    practice, patient_factory, account_factory, staff, client_as
):
    patient = patient_factory("Lund", "Ida", sex="female", account=account_factory("Ida Lund"))
    course = course_at(patient, "induction", substance="esketamine", route="intranasal")
    browser = client_as(staff("monitor"))
    address = reverse("session_new", args=[course.id])
    refused = browser.post(address, {"kind": "group"})
    assert refused.status_code == 409
    assert "Choose the group" in text(refused)
    assert browser.post(address, {"kind": "group", "group_name": "Evening"}).status_code == 302
    with acting_as(staff("prescriber")):
        assert Place.objects.get(session__course_id=course.id).group.name == "Evening"


def test_a_place_is_one_for_each_session(group, day):
    with acting_as(day.monitor) as by, pytest.raises(IntegrityError), transaction.atomic():
        Place.objects.create(practice_id=by.practice_id, patient=day.patient, session_id=day.id)


# Held in the mouth


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"held_min": "12", "then": "spat"}, "held for 12 min, then spat out"),
        ({"held_min": "10", "then": "swallowed"}, "held for 10 min, then swallowed"),
        ({"then": "swallowed"}, "swallowed; how long it was held is not on record"),
    ],
)
def test_a_dose_under_the_tongue_is_held_then_spat_or_swallowed(day, monitor, sent, says):
    with acting_as(system_actor("set-up", day.course.practice_id)):
        Session.objects.filter(id=day.id).update(route="sublingual", substance="racemic-ketamine")
    assert "Held in the mouth" in text(monitor.get(reverse("session", args=[day.id])))
    record(monitor, day, "held", **sent)
    page = text(monitor.get(reverse("session_log", args=[day.id])))
    assert "<strong>Held in the mouth</strong>" in page
    assert says in page


def test_by_another_route_nobody_is_asked_about_the_mouth(day, monitor):
    assert "Held in the mouth" not in text(monitor.get(reverse("session", args=[day.id])))
    assert (
        monitor.post(reverse("session_record", args=[day.id, "held"]), {"held_min": "3"}).status_code == 422
    )
