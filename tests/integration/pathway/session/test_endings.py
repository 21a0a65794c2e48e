"""The endings that are no discharge: always accepted, each with its own task in time, and none of them a discharge."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.integration.pathway.session.conftest import entry
from tests.integration.pathway.session.test_pages import text
from upwell.access.acting import acting_as
from upwell.access.local_time import local_time
from upwell.access.who import patient_actor
from upwell.base.clock import now
from upwell.knowledge.aftercare import load_aftercare
from upwell.pathway.parts import Urgency, waiting_for
from upwell.pathway.session.actions import correct_event
from upwell.record.models import Alert, Task

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def monitor(day, client_as):
    return client_as(day.monitor)


def dosed(day):
    day.order()
    day.arrive(ago=120)
    day.go()
    day.dose(ago=60, device=1)


def tasks(day, **wanted):
    with acting_as(day.prescriber):
        return list(Task.objects.filter(kind__startswith="after-", **wanted).order_by("raised_at"))


def at_clock(day, moment):
    with local_time(day.row.practice.time_zone):
        return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


ENDINGS = [
    # which, asked for, alerts, gets what to do until tomorrow
    ("against-advice", ("capacity_note", "who_was_called", "follow_up"), False, True),
    ("eloped", ("who_was_called", "follow_up"), True, True),
    ("transferred-ems", ("who_was_called", "capacity_note", "follow_up"), False, False),
    ("admitted", ("who_was_called", "capacity_note", "follow_up"), False, False),
    ("died", ("who_was_called", "follow_up"), True, False),
]


@pytest.mark.parametrize(("how", "asked", "alerts", "goes_home"), ENDINGS)
def test_an_ending_of_its_own(day, monitor, how, asked, alerts, goes_home):
    dosed(day)
    page = monitor.get(reverse("session_end", args=[day.id]), {"how": how})
    assert tuple(name for name in page.context["form"].fields if name != "observed") == asked
    when = now() - timedelta(minutes=10)
    sent = {"observed": at_clock(day, when), "who_was_called": "The sister", "follow_up": "Calls at six"}
    gone = monitor.post(f"{reverse('session_end', args=[day.id])}?how={how}", sent)
    assert gone.status_code == 302
    row = day.row
    assert (row.stands, row.ended_as) == ("ended", how)
    assert abs(row.over_at - when) < timedelta(minutes=1)
    assert not any(one.type == "discharged" for one in day.state.timeline)
    (task,) = tasks(day)
    assert task.kind == f"after-{how}"
    assert task.detail["words"] == "Calls at six"
    with acting_as(day.prescriber) as by:
        line = next(one for one in waiting_for(by, now()) if str(task.id) in one.url)
        assert line.due == task.due_at
        assert line.urgency is (Urgency.WORRYING if task.due_at <= now() else Urgency.DUE)
        assert Alert.objects.filter(kind=f"session-{how}").count() == alerts
    with acting_as(patient_actor(day.patient.account_id, "Maya", (day.patient.id,))) as person:
        told = [one.what for one in waiting_for(person, now())]
        assert ("Read what to do until tomorrow" in told) is goes_home


def test_not_dosed_says_why(day, monitor):
    day.arrive()
    page = monitor.get(reverse("session_end", args=[day.id]))
    assert "No dose was given" in text(page)
    where = f"{reverse('session_end', args=[day.id])}?how=not-dosed"
    assert monitor.post(where, {"reason": "Blood pressure"}).status_code == 302
    assert day.row.ended_as == "not-dosed"
    assert [one.body["text"] for one in day.state.timeline if one.type == "note"] == ["Blood pressure"]
    (task,) = tasks(day)
    assert task.due_at > now()


def test_after_a_dose_nobody_can_say_that_none_was_given(day, monitor):
    dosed(day)
    page = monitor.get(reverse("session_end", args=[day.id]))
    assert "No dose was given" not in text(page)


def test_an_ending_needs_no_words_and_no_future(day, monitor):
    dosed(day)
    where = f"{reverse('session_end', args=[day.id])}?how=eloped"
    late = monitor.post(where, {"observed": at_clock(day, now() + timedelta(hours=2))})
    assert late.status_code == 422
    assert "That lies in the future." in text(late)
    early = monitor.post(where, {"observed": at_clock(day, now() - timedelta(hours=1, minutes=30))})
    assert early.status_code == 422
    assert not day.row.is_over
    assert monitor.post(where, {}).status_code == 302
    assert day.row.ended_as == "eloped"
    assert "This session is over" in text(monitor.get(where))


def test_sent_twice_it_is_one_task(day):
    dosed(day)
    same = entry("ended", {"disposition": "admitted"})
    day.record(same)
    day.record(same)
    assert len(tasks(day)) == 1


def test_an_ending_that_is_corrected_takes_its_task_along(day):
    dosed(day)
    gone = entry("ended", {"disposition": "eloped"})
    day.record(gone)
    with acting_as(day.monitor) as by:
        correct_event(
            by=by,
            session_id=day.id,
            event_id=gone["id"],
            reason="They said goodbye.",
            replacement={"disposition": "against-advice"},
        )
    assert [one.kind for one in tasks(day, done_at__isnull=True)] == ["after-against-advice"]
    with acting_as(day.monitor) as by:
        correct_event(by=by, session_id=day.id, event_id=gone["id"], reason="They came back.")
    assert tasks(day, done_at__isnull=True) == []
    assert not day.row.is_over


def test_every_ending_is_local_policy_with_a_source():
    found = load_aftercare()
    assert set(found.endings) == {how for how, *_ in ENDINGS} | {"not-dosed"}
    assert all(one.provenance.is_policy and one.provenance.sources for one in found.endings.values())
