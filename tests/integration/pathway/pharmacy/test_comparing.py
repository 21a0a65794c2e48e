"""Doses on record held against the drug book, for all time: what was not drawn as it was given has its place."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from tests.integration.pathway.pharmacy.books import receive
from tests.integration.pathway.pharmacy.test_drawing import correct, released
from tests.integration.pathway.session.conftest import entry
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.base.clock import now
from upwell.pathway.pharmacy import part
from upwell.pathway.pharmacy.chain import Draft, add
from upwell.pathway.pharmacy.comparing import compare, how
from upwell.pathway.pharmacy.models import LedgerEntry
from upwell.pathway.pharmacy.rules import Kind

pytestmark = pytest.mark.django_db


def unlike(day, at=None):
    with acting_as(system_actor("job")):
        return compare(day.course.practice_id, at or now()).unlike


@pytest.fixture
def unseen(monkeypatch):
    """The book does not follow the log, as after a fault."""
    monkeypatch.setattr(part, "settle", lambda *_: None)


def test_what_was_drawn_as_it_was_given_is_alike(booked):
    released(booked)
    first = booked.dose(ago=180, device=1)
    second = booked.dose(ago=175, device=2)
    correct(booked, first.id, {"dose_mg": 56, "device": 1})
    correct(booked, second.id)
    assert unlike(booked) == ()


def test_a_dose_of_an_unknown_lot_is_one_that_the_book_knows_of(booked):
    released(booked)
    booked.dose(ago=180, device=1, lot="Z9")
    assert unlike(booked) == ()


def test_a_dose_without_a_draw_has_its_place_however_long_ago(booked, unseen):
    given = booked.dose(ago=180, device=1)
    (found,) = unlike(booked, now() + timedelta(days=400))
    assert (found.what, found.session_id, found.event_id) == ("not-drawn", booked.id, UUID(given.id))
    assert (found.position, found.given_mg) == (None, Decimal("28.000"))
    assert given.id in how(found)


def test_another_amount_has_its_position(booked, monkeypatch):
    released(booked)
    given = booked.dose(ago=180, device=1)
    with acting_as(booked.monitor):
        position = LedgerEntry.objects.get(kind=Kind.GIVEN).position
    monkeypatch.setattr(part, "settle", lambda *_: None)
    correct(booked, given.id, {"dose_mg": 56, "device": 1})
    (found,) = unlike(booked)
    assert (found.what, found.position, found.given_mg, found.drawn_mg) == ("other-amount", position, 56, 28)


def test_a_draw_without_a_dose(booked, monkeypatch):
    released(booked)
    given = booked.dose(ago=180, device=1)
    monkeypatch.setattr(part, "settle", lambda *_: None)
    correct(booked, given.id)
    (found,) = unlike(booked)
    assert (found.what, found.given_mg, found.drawn_mg) == ("no-dose", None, 28)


def test_what_came_from_elsewhere_or_before_the_book_is_not_asked_for(day):
    day.record(entry("dose-given", {"dose_mg": 28}, 180))
    receive(day.monitor)
    assert unlike(day) == ()
    day.record(entry("supply", {"source": "patient-brought"}, 100), entry("dose-given", {"dose_mg": 28}, 90))
    assert unlike(day) == ()


def test_an_explanation_that_the_book_follows_makes_no_dose_unlike(booked):
    released(booked)
    given = booked.dose(ago=180, device=1)
    with acting_as(booked.monitor) as by:
        lot = LedgerEntry.objects.get(kind=Kind.GIVEN).lot
        more = {"how": "book-follows"}
        draft = Draft(Kind.EXPLAINED, lot, Decimal(6), words="Found it", more=more, session_id=booked.id)
        draft.event_id = UUID(given.id)
        add(by, booked.course.practice_id, [draft])
    assert unlike(booked) == ()
