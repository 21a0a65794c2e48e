"""A dose at the bedside draws from the drug book in its own transaction: once, from its lot, and what it really was."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.integration.pathway.pharmacy.books import balances, entries, kinds, receive, spray, vial
from tests.integration.pathway.session.conftest import entry
from upwell.access.acting import acting_as
from upwell.base.clock import now
from upwell.base.errors import RefusedByRule
from upwell.pathway.pharmacy.actions.explaining import explain
from upwell.pathway.pharmacy.chain import Witness
from upwell.pathway.pharmacy.models import LedgerEntry
from upwell.pathway.pharmacy.witnessing import HERE
from upwell.pathway.session.actions import correct_event
from upwell.pathway.session.models import SessionEvent

pytestmark = pytest.mark.django_db


def released(day, **order):
    day.order(**order)
    day.arrive()
    return day.go()


def correct(day, event_id, replacement=None):
    with acting_as(day.monitor) as by:
        return correct_event(
            by=by, session_id=day.id, event_id=event_id, reason="Typed wrong", replacement=replacement
        )


def test_a_release_sets_aside_and_a_dose_draws(booked):
    released(booked)
    assert balances(booked.monitor) == {"A1": (280, 56)}
    booked.dose(ago=180, device=1)
    assert balances(booked.monitor) == {"A1": (252, 28)}
    booked.dose(ago=175, device=2, lot="a1")
    assert balances(booked.monitor) == {"A1": (224, 0)}
    row = entries(booked.monitor, "given")[0]
    assert (row.patient_name, row.by_name, row.lot.number) == ("Maya Ferreira", "Luis Ortega", "A1")
    assert row.patient_id == booked.patient.id
    assert kinds(booked.monitor) == ["opening", "set-aside", "given", "given"]


def test_the_same_event_draws_once(booked):
    released(booked)
    document = entry("dose-given", {"dose_mg": 28, "device": 1}, 180)
    booked.record(document)
    assert booked.record(document)[0].is_new is False
    booked.record(entry("vitals", {"heart_rate_bpm": 70}, 100))
    assert balances(booked.monitor) == {"A1": (252, 28)}


def test_a_correction_makes_a_compensating_entry(booked):
    released(booked)
    given = booked.dose(ago=180, device=1)
    correct(booked, given.id, {"dose_mg": 56, "device": 1})
    assert balances(booked.monitor)["A1"][0] == 224
    correct(booked, given.id, {"dose_mg": 28, "device": 1})
    assert balances(booked.monitor)["A1"][0] == 252
    correct(booked, given.id)
    assert balances(booked.monitor)["A1"][0] == 280
    changes = [str(row.delta_mg) for row in entries(booked.monitor, "given-changed")]
    assert changes == ["-28.000", "28.000", "28.000"]
    assert {row.event_id.hex for row in entries(booked.monitor, "given-changed")} == {
        given.id.replace("-", "")
    }


def test_a_correction_of_the_lot_moves_the_draw(booked):
    receive(booked.monitor, spray("B2"))
    released(booked)
    given = booked.dose(ago=180, device=1)
    correct(booked, given.id, {"dose_mg": 28, "device": 1, "lot": "B2"})
    assert {lot: balance for lot, (balance, _held) in balances(booked.monitor).items()} == {
        "A1": 280,
        "B2": 252,
    }


def test_a_dose_beyond_the_book_is_entered_and_is_a_discrepancy(day):
    receive(day.monitor, amount=28)
    day.record(entry("arrived", ago=200))
    given = day.dose(ago=180, dose_mg=56)
    assert given.is_new
    assert balances(day.monitor)["A1"][0] == -28
    row = entries(day.monitor, "discrepancy")[0]
    assert (row.more["why"], row.more["difference_mg"], row.about.kind) == ("beyond-book", "28.000", "given")


def explained(day, how="book-follows"):
    row = entries(day.monitor, "discrepancy")[-1]
    with acting_as(day.prescriber) as by:
        seen = Witness(day.monitor.account_id, day.monitor.name, HERE)
        return explain(by=by, entry_id=row.id, how=how, words="One more was in the box", witness=seen)


def test_a_book_that_followed_what_was_found_draws_nothing_again(day):
    receive(day.monitor, amount=28)
    day.record(entry("arrived", ago=200))
    day.dose(ago=180, dose_mg=56)
    explained(day)
    assert balances(day.monitor)["A1"][0] == 0
    day.record(entry("supply", {"source": "clinic-stock"}, 100))
    assert balances(day.monitor)["A1"][0] == 0
    assert kinds(day.monitor) == ["opening", "given", "discrepancy", "explained"]


@pytest.mark.parametrize(
    ("really", "in_doubt", "left"), [(28, "-28.000", 0), (42, "-14.000", 0), (None, "-28.000", 28)]
)
def test_a_dose_that_was_less_after_all_puts_its_explanation_in_doubt(day, really, in_doubt, left):
    receive(day.monitor, amount=28)
    day.record(entry("arrived", ago=200))
    given = day.dose(ago=180, dose_mg=56)
    explained(day)
    correct(day, given.id, None if really is None else {"dose_mg": really, "device": 1, "lot": "A1"})
    row = entries(day.monitor, "discrepancy")[-1]
    assert (row.more["why"], row.more["difference_mg"]) == ("explained-before", in_doubt)
    assert balances(day.monitor)["A1"][0] == 56 - (really or 0)
    explained(day)
    day.record(entry("supply", {"source": "clinic-stock"}, 90))
    assert balances(day.monitor)["A1"][0] == left
    assert kinds(day.monitor)[-1] == "explained"


def test_a_dose_of_an_unknown_lot_is_entered_and_is_a_discrepancy(booked):
    released(booked)
    booked.dose(ago=180, lot="ZZ")
    assert balances(booked.monitor)["A1"][0] == 280
    row = entries(booked.monitor, "discrepancy")[0]
    assert (row.more["why"], row.lot, row.about.more["dose_mg"]) == ("lot-unknown", None, "28.000")


def test_a_dose_of_which_the_amount_is_not_on_record(booked):
    released(booked)
    given = booked.record(entry("dose-given", {"device": 1}, 180))[0]
    assert entries(booked.monitor, "discrepancy")[0].more["why"] == "amount-unknown"
    correct(booked, given.id, {"dose_mg": 28, "device": 1})
    assert balances(booked.monitor)["A1"][0] == 252


def test_what_comes_from_elsewhere_is_recorded_and_not_drawn(booked):
    supply = {
        "source": "patient-dispensed",
        "pharmacy": "Bay Pharmacy",
        "prescription_number": "RX 7",
        "count": 30,
    }
    booked.record(entry("supply", supply, 190))
    released(booked)
    booked.dose(ago=180)
    assert balances(booked.monitor) == {"A1": (280, 0)}
    assert kinds(booked.monitor) == ["opening"]


def test_a_source_that_is_said_late_gives_back_what_was_drawn(booked):
    released(booked)
    booked.dose(ago=180)
    booked.record(entry("supply", {"source": "patient-specific-delivery"}, 170))
    assert balances(booked.monitor) == {"A1": (280, 0)}
    assert kinds(booked.monitor)[-2:] == ["given-changed", "put-back"]


def test_without_a_book_nothing_is_entered(day):
    released(day)
    day.dose(ago=180)
    assert kinds(day.monitor) == []


def test_a_release_beyond_the_stock_is_refused_in_words(day):
    receive(day.monitor, amount=28)
    day.order()
    day.arrive()
    with pytest.raises(RefusedByRule, match="28 mg left that is not set aside or expired; 56 mg is needed"):
        day.go()
    with acting_as(day.monitor):
        assert not SessionEvent.objects.filter(type="gate-decided").exists()


def test_what_expires_first_goes_first_and_expired_stock_is_not_released(day):
    today = now().date()
    receive(day.monitor, spray("OLD", expires_on=today - timedelta(days=3)), 280)
    receive(day.monitor, spray("LATE", expires_on=today + timedelta(days=300)), 280)
    receive(day.monitor, spray("SOON", expires_on=today + timedelta(days=30)), 280)
    receive(day.monitor, vial(), 500)
    released(day)
    assert {lot for lot, (_balance, held) in balances(day.monitor).items() if held} == {"SOON"}


def test_what_was_not_given_is_free_again_after_the_session(booked):
    released(booked)
    booked.dose(ago=180)
    assert balances(booked.monitor)["A1"] == (252, 28)
    booked.record(entry("ended", {"disposition": "against-advice"}, 10))
    assert balances(booked.monitor)["A1"] == (252, 0)


def test_a_hold_puts_back_and_a_second_go_sets_aside_once(booked):
    released(booked)
    booked.go(hold=True)
    assert balances(booked.monitor) == {"A1": (280, 0)}
    booked.go()
    booked.go()
    assert balances(booked.monitor) == {"A1": (280, 56)}


def test_an_infusion_draws_when_it_has_ended(day):
    receive(day.monitor, vial(substance="esketamine"), 500)
    day.record(entry("arrived", ago=200))
    day.record(entry("infusion-started", {"rate_mg_per_min": 1}, 60))
    assert balances(day.monitor)["K7"][0] == 500
    day.record(entry("infusion-stopped", {}, 20))
    assert round(balances(day.monitor)["K7"][0], 1) == 460


def test_a_fault_of_the_book_loses_no_dose_and_is_made_up_for(booked, monkeypatch):
    from upwell.pathway.pharmacy import part

    def broken(*_all):
        raise RuntimeError("the book is on fire")

    released(booked)
    with monkeypatch.context() as patched:
        patched.setattr(part, "settle", broken)
        assert booked.dose(ago=180).is_new
    assert balances(booked.monitor)["A1"][0] == 280
    booked.dose(ago=175, device=2)
    assert balances(booked.monitor)["A1"][0] == 224


def test_another_practice_sees_nothing_of_the_book(booked, staff, other_practice):
    released(booked)
    with acting_as(staff("prescriber", at=other_practice)):
        assert not LedgerEntry.objects.exists()
    with acting_as(staff("admin")):
        assert not LedgerEntry.objects.exists()


def test_amounts_are_exact(day):
    receive(day.monitor, vial(substance="esketamine"), "500.5")
    day.record(entry("arrived", ago=200))
    for _time in range(3):
        day.dose(ago=100, dose_mg=0.1)
    assert balances(day.monitor)["K7"][0] == Decimal("500.200")
