"""Two tabs: the second one's form is older than the log-in. Its answers survive, and a foreign form does not."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from upwell.access.kept import COOKIE

pytestmark = pytest.mark.django_db
HERE = {"HTTP_ORIGIN": "http://testserver", "HTTP_REFERER": "http://testserver/practice/chairs/new/?from=tab"}


@pytest.fixture
def client(client_as, staff):
    """A browser that insists on the token, and does not send the right one."""
    signed_in = client_as(staff("admin"))
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in.cookies
    return strict


def post(client, path="/practice/chairs/new/", **headers):
    return client.post(path, {"name": "Chair by the window", "csrfmiddlewaretoken": "a" * 64}, **headers)


def test_answers_from_our_own_page_are_kept_for_another_try(client):
    response = post(client, **HERE)
    assert response.status_code == 302
    assert response["Location"] == "/practice/chairs/new/?from=tab"
    assert COOKIE in response.cookies
    assert "Chair by the window" not in str(response.cookies[COOKIE])
    page = client.get(response["Location"])
    assert "send it once more" in page.content.decode()


def test_a_page_that_takes_posts_only_leads_back_to_the_page_of_the_form(client):
    response = post(client, reverse("practice_switch"), **HERE)
    assert response["Location"] == "/practice/chairs/new/?from=tab"


def test_without_a_referring_page_the_form_is_opened_again(client):
    response = post(client, HTTP_ORIGIN="http://testserver")
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
def test_a_form_from_elsewhere_is_refused_and_nothing_is_kept(client, headers):
    response = post(client, **headers)
    assert response.status_code == 403
    assert COOKIE not in response.cookies
    assert "Nothing was changed" in response.content.decode()


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/change/", "/invitation/abc/"])
def test_passwords_are_never_kept(client, path):
    response = client.post(path, {"password": "x", "oldpassword": "y"}, HTTP_ORIGIN="http://testserver")
    assert response.status_code == 302
    assert COOKIE not in response.cookies


def test_a_part_of_a_page_asks_for_the_whole_page_again(client):
    response = post(client, HTTP_HX_REQUEST="true", **HERE)
    assert (response.status_code, response["HX-Refresh"]) == (204, "true")
