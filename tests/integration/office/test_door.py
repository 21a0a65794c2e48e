"""The door of every page: the practice's clock, the way to the log-in and back, what is a look and what is not."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test.signals import template_rendered
from django.urls import reverse
from django.utils import timezone

from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def trail(practice):
    with acting_as(system_actor("set-up", practice.id)):
        return list(AuditEntry.objects.values_list("action", "object_type"))


@pytest.fixture
def clock():
    """What the practice's clock is while pages are made."""
    seen = []

    def look(template, **about):
        if template.name == "base.html":
            seen.append(timezone.get_current_timezone_name())

    template_rendered.connect(look)
    yield seen
    template_rendered.disconnect(look)


def test_pages_speak_the_time_of_the_practice(client_as, staff, patient_factory, account_factory, clock):
    client_as(staff("admin")).get(reverse("staff"))
    patient = patient_factory(account=account_factory("Alex"))
    client_as(patient.account).get(reverse("account"))
    client_as(account_factory("Nobody")).get(reverse("account"))
    assert clock == ["America/Chicago", "America/Chicago", "UTC"]
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_zone_that_is_none_means_utc(client_as, staff, practice, clock):
    practice.time_zone = "../etc/passwd"
    practice.save()
    client_as(staff("admin")).get(reverse("staff"))
    assert clock == ["UTC"]


@pytest.mark.parametrize(
    ("open_page", "led_to"),
    [
        ("http://testserver/patients/?q=a&b=c#x", "/patients/?q=a&b=c"),
        ("http://testserver/patients/?next=//evil.example", "/patients/?next=//evil.example"),
        ("/tasks/", "/tasks/"),
        ("http://evil.example/patients/", "/"),
        ("//evil.example/", "/"),
        ("http://testserver//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("http://testserver/\\evil.example", "/"),
        ("", "/"),
    ],
)
def test_htmx_is_led_to_the_log_in_and_back_to_a_page_of_ours(client, open_page, led_to):
    response = client.get("/patients/", headers={**HTMX, "HX-Current-URL": open_page})
    assert response.status_code == 204
    parts = urlsplit(response["HX-Redirect"])
    assert (parts.netloc, parts.path) == ("", "/accounts/login/")
    assert parse_qs(parts.query) == {"next": [led_to]}


def test_a_look_that_only_leads_on_is_not_noted_and_head_is_a_look(client_as, staff, practice):
    browser = client_as(staff("therapist"))
    assert browser.get("/patients/new/").status_code == 302
    assert browser.head("/patients/").status_code == 200
    assert [row for row in trail(practice) if row[0] != "log-in"] == [("page", "patients")]


def test_a_rules_refusal_is_not_called_a_change_and_leads_back(client_as, staff, patient_factory):
    browser, patient = client_as(staff("therapist")), patient_factory()
    ask = reverse("ask", args=[patient.id, "gad-7"])
    page = browser.post(
        ask, headers={"Referer": f"http://testserver/patients/{patient.id}/"}
    ).content.decode()
    assert "That can&#x27;t be done here" in page
    assert "in the meantime" not in page
    assert f'href="/patients/{patient.id}/"' in page
    elsewhere = browser.post(ask, headers={"Referer": "https://evil.example/a"}).content.decode()
    assert "evil.example" not in elsewhere


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_pages_take_no_other_methods_and_note_nothing(client_as, staff, practice, method):
    browser = client_as(staff("admin"))
    before = trail(practice)
    for page in ("practice", "account", "staff_invite", "patients"):
        assert browser.generic(method, reverse(page)).status_code == 405
    assert trail(practice) == before
