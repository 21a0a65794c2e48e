"""Written down without a log-in: a pass opens one session, to one author, for observations, until it ends."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from tests.integration.pathway.session.tablets import VITALS, Tablet, seal
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.access.who import staff_actor
from upwell.audit.models import AuditEntry
from upwell.base.clock import now
from upwell.base.errors import NotPermitted
from upwell.base.ids import new_id
from upwell.pathway.session.intents import order_dose
from upwell.pathway.session.models import SessionEvent, SessionQuarantine
from upwell.pathway.session.tablet import actions, sealed
from upwell.pathway.session.tablet.actions import holder_of, pass_of
from upwell.pathway.session.tablet.models import WritingPass
from upwell.people.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def tablet(day, client_as):
    found = Tablet(client_as(day.monitor), day.id)
    assert found.open().status_code == 200
    return found


@pytest.fixture
def nobody():
    """The same tablet after the log-in has expired."""
    return Client()


def rows(day, model=SessionEvent):
    order = "observed_at" if model is SessionEvent else "received_at"
    with acting_as(day.monitor):
        return list(model.objects.filter(session_id=day.id).order_by(order, "id"))


def the_pass(day):
    with acting_as(day.monitor):
        return WritingPass.objects.get(session_id=day.id)


def change_pass(day, **to):
    with acting_as(day.monitor):
        WritingPass.objects.filter(session_id=day.id).update(**to)


def test_written_without_a_log_in(day, tablet, nobody):
    answer = tablet.deliver(tablet.write(), nobody)
    assert answer.status_code == 201
    assert answer.json()["stored"] is True
    [row] = rows(day)
    assert (row.type, row.body["bp_systolic_mmhg"], row.device) == ("vitals", 124, "tablet-2")
    assert (row.author, row.author_role, row.author_name) == (
        str(day.monitor.account_id),
        "monitor",
        "Luis Ortega",
    )
    with acting_as(system_actor("count")):
        [told] = AuditEntry.objects.filter(action="session.recorded", object_id=day.id)
    assert (told.purpose, told.account_id) == ("bedside-pass", day.monitor.account_id)


def test_delivered_twice_and_in_reverse_it_is_there_once(day, tablet, nobody):
    envelopes = [tablet.write(ago=ago) for ago in (3, 2, 1)]
    first = {one["id"]: tablet.deliver(one, nobody).json() for one in reversed(envelopes)}
    again = [tablet.deliver(one, client).json() for one in envelopes for client in (nobody, tablet.client)]
    assert [str(row.id) for row in rows(day)] == [one["id"] for one in envelopes]
    assert not any(one["duplicate"] for one in first.values())
    for one in again:
        assert one["stored"]
        assert one["duplicate"]
        stored = next(row for row in rows(day) if str(row.id) == one["id"])
        assert one["original"] == {"id": one["id"], "received_at": stored.received_at.isoformat()}


def test_same_id_with_other_content_is_set_aside_and_shown(day, tablet, nobody):
    number = str(new_id())
    tablet.deliver(tablet.write(number=number), nobody)
    other = tablet.deliver(tablet.write(fields=VITALS | {"heart_rate_bpm": "140"}, number=number), nobody)
    assert (other.status_code, other.json()["set_aside"]) == (201, True)
    assert rows(day)[0].body["heart_rate_bpm"] == 71
    assert "140" in tablet.client.get(f"/sessions/{day.id}/log/").content.decode()


def test_a_tablet_keeps_its_pass(day, tablet):
    assert tablet.open().json()["token"] is None
    change_pass(day, expires_at=now() + timedelta(hours=1))
    assert tablet.open().json()["token"]


def test_only_a_hash_is_kept(day, tablet):
    assert the_pass(day).token_hash == actions.hash_of(tablet.token)
    with acting_as(day.monitor), pytest.raises(DatabaseError), transaction.atomic():
        WritingPass.objects.filter(session_id=day.id).update(token_hash=tablet.token)


def test_another_practice_sees_no_pass(day, tablet, other_practice, account_factory):
    stranger = account_factory("A stranger")
    with acting_as(system_actor("set-up")):
        there = Membership.objects.create(account=stranger, practice=other_practice, roles=["monitor"])
    with acting_as(staff_actor(there, "A stranger")):
        assert not WritingPass.objects.exists()
    with acting_as(day.monitor):
        assert WritingPass.objects.count() == 1


def test_a_pass_is_of_one_session(day, tablet, nobody, patient_factory, client_as):
    """A token of one session opens no other, whatever was sealed for it."""
    from tests.integration.pathway.courses import course_at
    from upwell.pathway.session.actions import open_session

    other = course_at(
        patient_factory("Other", "Ola"), "induction", substance="esketamine", route="intranasal"
    )
    with acting_as(day.monitor) as by:
        session = open_session(by=by, course=other)
    envelope = seal(
        sealed.public_key(session.id),
        str(session.id),
        str(new_id()),
        {"token": tablet.token, "what": "vitals", "fields": VITALS, "device_at": now().isoformat()},
    )
    assert tablet.deliver(envelope, nobody).status_code == 401
    with acting_as(day.monitor):
        assert not SessionEvent.objects.filter(session_id=session.id).exists()


@pytest.mark.parametrize("what", ["ordered", "discharged", "gate-decided", "correction", "order"])
def test_a_pass_decides_nothing(day, tablet, nobody, what):
    answer = tablet.deliver(tablet.write(what=what), nobody)
    assert answer.json().get("set_aside", True)
    assert rows(day) == []


def test_whoever_holds_a_pass_may_not_order(day, client_as):
    tablet = Tablet(client_as(day.prescriber), day.id)
    tablet.open()
    holder = holder_of(pass_of(tablet.token, day.id))
    with pytest.raises(NotPermitted):
        order_dose(by=holder, session_id=day.id, wanted=None)


def test_a_pass_that_ended_needs_somebody_signed_in(day, tablet, nobody, client_as):
    before = tablet.write(ago=90)
    change_pass(day, expires_at=now() - timedelta(minutes=60))
    refused = tablet.deliver(before, nobody)
    assert (refused.status_code, refused.json()["code"], refused.json()["stored"]) == (401, "sign-in", False)
    assert rows(day) == []
    assert tablet.deliver(before, client_as(day.prescriber)).status_code == 201
    assert rows(day)[0].author == str(day.monitor.account_id)  # who wrote it, not who delivered it
    after = tablet.deliver(tablet.write(ago=10), client_as(day.prescriber))
    assert after.json()["set_aside"]
    assert len(rows(day)) == 1


def test_what_a_lost_tablet_still_sends_is_set_aside_and_can_be_taken(day, tablet, nobody, client_as):
    one = tablet.write()
    page = f"/sessions/{day.id}/tablets/"
    prescriber = client_as(day.prescriber)
    assert "Luis Ortega" in prescriber.get(page).content.decode()
    prescriber.post(page, {"pass": str(the_pass(day).id)})
    assert tablet.deliver(one, nobody).status_code == 401
    taken = tablet.deliver(one, prescriber)
    assert taken.json()["set_aside"]
    assert rows(day) == []
    assert len(rows(day, SessionQuarantine)) == 1
    assert tablet.deliver(one, prescriber).json()["duplicate"]
    log = prescriber.get(f"/sessions/{day.id}/log/").content.decode()
    assert "withdrawn" in log
    assert "Luis Ortega" in log
    mended = prescriber.post(
        f"/sessions/{day.id}/log/{one['id']}/correct/", VITALS | {"reason": "Luis confirms it."}
    )
    assert mended.status_code == 302
    assert day.state.counting[-1].body["bp_systolic_mmhg"] == 124


def test_who_left_the_staff_writes_no_more(day, tablet, nobody, client_as):
    one = tablet.write()
    with acting_as(system_actor("set-up")):
        Membership.objects.filter(account_id=day.monitor.account_id).update(active=False)
    assert tablet.deliver(one, nobody).status_code == 401
    assert tablet.deliver(one, client_as(day.prescriber)).json()["set_aside"]


@pytest.mark.parametrize("minutes", [7, -7])
@pytest.mark.parametrize("knows_clock", [True, False])
def test_a_clock_that_is_off_is_measured_flagged_and_corrected(day, tablet, nobody, minutes, knows_clock):
    wrong = Tablet(tablet.client, day.id, minutes_off=minutes)
    wrong.open()
    wrong.knows_clock = knows_clock
    right_before, right_after = tablet.write(ago=12), tablet.write(ago=8)
    between = wrong.write(ago=10)
    told = [tablet.deliver(one, nobody) for one in (right_after, right_before)]
    told.append(wrong.deliver(between, nobody))
    assert [str(row.id) for row in rows(day)] == [right_before["id"], between["id"], right_after["id"]]
    row = rows(day)[1]
    assert row.clock_off_s == pytest.approx(minutes * 60, abs=5)
    assert abs(row.observed_at - (now() - timedelta(minutes=10))) < timedelta(seconds=10)
    flagged = {flag.event: flag for flag in _folded(day).state.flags if flag.flag == "clock-corrected"}
    assert set(flagged) == {between["id"]}
    assert "7 minutes" in flagged[between["id"]].more
    assert any("clock" in words for words in told[-1].json()["told"])


def _folded(day):
    from upwell.pathway.session.log import folded

    row = day.row
    with acting_as(day.monitor):
        return folded(row, now())


def test_a_wrong_envelope_stays_on_the_device(day, tablet, nobody):
    good = tablet.write()
    for damaged in (
        {},
        "x",
        good | {"v": 2},
        good | {"id": "none"},
        good | {"id": str(new_id())},  # another outside than it was sealed with
        good | {"session": str(new_id())},
        good | {"sealed": good["sealed"][:-8] + "AAAAAAA="},
        good | {"point": good["iv"]},
        good | {"iv": "é"},
        good | {"sealed": "A" * 500_000},
    ):
        answer = tablet.deliver(damaged, nobody)
        assert answer.status_code == 422, damaged
        assert answer.json()["stored"] is False
    for body, kind in (("[]", "application/json"), ("{", "application/json"), ("{}", "text/plain")):
        assert nobody.post("/sessions/deliver/", body, content_type=kind).status_code == 422
    assert rows(day) == []


def test_what_no_form_knows_is_set_aside(day, tablet, nobody):
    for what, fields in (("vitals", {"bp_systolic_mmhg": "12/80"}), ("nothing", {"a": "b"}), ("vitals", [1])):
        answer = tablet.deliver(tablet.write(what=what, fields=fields), nobody)
        assert answer.status_code == 201, answer.content
        assert answer.json()["set_aside"]
    assert len(rows(day, SessionQuarantine)) == 3


def test_01_30_comes_twice_and_no_interval_changes(day, tablet, nobody, practice):
    with acting_as(system_actor("set-up")):
        practice.time_zone = "America/Chicago"
        practice.save()
    first = datetime.fromisoformat("2025-11-02T01:30:00-05:00")
    moments = [
        first,
        first + timedelta(minutes=40),
        first + timedelta(hours=1),
        first + timedelta(minutes=100),
    ]
    for moment in moments:
        content = {"clock_off_ms": 0, "device_at": moment.isoformat()}
        assert tablet.deliver(tablet.write(**content), nobody).status_code == 201
    assert [row.observed_at for row in rows(day)] == moments


def test_the_page_without_a_network_says_nothing_about_anybody(day, tablet):
    """Every form that is sent from a tablet, the emergency steps, and neither a name nor a token."""
    page = tablet.client.get("/bedside/offline/").content.decode()
    for what in ("vitals", "dose", "infusion", "scale", "words", "medicine", "adverse", "arrived"):
        assert f"/record/{what}/" in page
    assert "emergency__steps" in page
    for known in ("Luis", "Ferreira", "Maya", "csrfmiddlewaretoken", str(day.id), str(day.patient.id)):
        assert known not in page


def test_the_service_worker_names_what_it_keeps(nobody):
    answer = nobody.get("/sw.js")
    script = answer.content.decode()
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    assert 'const SHELL = "/bedside/offline/"' in script
    for kept in ("tablet/offline", "session/entering", "upwell/js/outbox", "upwell/css/session"):
        assert f"/static/{kept}" in script
    assert "/sessions/" not in script.split("ASSETS = ")[1].split("\n")[0]


def test_an_hour_that_comes_twice_is_shown_with_its_zone(day, tablet, nobody, practice):
    """A time that is typed is the later one; both are told apart in the log, 60 minutes from each other."""
    with acting_as(system_actor("set-up")):
        practice.time_zone = "America/Chicago"
        practice.save()
    first = datetime.fromisoformat("2025-11-02T01:30:00-05:00")
    tablet.deliver(tablet.write(device_at=first.isoformat(), clock_off_ms=0), nobody)
    tablet.deliver(tablet.write(fields=VITALS | {"observed": "2025-11-02T01:30"}), nobody)
    [one, other] = rows(day)
    assert other.observed_at - one.observed_at == timedelta(minutes=60)
    log = tablet.client.get(f"/sessions/{day.id}/log/").content.decode()
    assert "01:30 CDT" in log
    assert "01:30 CST" in log
