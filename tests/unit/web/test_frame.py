"""The frame of every page, the forms inside it, and the pages that must work when nothing else does."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.urls import path

from upwell.base.actor import Actor, ActorKind
from upwell.web import errors, navigation, views
from upwell.web.icons import icon_svg
from upwell.web.styleguide_form import SampleForm
from upwell.web.tones import SEVERITY_TONES

NAMES = ("home", "alerts", "help_now", "patients", "practice", "account_logout", "mfa_index")
urlpatterns = [path(f"{name}/", lambda request: None, name=name) for name in NAMES]


@pytest.fixture(autouse=True)
def _own_urls() -> Any:
    with override_settings(ROOT_URLCONF=__name__, DEMO=False):
        yield


def asked(kind: ActorKind, **more: Any) -> HttpRequest:
    request = RequestFactory().get("/patients/")
    request.user = AnonymousUser()
    actor = Actor(kind, "care", account_id=uuid4(), name="Ada <b>Okafor")
    vars(request).update({"actor": actor, "permissions": {"patient.list", "alert.read"}, **more})
    return request


def shown(request: HttpRequest, template: str = "base.html") -> str:
    return render_to_string(template, {}, request=request)


def test_staff_see_open_alerts_on_every_page() -> None:
    page = shown(asked(ActorKind.STAFF, open_alerts=lambda: 2))
    assert "2 open safety alerts" in page
    assert 'href="/alerts/"' in page
    assert "alert-banner" not in shown(asked(ActorKind.STAFF, open_alerts=0))


def test_patients_always_have_the_way_to_help_and_never_the_banner() -> None:
    page = shown(asked(ActorKind.PATIENT, open_alerts=3))
    assert 'href="/help_now/"' in page
    assert "alert-banner" not in page


def test_navigation_shows_what_the_person_may_open() -> None:
    page = shown(asked(ActorKind.STAFF))
    assert 'href="/patients/" aria-current="page"' in page
    assert 'href="/practice/"' not in page
    assert navigation.build([navigation.Entry("x", "no_such_page", "users")], (), "/") == []


def test_the_page_has_its_landmarks_and_signs_out_by_post() -> None:
    page = shown(asked(ActorKind.STAFF))
    for part in (
        'href="#main"',
        '<main id="main"',
        "<header",
        "<nav",
        'method="post" action="/account_logout/"',
    ):
        assert part in page
    assert "Ada &lt;b&gt;Okafor" in page
    assert "<b>Okafor" not in page


def test_a_page_without_an_actor_still_renders() -> None:
    request = RequestFactory().get("/")
    assert '<main id="main"' in shown(request, "base.html")
    assert '<main id="main"' in shown(request, "bare.html")


@pytest.mark.parametrize("status", sorted(errors.TROUBLES))
def test_error_pages_need_no_request(status: int) -> None:
    response = errors.error_page(status, reference="0190-ref")
    page = response.content.decode()
    assert response.status_code == status
    assert str(errors.TROUBLES[status].what_to_do) in page.replace("&#x27;", "'")
    assert "0190-ref" in page


def test_error_handlers_take_what_django_gives_them() -> None:
    request = RequestFactory().get("/x")
    found = [
        errors.bad_request(request), errors.forbidden(request), errors.not_found(request),
        errors.server_error(request), errors.csrf_failure(request),
    ]  # fmt: skip
    assert [response.status_code for response in found] == [400, 403, 404, 500, 403]


def test_an_error_that_speaks_for_itself_is_shown_as_it_stands() -> None:
    error = SimpleNamespace(status=409, message="Dr. Reyes closed it at 10:02.", path=None)
    page = render_to_string("errors/refused.html", {"error": error})
    assert "Dr. Reyes closed it at 10:02." in page
    assert str(errors.TROUBLES[409].title) in page


def test_a_refused_form_ties_each_error_to_its_field() -> None:
    page = str(SampleForm({}))
    assert 'href="#id_name"' in page
    assert 'aria-describedby="id_name_error"' in page
    assert 'id="id_name_error"' in page
    assert 'href="#id_contact_0"' in page
    assert "(optional)" in page


def test_forms_escape_what_was_typed() -> None:
    assert "<script>" not in str(SampleForm({"name": "<script>alert(1)</script>"}))


def test_the_style_guide_is_for_the_demo_only() -> None:
    request = asked(ActorKind.STAFF)
    with pytest.raises(Http404):
        views.styleguide(request)
    with override_settings(DEMO=True):
        assert views.styleguide(request).status_code == 200


def test_every_tone_has_its_icon() -> None:
    for tone in SEVERITY_TONES.values():
        assert "<svg" in icon_svg(tone.icon)


def test_icons_are_silent_unless_they_carry_the_meaning_alone() -> None:
    assert 'aria-hidden="true"' in icon_svg("check")
    assert 'aria-label="&lt;b&gt;"' in icon_svg("check", "<b>")
    with pytest.raises(LookupError, match="no icon"):
        icon_svg("../tones")


@pytest.mark.parametrize(
    ("name", "letters"), [("Ada Okafor", "AO"), ("Plato", "P"), ("", "·"), ("مريم علي", "مع")]
)
def test_initials(name: str, letters: str) -> None:
    template = engines["django"].from_string("{% load upwell_ui %}{{ name|initials }}")
    assert template.render({"name": name}) == letters
