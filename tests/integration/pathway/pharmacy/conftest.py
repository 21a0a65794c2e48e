"""A dosing day whose practice keeps a drug book."""

from __future__ import annotations

import pytest

from tests.integration.pathway.pharmacy.books import receive
from tests.integration.pathway.session.conftest import Day, course, day

__all__ = ["Day", "booked", "course", "day"]


@pytest.fixture
def booked(day):
    """The day, with ten devices of lot A1 in the book."""
    receive(day.monitor)
    return day
