"""What is entered in the drug book: counted, wasted with a witness, explained, lost, taken back. Nothing is edited."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from tests.integration.pathway.pharmacy.books import balances, entries, kinds, receive, spray, vial
from tests.integration.pathway.session.conftest import entry
from upwell.access.acting import acting_as
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotPermitted, RefusedByRule
from upwell.base.ids import new_id
from upwell.office.practice.actions.two_persons import sign_two_persons
from upwell.pathway.local_time import today
from upwell.pathway.pharmacy.actions.counting import count_lot, take_inventory
from upwell.pathway.pharmacy.actions.explaining import (
    Lost,
    explain,
    note_discrepancy,
    record_loss,
    report_sent,
)
from upwell.pathway.pharmacy.actions.stock import send_back, take_back
from upwell.pathway.pharmacy.actions.waste import Waste, waste
from upwell.pathway.pharmacy.actions.witnessed import confirm, say_explanation, say_taken_back, withdraw
from upwell.pathway.pharmacy.chain import Witness
from upwell.pathway.pharmacy.models import LedgerEntry, Lot
from upwell.pathway.pharmacy.rules import Kind
from upwell.pathway.pharmacy.witnessing import HERE

pytestmark = pytest.mark.django_db


@pytest.fixture
def monitor(staff):
    return staff("monitor", name="Luis Ortega")


@pytest.fixture
def prescriber(staff):
    return staff("prescriber", name="Dr. Cho")


@pytest.fixture
def lot(monitor):
    receive(monitor)
    with acting_as(monitor):
        return Lot.objects.get().id


def seen_by(actor):
    return Witness(actor.account_id, actor.name, HERE)


def act(actor, action, **given):
    with acting_as(actor) as by:
        return action(by=by, **given)


def throw(actor, lot, amount=28, witness=None, **more):
    what = Waste(lot, Decimal(amount), "dropped", **{k: more.pop(k) for k in ("session_id",) if k in more})
    return act(actor, waste, what=what, witness=witness, **more)


def difference(actor, lot, counted=252):
    act(actor, count_lot, lot_id=lot, counted_mg=Decimal(counted))
    return entries(actor, "discrepancy")[-1]


def test_receipts_of_one_lot_add_up_and_a_form_sent_twice_is_one_entry(monitor):
    number = new_id()
    for _time in range(2):
        receive(monitor, kind=Kind.RECEIPT, entry_id=number)
    receive(monitor, spray("a1"), kind=Kind.RECEIPT)
    assert balances(monitor) == {"A1": (560, 0)}
    assert kinds(monitor) == ["receipt", "receipt"]


@pytest.mark.parametrize(
    ("box", "given"),
    [
        ({"expires_on": today() + timedelta(days=9)}, {}),
        ({"name": " "}, {}),
        ({"number": ""}, {}),
        ({"substance": "water"}, {}),
        ({"container_mg": Decimal(0)}, {}),
        ({"strength_mg_per_ml": Decimal(5)}, {}),
        ({}, {"amount": 0}),
        ({}, {"amount": -5}),
        ({}, {"amount": "NaN"}),
        ({}, {"amount": "1e12"}),
        ({}, {"at": now() + timedelta(days=1)}),
        ({}, {"words": "x" * 10_001}),
        ({}, {"kind": Kind.RECEIPT, "more": {}}),
        ({}, {"kind": Kind.WASTE}),
    ],
)
def test_what_can_not_be_is_refused_and_changes_nothing(monitor, lot, box, given):
    with pytest.raises(BadInput):
        receive(monitor, spray(**box), **given)
    assert balances(monitor) == {"A1": (280, 0)}


class TestWaste:
    def test_without_a_witness_it_is_refused(self, monitor, lot):
        with pytest.raises(BadInput, match="needs a witness"):
            throw(monitor, lot)

    def test_nobody_witnesses_for_themselves(self, monitor, lot):
        with pytest.raises(RefusedByRule, match="for themselves"):
            throw(monitor, lot, witness=seen_by(monitor))

    def test_a_stranger_or_somebody_who_may_not_is_no_witness(self, monitor, lot, staff, other_practice):
        for other in (staff("admin"), staff("monitor", at=other_practice)):
            with pytest.raises(RefusedByRule, match="has to work here"):
                throw(monitor, lot, witness=seen_by(other))

    def test_with_a_witness_it_is_in_the_book(self, monitor, lot, staff):
        row = throw(monitor, lot, witness=seen_by(staff("therapist", name="Ana Witness")))
        assert (row.witness_name, row.witness_how, row.by_name) == ("Ana Witness", HERE, "Luis Ortega")
        assert balances(monitor) == {"A1": (252, 0)}

    def test_a_witness_confirms_at_their_own_log_in(self, monitor, lot, staff):
        therapist = staff("therapist", name="Ana Witness")
        said = throw(monitor, lot, later=True)
        assert balances(monitor) == {"A1": (280, 28)}
        with pytest.raises(RefusedByRule, match="for themselves"):
            act(monitor, confirm, entry_id=said.id)
        row = act(therapist, confirm, entry_id=said.id)
        assert (row.by_name, row.witness_name) == ("Luis Ortega", "Ana Witness")
        assert balances(monitor) == {"A1": (252, 0)}
        with pytest.raises(RefusedByRule, match="settled"):
            act(therapist, confirm, entry_id=said.id)

    def test_what_nobody_saw_is_free_again(self, monitor, lot, staff):
        staff("therapist")
        said = throw(monitor, lot, later=True)
        act(monitor, withdraw, entry_id=said.id, words="It was not opened.")
        assert balances(monitor) == {"A1": (280, 0)}

    def test_a_practice_of_one_signs_to_work_alone(self, staff):
        alone = staff("prescriber", "admin")
        receive(alone)
        with acting_as(alone):
            lot = Lot.objects.get().id
        with pytest.raises(BadInput):
            throw(alone, lot)
        act(alone, sign_two_persons, solo=True, reason="Alone", name="Sam", number=1)
        assert throw(alone, lot).witness_id is None
        staff("monitor")
        with pytest.raises(BadInput):
            throw(alone, lot)

    def test_what_a_session_has_set_aside_is_used_first(self, booked):
        booked.order()
        booked.arrive()
        booked.go()
        booked.dose(ago=180)
        with acting_as(booked.monitor):
            lot = Lot.objects.get().id
        throw(booked.monitor, lot, witness=seen_by(booked.prescriber), session_id=booked.id)
        assert balances(booked.monitor) == {"A1": (224, 0)}

    def test_waste_that_waits_takes_over_what_the_session_had_set_aside(self, booked):
        booked.order()
        booked.arrive()
        booked.go()
        booked.dose(ago=180)
        with acting_as(booked.monitor):
            lot = Lot.objects.get().id
        said = throw(booked.monitor, lot, later=True, session_id=booked.id)
        assert balances(booked.monitor) == {"A1": (252, 28)}
        booked.record(entry("ended", {"disposition": "against-advice"}, 10))
        assert balances(booked.monitor) == {"A1": (252, 28)}
        act(booked.prescriber, confirm, entry_id=said.id)
        assert balances(booked.monitor) == {"A1": (224, 0)}

    def test_more_than_the_book_has_is_entered_and_is_a_discrepancy(self, monitor, lot, prescriber):
        throw(monitor, lot, 300, witness=seen_by(prescriber))
        assert entries(monitor, "discrepancy")[0].more["difference_mg"] == "20.000"


class TestCounting:
    def test_a_count_that_fits_says_so_and_one_that_does_not_is_a_discrepancy(self, monitor, lot):
        act(monitor, count_lot, lot_id=lot, counted_mg=Decimal(280))
        assert kinds(monitor) == ["opening", "count"]
        row = difference(monitor, lot)
        assert (row.more["difference_mg"], row.more["why"]) == ("-28.000", "count")
        assert balances(monitor) == {"A1": (280, 0)}

    def test_the_same_difference_is_found_once(self, monitor, lot):
        difference(monitor, lot)
        act(monitor, count_lot, lot_id=lot, counted_mg=Decimal(252))
        assert kinds(monitor) == ["opening", "count", "discrepancy", "count"]
        act(monitor, count_lot, lot_id=lot, counted_mg=Decimal(224))
        assert entries(monitor, "discrepancy")[-1].more["difference_mg"] == "-28.000"

    def test_an_inventory_counts_everything_on_hand(self, monitor, lot):
        receive(monitor, vial())
        with acting_as(monitor):
            other = Lot.objects.get(number="K7").id
        given = {"taken": "close", "words": ""}
        with pytest.raises(BadInput, match="Not counted: lot K7"):
            act(monitor, take_inventory, counts={lot: Decimal(280)}, **given)
        with pytest.raises(BadInput):
            act(monitor, take_inventory, counts={lot: Decimal(-1), other: Decimal(0)}, **given)
        row = act(monitor, take_inventory, counts={lot: Decimal(280), other: Decimal(0)}, **given)
        assert (row.kind, row.more["lots"]) == ("inventory", "2")
        assert entries(monitor, "discrepancy")[0].more["difference_mg"] == "-280.000"

    def test_an_inventory_of_nothing_is_one(self, monitor):
        assert act(monitor, take_inventory, counts={}, taken="opening").kind == "inventory"


class TestExplaining:
    def test_who_may_and_that_words_and_a_witness_are_needed(self, monitor, lot, prescriber):
        row = difference(monitor, lot)
        given = {"entry_id": row.id, "how": "book-follows", "words": "Broken on Monday"}
        with pytest.raises(NotPermitted):
            act(monitor, explain, **given, witness=seen_by(prescriber))
        with pytest.raises(BadInput):
            act(prescriber, explain, **given, witness=None)
        with pytest.raises(BadInput):
            act(prescriber, explain, **given | {"words": " "}, witness=seen_by(monitor))
        with pytest.raises(BadInput):
            act(prescriber, explain, **given | {"how": "magic"}, witness=seen_by(monitor))
        act(prescriber, explain, **given, witness=seen_by(monitor))
        assert balances(monitor) == {"A1": (252, 0)}
        with pytest.raises(RefusedByRule, match="already"):
            act(prescriber, explain, **given, witness=seen_by(monitor))

    def test_a_slip_moves_nothing(self, monitor, lot, prescriber):
        row = difference(monitor, lot)
        act(
            prescriber,
            explain,
            entry_id=row.id,
            how="book-stays",
            words="Miscounted",
            witness=seen_by(monitor),
        )
        assert balances(monitor) == {"A1": (280, 0)}

    def test_a_second_person_confirms_at_their_own_log_in(self, monitor, lot, prescriber):
        row = difference(monitor, lot)
        said = act(prescriber, say_explanation, entry_id=row.id, how="book-follows", words="Broken")
        assert balances(monitor) == {"A1": (280, 0)}
        done = act(monitor, confirm, entry_id=said.id)
        assert (done.by_name, done.witness_name, done.about_id) == ("Dr. Cho", "Luis Ortega", row.id)
        assert balances(monitor) == {"A1": (252, 0)}

    def test_a_dose_of_an_unknown_lot_is_drawn_from_the_lot_that_is_found(self, booked):
        booked.record(entry("arrived", ago=200))
        booked.dose(ago=180, lot="ZZ")
        row = entries(booked.monitor, "discrepancy")[0]
        with acting_as(booked.monitor):
            lot = Lot.objects.get().id
        given = {"entry_id": row.id, "words": "Read on the box"}
        with pytest.raises(RefusedByRule, match="No lot is known"):
            act(booked.prescriber, explain, **given, how="book-follows", witness=seen_by(booked.monitor))
        given["witness"] = seen_by(booked.monitor)
        act(booked.prescriber, explain, **given, how="from-lot", lot_id=lot)
        assert balances(booked.monitor)["A1"][0] == 252
        booked.record(entry("dose-given", {"dose_mg": 28, "device": 2, "lot": "A1"}, 175))
        assert balances(booked.monitor)["A1"][0] == 224

    def test_what_is_lost_starts_the_clocks(self, monitor, lot, prescriber):
        row = difference(monitor, lot)
        done = act(prescriber, explain, entry_id=row.id, how="lost", words="Gone", witness=seen_by(monitor))
        assert (done.kind, done.more["significant"]) == ("loss", "yes")
        assert balances(monitor) == {"A1": (252, 0)}


class TestLoss:
    def test_reports_are_sent_once_and_not_in_the_future(self, monitor, lot, prescriber):
        lost = Lost("theft", now() - timedelta(days=1), significant=False)
        row = act(monitor, record_loss, lot_id=lot, amount_mg=Decimal(56), lost=lost, words="Door forced")
        assert row.more["significant"] == "yes"  # theft always is
        given = {"entry_id": row.id, "report": "loss-notice"}
        with pytest.raises(BadInput):
            act(prescriber, report_sent, **given, sent_on=today() + timedelta(days=2))
        act(prescriber, report_sent, **given, sent_on=today() - timedelta(days=1), reference="R-1")
        with pytest.raises(RefusedByRule):
            act(prescriber, report_sent, **given, sent_on=today() - timedelta(days=1))

    def test_bad_input(self, monitor, lot):
        for lost in (Lost("magic", now()), Lost("loss", now() + timedelta(days=1))):
            with pytest.raises(BadInput):
                act(monitor, record_loss, lot_id=lot, amount_mg=Decimal(1), lost=lost, words="x")
        with pytest.raises(BadInput):
            act(monitor, note_discrepancy, lot_id=lot, difference_mg=Decimal(0), words="x")
        with pytest.raises(BadInput):
            act(monitor, note_discrepancy, lot_id=UUID(int=1), difference_mg=Decimal(1), words="x")


class TestTakingBack:
    def test_a_wrong_receipt_is_undone_by_a_new_entry(self, monitor, prescriber):
        row = receive(monitor, kind=Kind.RECEIPT, amount=2800)
        act(prescriber, take_back, entry_id=row.id, words="One zero too many", witness=seen_by(monitor))
        assert balances(monitor) == {"A1": (0, 0)}
        with pytest.raises(RefusedByRule, match="already"):
            act(prescriber, take_back, entry_id=row.id, words="Again", witness=seen_by(monitor))

    def test_confirmed_at_the_second_persons_own_log_in(self, monitor, prescriber):
        row = receive(monitor, kind=Kind.RECEIPT)
        said = act(prescriber, say_taken_back, entry_id=row.id, words="Not ours")
        act(monitor, confirm, entry_id=said.id)
        assert balances(monitor) == {"A1": (0, 0)}

    def test_a_dose_is_corrected_at_the_bedside_and_not_here(self, booked):
        booked.record(entry("arrived", ago=200))
        booked.dose(ago=180)
        row = entries(booked.monitor, "given")[0]
        with pytest.raises(RefusedByRule, match="of this kind"):
            act(booked.prescriber, take_back, entry_id=row.id, words="x", witness=seen_by(booked.monitor))


def test_a_return_is_refused_where_it_is_not_there(monitor, lot):
    with pytest.raises(RefusedByRule, match="not set aside"):
        act(monitor, send_back, lot_id=lot, amount_mg=Decimal(300), to="Wholesale Inc.")
    with pytest.raises(BadInput):
        act(monitor, send_back, lot_id=lot, amount_mg=Decimal(28), to=" ")
    row = act(
        monitor, send_back, lot_id=lot, amount_mg=Decimal(28), to="Reverse Inc.", more={"document": "Form 41"}
    )
    assert row.more == {"to": "Reverse Inc.", "document": "Form 41"}


def test_who_may_enter_nothing(staff, monitor, lot):
    for role in ("therapist", "admin", "medical-director"):
        with pytest.raises(NotPermitted):
            receive(staff(role))


def test_the_book_is_whole_after_all_that(booked, staff):
    from upwell.access.system import system_actor
    from upwell.pathway.pharmacy.rules import walk
    from upwell.pathway.pharmacy.verify import links_of

    booked.order()
    booked.arrive()
    booked.go()
    booked.dose(ago=180)
    booked.dose(ago=170, lot="ZZ")
    with acting_as(booked.monitor):
        lot = Lot.objects.get().id
    throw(booked.monitor, lot, 1, witness=seen_by(booked.prescriber))
    difference(booked.monitor, lot, 5)
    with acting_as(system_actor("job")):
        verdict = walk(links_of(booked.monitor.practice_id))
        assert verdict.broken is None
        assert verdict.entries == LedgerEntry.objects.count()
