"""A page opened under a name that is not served says so, and what to set."""

from __future__ import annotations

from django.core.exceptions import SuspiciousOperation
from django.test import Client, RequestFactory

from upwell.platform.hostnames import bad_request


def test_a_name_that_is_not_served() -> None:
    page = Client(headers={"host": "elsewhere.example"}).get("/accounts/login/")
    assert page.status_code == 400
    assert "not served under this name" in page.content.decode()
    assert "UPWELL_HOSTS" in page.content.decode()
    assert "elsewhere" not in page.content.decode()


def test_other_bad_requests_keep_the_usual_words() -> None:
    page = bad_request(RequestFactory().get("/"), SuspiciousOperation("odd"))
    assert page.status_code == 400
    assert "UPWELL_HOSTS" not in page.content.decode()
