"""The cockpit: alarms that somebody has to answer, who watches, the chair board, and what costs how many statements."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.integration.pathway.session.conftest import entry
from upwell.access.acting import acting_as
from upwell.pathway.session.actions import record_events
from upwell.pathway.session.beside import beside_fields
from upwell.pathway.session.limits import limits
from upwell.pathway.session.models import Session, SessionEvent

pytestmark = pytest.mark.django_db
BP = "bp_systolic_mmhg"


@pytest.fixture
def monitor(day, client_as):
    return client_as(day.monitor)


@pytest.fixture
def prescriber_client(day, client_as):
    return client_as(day.prescriber)


def page(client, name, *args, **query):
    return client.get(reverse(name, args=args), query).content.decode()


def test_an_alarm_is_open_until_somebody_acknowledges_it_and_everybody_sees_who(
    day, monitor, prescriber_client
):
    day.record(entry("vitals", {"bp_systolic_mmhg": 186, "bp_diastolic_mmhg": 98}, 1))
    shown = page(monitor, "session", day.id)
    assert 'data-alarm="red"' in shown
    assert "Seen, I act" in shown
    answer = monitor.post(reverse("session_record", args=[day.id, "acknowledge"]), {"rule": "session.bp.red"})
    assert answer.status_code == 302
    for client in (monitor, prescriber_client):
        shown = page(client, "session_watch", day.id)
        assert 'data-alarm="red"' not in shown
        assert "seen by" in re.sub(r"\s+", " ", shown)
    with acting_as(day.monitor):
        row = SessionEvent.objects.get(session_id=day.id, body__item="acknowledge:session.bp.red")
    assert row.author_name == day.monitor.name


def test_one_alarm_for_each_rule_however_many_readings_raise_it(day, monitor):
    for minute in (3, 2, 1):
        day.record(entry("vitals", {"spo2_percent": 92}, minute))
    assert page(monitor, "session", day.id).count('data-alarm="amber"') == 1
    with acting_as(day.monitor):
        assert Session.objects.get(id=day.id).alarms_open == 1


def test_an_alarm_that_nobody_answers_stands_out(day, monitor):
    day.record(entry("vitals", {"spo2_percent": 88}, 1))
    assert "alarm--unseen" not in page(monitor, "session", day.id)
    from upwell.pathway.session.log import folded
    from upwell.pathway.session.shown import bedside_of

    with acting_as(day.monitor):
        session = Session.objects.select_related("patient__practice", "course").get(id=day.id)
        later = timezone.now() + timedelta(minutes=3)
        alarms = bedside_of(session, folded(session, later, {}), later).alarms
    assert [one.unseen for one in alarms] == [True]


def test_who_takes_over_is_written_down_and_shown(day, monitor, prescriber_client):
    day.record(entry("arrived", {}, 30))
    assert "I take over" not in page(monitor, "session", day.id)
    assert "I take over" in page(prescriber_client, "session", day.id)
    prescriber_client.post(reverse("session_record", args=[day.id, "watching"]), {"from_device": "tablet"})
    shown = page(monitor, "session", day.id)
    assert "watches from now on" in shown
    assert "I take over" in shown
    assert day.prescriber.name in page(monitor, "chair_board")


def test_the_board_shows_every_chair_with_what_is_wrong(day, monitor):
    day.record(entry("vitals", {"spo2_percent": 88}, 1))
    shown = page(monitor, "chair_board")
    assert "1 alarm that nobody acknowledged" in shown
    assert reverse("session", args=[day.id]) in shown
    assert page(monitor, "chair_board_part").lstrip().startswith('<div id="board"')


def test_the_total_of_the_dissociation_scale_is_a_rating(day, monitor):
    monitor.post(reverse("session_record", args=[day.id, "dissociation"]), {"total": "41"})
    with acting_as(day.monitor):
        row = SessionEvent.objects.get(session_id=day.id, type="scale", body__instrument="cadss")
    assert row.body["total"] == 41
    refused = monitor.post(reverse("session_record", args=[day.id, "dissociation"]), {"total": "93"})
    assert refused.status_code == 422


def test_limits_are_those_of_the_rules():
    assert dict(limits()["spo2_percent"]) == {94: "amber", 90: "red"}
    assert {160: "amber", 180: "red"}.items() <= dict(limits()["bp_systolic_mmhg"]).items()


def test_sedation_is_one_tap_with_its_words_and_can_be_taken_back(day, monitor):
    shown = page(monitor, "session", day.id)
    for value in range(6):
        assert f'name="total" value="{value}"' in shown
    assert "Responds readily to name in normal tone" in shown
    monitor.post(reverse("session_record", args=[day.id, "scale"]), {"instrument": "moaa-s", "total": "4"})
    with acting_as(day.monitor):
        row = SessionEvent.objects.get(session_id=day.id, type="scale")
    assert row.body == {"instrument": "moaa-s", "total": 4}
    assert reverse("session_correct", args=[day.id, row.id]) in page(monitor, "session", day.id)
    correct = reverse("session_correct", args=[day.id, row.id])
    shown = monitor.get(correct).content.decode()
    assert "5 · Responds readily to name in normal tone" in shown
    assert 'name="instrument"' not in shown
    sent = {"do": "replace", "total": "5", "reason": "Tapped beside it."}
    assert monitor.post(correct, sent).status_code == 302
    assert [one.body["total"] for one in day.state.counting if one.type == "scale"] == [5]
    without_network = monitor.get(reverse("bedside_offline")).content.decode()
    assert 'name="total" value="0"' in without_network
    assert "≥160" in without_network


def test_limits_and_the_value_before_the_dose_stand_beside_the_fields(day, monitor):
    day.record(entry("vitals", {"bp_systolic_mmhg": 112, "heart_rate_bpm": 70}, 40))
    day.record(entry("dose-given", {"dose_mg": 28}, 30))
    day.record(entry("vitals", {"bp_systolic_mmhg": 131, "spo2_percent": 97}, 10))
    shown = re.sub("<[^>]+>", "", page(monitor, "session", day.id))
    for words in ("watch ≥152 stop ≥180, &lt;90 before: 112 last: 131", "watch &lt;94 stop &lt;90 last: 97"):
        assert words in re.sub(r"\s+", " ", shown), words


@pytest.mark.parametrize(
    ("before", "watch"),
    [(None, "≥160, +40"), (119, "≥159"), (120, "≥160"), (121, "≥160")],
    ids=["unknown", "the rise comes first", "both at once", "the limit comes first"],
)
def test_a_rise_over_the_value_before_the_dose_is_a_limit_like_others(before, watch):
    at = timezone.now()
    log = [] if before is None else [SimpleNamespace(type="vitals", observed_at=at, body={BP: before})]
    assert beside_fields(log, at)[BP].watch == watch  # type: ignore[arg-type]


def test_several_writers_at_once_all_get_in(day):
    with acting_as(day.monitor):
        record_events(by=day.monitor, session_id=day.id, documents=[entry("note", {"text": "one"}, 1)])
    with acting_as(day.prescriber):
        record_events(by=day.prescriber, session_id=day.id, documents=[entry("note", {"text": "two"}, 1)])
    with acting_as(day.monitor):
        texts = SessionEvent.objects.filter(session_id=day.id, type="note").values_list(
            "body__text", flat=True
        )
        assert set(texts) == {"one", "two"}
