"""Two tabs: the second one's form is older than the log-in. Its answers survive, and a foreign form does not."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.people import account_of
from upwell.access.kept import COOKIE

pytestmark = pytest.mark.django_db
HERE = {"HTTP_ORIGIN": "http://testserver", "HTTP_REFERER": "http://testserver/practice/chairs/new/?from=tab"}


@pytest.fixture
def strict(client_as, staff):
    """A browser that insists on the token, and does not send the right one."""
    admin = staff("admin")
    signed_in = client_as(admin)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in.cookies
    strict.person = str(admin.account_id)
    return strict


def post(strict, path="/practice/chairs/new/", owner="", **headers):
    form = {"name": "Chair by the window", "owner": owner or strict.person, "csrfmiddlewaretoken": "a" * 64}
    return strict.post(path, form, **headers)


def test_answers_from_our_own_page_are_kept_for_another_try(strict):
    response = post(strict, **HERE)
    assert response.status_code == 302
    assert response["Location"] == "/practice/chairs/new/?from=tab"
    assert COOKIE in response.cookies
    assert "Chair by the window" not in str(response.cookies[COOKIE])
    page = strict.get(response["Location"])
    assert "send it once more" in page.content.decode()
    assert 'value="Chair by the window"' in page.content.decode()
    again = strict.get(response["Location"])  # given back once
    assert "Chair by the window" not in again.content.decode()


def test_what_somebody_else_wrote_is_not_shown(strict, client_as, staff):
    response = post(strict, owner=str(staff("admin").account_id), **HERE)
    assert "Chair by the window" not in strict.get(response["Location"]).content.decode()


def test_answers_survive_a_log_in_that_has_ended(client_as, staff):
    admin = staff("admin")
    client = client_as(admin)
    form = {"name": "Chair by the window", "note": "", "owner": str(admin.account_id)}
    client.post("/accounts/logout/")
    response = client.post("/practice/chairs/new/", form)
    assert response["Location"] == "/accounts/login/?next=/practice/chairs/new/"
    client.post(
        response["Location"],
        {"login": account_of(admin).email, "password": "correct horse battery"},
    )
    assert 'value="Chair by the window"' in client.get("/practice/chairs/new/").content.decode()


def test_a_page_that_takes_posts_only_leads_back_to_the_page_of_the_form(strict):
    response = post(strict, reverse("practice_switch"), **HERE)
    assert response["Location"] == "/practice/chairs/new/?from=tab"


def test_without_a_referring_page_the_form_is_opened_again(strict):
    response = post(strict, HTTP_ORIGIN="http://testserver")
    assert response["Location"] == "/practice/chairs/new/"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_ORIGIN": "http://evil.example"},
        {"HTTP_ORIGIN": "http://testserver.evil.example"},
        {"HTTP_REFERER": "http://evil.example/?http://testserver/"},
        {"HTTP_ORIGIN": "http://testserver", "HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_ORIGIN": "http://testserver", "HTTP_SEC_FETCH_SITE": "same-site"},
    ],
)
def test_a_form_from_elsewhere_is_refused_and_nothing_is_kept(strict, headers):
    response = post(strict, **headers)
    assert response.status_code == 403
    assert COOKIE not in response.cookies
    assert "Nothing was changed" in response.content.decode()


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/change/", "/invitation/abc/"])
def test_passwords_are_never_kept(strict, path):
    response = strict.post(path, {"password": "x", "oldpassword": "y"}, HTTP_ORIGIN="http://testserver")
    assert response.status_code == 302
    assert COOKIE not in response.cookies


def test_a_part_of_a_page_asks_for_the_whole_page_again(strict):
    response = post(strict, HTTP_HX_REQUEST="true", **HERE)
    assert (response.status_code, response["HX-Refresh"]) == (204, "true")
