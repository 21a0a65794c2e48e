"""Addresses with ids are those that the router gives."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import NoReverseMatch, reverse

from upwell.web.paths import path_to


def test_an_address_is_the_routers():
    course, visit = uuid4(), uuid4()
    for _ in range(2):
        assert path_to("course", course) == reverse("course", args=[course])
        assert path_to("integration_visit", course, visit) == reverse(
            "integration_visit", args=[course, visit]
        )


def test_a_page_that_is_not_there_is_refused():
    with pytest.raises(NoReverseMatch):
        path_to("no_such_page", uuid4())
