"""Today: worrying first, mine before others', nothing clinical for the front desk, and it stays cheap."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from tests.integration.pathway.answers import MODERATE, SUICIDAL
from upwell.access.acting import acting_as
from upwell.audit.models import AuditEntry
from upwell.base.clock import now
from upwell.base.ids import new_id
from upwell.knowledge.errors import KnowledgeError
from upwell.pathway.course.actions import open_course
from upwell.pathway.course.states import Event
from upwell.pathway.safety.actions import acknowledge_alert, close_alert
from upwell.record.actions import record_assessment

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert(staff, patient_factory):
    patient = patient_factory("Rivera", "Alex")
    with acting_as(staff("monitor", name="Mo Monitor")) as monitor:
        return record_assessment(
            by=monitor, patient=patient, instrument="phq-9", answers=SUICIDAL, submission_id=new_id()
        ).alert


def opened(actor, patient):
    with acting_as(actor):
        return open_course(by=actor, patient=patient, event=Event.INQUIRE, reason="Asked by phone.")


def text_of(client, name="today", **query) -> str:
    return unescape(client.get(reverse(name), query).content.decode())


def test_an_alert_stands_on_top_and_leads_to_acting(alert, staff, patient_factory, client_as):
    therapist = staff("therapist")
    opened(therapist, patient_factory("Stone", "Kim"))
    text = text_of(client_as(therapist))
    assert (
        text.index("Worrying")
        < text.index("Alex Rivera")
        < text.index("Waits for you")
        < text.index("Kim Stone")
    )
    assert f'href="{reverse("alert", args=[alert.id])}"' in text
    assert "Act on the alert" in text


def test_who_is_on_an_alert_is_said_and_a_closed_one_is_gone(alert, staff, client_as):
    therapist = staff("therapist", name="Toni Taken")
    with acting_as(therapist):
        acknowledge_alert(by=therapist, alert_id=alert.id)
    assert "Toni Taken is on it." in text_of(client_as(staff("prescriber")))
    with acting_as(therapist):
        close_alert(by=therapist, alert_id=alert.id, action_taken="Called; safe at home.")
    assert "Alex Rivera" not in text_of(client_as(staff("prescriber")))


def test_what_waits_for_others_is_folded_and_leads_to_the_course(staff, patient_factory, client_as):
    course = opened(staff("therapist"), patient_factory("Stone", "Kim"))
    text = text_of(client_as(staff("monitor")))
    assert "Nothing waits for you right now" in text
    folded = text.index("Waits for others of the team")
    assert (
        folded < text.index("Kim Stone") < text.index(f'href="{reverse("course", args=[course.id])}"') + 400
    )


def test_the_front_desk_sees_nothing_clinical(alert, staff, patient_factory, client_as):
    opened(staff("therapist"), patient_factory("Stone", "Kim"))
    text = text_of(client_as(staff("admin")))
    assert "Alex Rivera" not in text
    assert "Kim Stone" not in text
    assert "Sign for what rules run on" in text  # the practice's own line, about nobody


def test_another_practice_sees_nothing(alert, staff, other_practice, client_as):
    assert "Alex Rivera" not in text_of(client_as(staff("therapist", at=other_practice)))


def test_an_open_page_is_answered_only_when_something_changed(alert, staff, patient_factory, client_as):
    therapist = staff("therapist")
    client = client_as(therapist)
    seen = client.get(reverse("today")).context["day"].seen
    looks = AuditEntry.objects.filter(object_type="today_list")
    with acting_as(therapist):
        before = looks.count()
    assert client.get(reverse("today_list"), {"seen": seen}).status_code == 204
    with acting_as(therapist):
        assert looks.count() == before  # nothing was shown, so nothing is noted
    opened(therapist, patient_factory("Stone", "Kim"))
    answer = client.get(reverse("today_list"), {"seen": seen})
    assert "Kim Stone" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_a_page_that_stands_open_keeps_nobody_signed_in(staff, client_as, settings):
    client = client_as(staff("therapist"))
    session = client.session
    session["upwell_seen"] = int((now() - timedelta(minutes=settings.UPWELL_IDLE_MINUTES - 1)).timestamp())
    session.save()
    before = client.session["upwell_seen"]
    client.get(reverse("today_list"))
    assert client.session["upwell_seen"] == before


def test_it_costs_the_same_for_one_and_for_many(staff, patient_factory, client_as, count_queries):
    prescriber = staff("prescriber")
    client = client_as(prescriber)

    def one_more(n):
        patient = patient_factory(f"Rivera{n}")
        opened(prescriber, patient)
        with acting_as(prescriber):
            for answers in (SUICIDAL, MODERATE):
                record_assessment(
                    by=prescriber,
                    patient=patient,
                    instrument="phq-9",
                    answers=answers,
                    submission_id=new_id(),
                )

    one_more(0)
    client.get(reverse("today"))
    few = count_queries(lambda: client.get(reverse("today")))
    for n in range(1, 16):
        one_more(n)
    assert count_queries(lambda: client.get(reverse("today"))) == few
    text = text_of(client)  # a long section ends early, but for what is worrying
    assert "and 4 more: show everything" in text
    assert text.count("Act on the alert") == 16
    assert "show everything" not in text_of(client, all=1)


def test_charts_on_the_page_are_noted(alert, staff, client_as):
    therapist = staff("therapist")
    client_as(therapist).get(reverse("today"))
    with acting_as(therapist):
        entry = AuditEntry.objects.filter(object_type="today").latest("at")
    assert entry.detail["patients"] == [str(alert.patient_id)]


def test_knowledge_that_this_version_cannot_use_is_said_in_words(staff, client_as, monkeypatch):
    def broken(*_args, **_options):
        raise KnowledgeError("“limit” is a required property", path="gates/predose.toml:7")

    monkeypatch.setattr("upwell.pathway.today.views.staff.today_for", broken)
    answer = client_as(staff("therapist")).get(reverse("today"))
    assert answer.status_code == 503
    text = unescape(answer.content.decode())
    assert "gates/predose.toml:7" in text
    assert "medical director" in text
