"""The drug book's pages: who sees what, what can't be taken is said, the register leaves the house."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.integration.pathway.pharmacy.books import balances, entries, kinds, receive, spray
from tests.integration.pathway.session.conftest import entry
from upwell.access.acting import acting_as
from upwell.audit.models import AuditEntry
from upwell.base.clock import now
from upwell.base.ids import new_id
from upwell.pathway.local_time import today
from upwell.pathway.pharmacy.models import Lot
from upwell.pathway.pharmacy.rules import Kind
from upwell.pathway.session.models import SessionEvent

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ENTER = "/drug-book/enter/{}/"


@pytest.fixture
def monitor(staff):
    return staff("monitor", name="Luis Ortega")


@pytest.fixture
def browser(monitor, client_as):
    return client_as(monitor)


def lot_of(actor, number="A1"):
    with acting_as(actor):
        return Lot.objects.get(number=number)


def box(**more):
    given = {
        "id": new_id(),
        "product": "new",
        "substance": "esketamine",
        "name": "Spravato 28 mg",
        "form": "nasal device",
        "container_mg": "28",
        "lot": "A1",
        "expires_on": (today() + timedelta(days=300)).isoformat(),
        "containers": "10",
        "supplier": "Wholesale Inc.",
        "invoice": "4711",
    }
    return given | more


def test_the_book_begins_with_what_is_here(browser, monitor):
    assert "has not begun" in browser.get("/drug-book/").content.decode()
    sent = browser.post(ENTER.format("opening"), box())
    assert sent.status_code == 302
    page = browser.get("/drug-book/").content.decode()
    assert "280 mg" in page
    assert "Spravato 28 mg" in page
    again = box(product=str(lot_of(monitor).product_id), containers="2", mg="14", lot="B2")
    assert browser.post(ENTER.format("receipt"), again).status_code == 302
    assert balances(monitor) == {"A1": (280, 0), "B2": (70, 0)}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"container_mg": ""}, "A new product needs this."),
        ({"containers": ""}, "Count the containers."),
        ({"containers": "-1"}, "greater than or equal to 0"),
        ({"containers": "0"}, "above nothing"),
        ({"expires_on": "soon"}, "Enter a valid date."),
        ({"supplier": ""}, "This field is required."),
        ({"lot": "x" * 300}, "at most 200"),
        ({"at": (now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")}, "in the future"),
        ({"at": "yesterday"}, "Enter a valid date/time."),
        ({"product": "none"}, "Select a valid choice."),
        ({"id": "none"}, ""),
    ],
)
def test_what_can_not_be_taken_is_said_beside_its_field(browser, monitor, given, words):
    sent = browser.post(ENTER.format("receipt"), box(**given))
    assert sent.status_code == 422
    assert words in sent.content.decode()
    assert kinds(monitor) == []


class TestWaste:
    @pytest.fixture
    def witness(self, staff):
        return staff("therapist", name="Ana Witness")

    def send(self, browser, monitor, **more):
        given = {"id": new_id(), "lot": str(lot_of(monitor).id), "containers": "1", "words": "dropped"}
        return browser.post(ENTER.format("waste"), given | more)

    def test_without_a_witness_it_is_refused(self, browser, monitor, witness):
        receive(monitor)
        sent = self.send(browser, monitor)
        assert sent.status_code == 422
        assert "needs a witness" in sent.content.decode()

    def test_the_witness_types_their_own_password(self, browser, monitor, witness):
        receive(monitor)
        named = {"witness": str(witness.account_id)}
        for wrong in ({}, {"password": "guessed"}, {"password": "correct horse battery "}):
            sent = self.send(browser, monitor, **named, **wrong)
            assert sent.status_code == 422
        assert "guessed" not in sent.content.decode()
        assert balances(monitor) == {"A1": (280, 0)}
        with acting_as(witness):
            assert self.send(browser, monitor, **named, password="correct horse battery").status_code == 302
        row = entries(monitor, "waste")[0]
        assert (row.witness_id, row.by_id) == (witness.account_id, monitor.account_id)

    def test_nobody_is_their_own_witness(self, browser, monitor, witness):
        receive(monitor)
        mine = {"witness": str(monitor.account_id), "password": "correct horse battery"}
        sent = self.send(browser, monitor, **mine)
        assert sent.status_code == 422
        assert kinds(monitor) == ["opening"]

    def test_guesses_are_counted_as_at_the_door(self, browser, monitor, witness):
        from django.core.cache import cache

        cache.clear()
        receive(monitor)
        named = {"witness": str(witness.account_id)}
        for _time in range(10):
            sent = self.send(browser, monitor, **named, password="guess")
        right = self.send(browser, monitor, **named, password="correct horse battery")
        assert right.status_code == 422
        assert "Too many tries" in right.content.decode()
        cache.clear()
        assert sent.status_code == 422

    def test_whoever_has_a_second_step_needs_it_here_too(self, browser, monitor, witness):
        from allauth.mfa.models import Authenticator
        from allauth.mfa.totp.internal import auth

        from tests.people import account_of
        from upwell.access.at_the_door import at_the_door

        receive(monitor)
        account = account_of(witness)
        with at_the_door():
            secret = auth.generate_totp_secret()
            auth.TOTP.activate(account, secret)
        named = {"witness": str(witness.account_id), "password": "correct horse battery"}
        assert "code of their app is needed" in self.send(browser, monitor, **named).content.decode()
        wrong = self.send(browser, monitor, **named, code="000000")
        assert wrong.status_code == 422
        counter = next(iter(auth.yield_hotp_counters_from_time()))
        code = auth.format_hotp_value(auth.hotp_value(secret, counter))
        assert self.send(browser, monitor, **named, code=code).status_code == 302
        with at_the_door():
            assert Authenticator.objects.filter(user_id=account.id).exists()

    def test_at_the_witnesss_own_log_in(self, browser, monitor, witness, client_as):
        receive(monitor)
        assert self.send(browser, monitor, later="on").status_code == 302
        assert balances(monitor) == {"A1": (280, 28)}
        other = client_as(witness)
        assert "Confirm as a witness" in other.get("/today/").content.decode()
        page = f"/drug-book/witness/{entries(monitor, 'said')[0].id}/"
        assert "dropped" in other.get(page).content.decode()
        assert browser.post(page, {"do": "confirm"}).status_code == 409
        assert other.post(page, {"do": "confirm"}).status_code == 302
        assert balances(monitor) == {"A1": (252, 0)}
        assert "This is settled" in other.get(page).content.decode()


def test_counting_explaining_and_the_register(browser, monitor, staff, client_as):
    prescriber = staff("prescriber", name="Dr. Cho")
    receive(monitor)
    lot = lot_of(monitor)
    sent = browser.post(ENTER.format("count"), {"id": new_id(), "lot": str(lot.id), "containers": "9"})
    assert sent.status_code == 302
    doctor = client_as(prescriber)
    today_page = doctor.get("/today/").content.decode()
    assert "Explain a discrepancy" in today_page
    page = f"/drug-book/entries/{entries(monitor, 'discrepancy')[0].id}/"
    assert "Explain it" in doctor.get(page).content.decode()
    assert "Explain it" not in browser.get(page).content.decode()
    given = {"id": new_id(), "how": "book-follows", "words": "=1+1", "later": "on"}
    assert doctor.post(page, given | {"words": ""}).status_code == 422
    assert doctor.post(page, given).status_code == 302
    witness = f"/drug-book/witness/{entries(monitor, 'said')[0].id}/"
    assert browser.post(witness, {"do": "confirm"}).status_code == 302
    assert balances(monitor) == {"A1": (252, 0)}
    shown = doctor.get("/drug-book/register/").content.decode()
    assert "252 mg" in shown
    file = doctor.get("/drug-book/register.csv")
    assert file["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(file.content.decode())))
    assert [row["What"] for row in rows] == ["Opening inventory", "Counted", "Discrepancy", "Explained"]
    assert (rows[3]["Out mg"], rows[3]["Balance of the lot, mg"], rows[3]["Remarks"]) == (
        "28.000",
        "252.000",
        "'=1+1",
    )
    assert rows[3]["Witness"] == "Luis Ortega"
    with acting_as(prescriber):
        assert AuditEntry.objects.filter(action="ledger.exported").exists()
    assert doctor.get("/drug-book/register/?since=2020-01-01&until=2020-02-01").status_code == 200
    assert doctor.get("/drug-book/register/?since=nonsense&lot=x").status_code == 200


def test_an_inventory_and_a_loss(browser, monitor, staff, client_as):
    receive(monitor)
    lot = lot_of(monitor)
    given = {"id": new_id(), "taken": "close"}
    missing = browser.post(ENTER.format("inventory"), given)
    assert missing.status_code == 422
    assert "Not counted" in missing.content.decode()
    assert browser.post(ENTER.format("inventory"), given | {f"{lot.id}-containers": "10"}).status_code == 302
    loss = {
        "id": new_id(),
        "lot": str(lot.id),
        "containers": "2",
        "what": "theft",
        "significant": "no",
        "discovered_at": (now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"),
        "words": "The cupboard was open.",
    }
    assert browser.post(ENTER.format("loss"), loss).status_code == 302
    doctor = client_as(staff("prescriber"))
    assert "Send a report" in doctor.get("/today/").content.decode()
    page = f"/drug-book/entries/{entries(monitor, 'loss')[0].id}/"
    assert "Form 106" in doctor.get(page).content.decode()
    sent = {
        "id": new_id(),
        "report": "loss-form",
        "sent_on": (today() - timedelta(days=1)).isoformat(),
        "reference": "R 1",
    }
    assert doctor.post(page, sent).status_code == 302
    assert [row.more["report"] for row in entries(monitor, "reported")] == ["loss-form"]


def test_today_says_what_expires_and_what_was_left_aside(booked, client_as):
    receive(booked.monitor, spray("SOON", expires_on=today() + timedelta(days=5)), 28)
    page = client_as(booked.monitor).get("/today/").content.decode()
    assert "Look at stock that expires" in page
    assert "Spravato 28 mg (SOON)" in page


def test_where_the_drug_comes_from(booked, client_as):
    page = f"/sessions/{booked.id}/supply/"
    browser = client_as(booked.monitor)
    assert browser.get(page).status_code == 200
    lot = str(lot_of(booked.monitor).id)
    early = browser.post(page, {"source": "clinic-stock", "lot": lot})
    assert early.status_code == 422
    with acting_as(booked.monitor):
        assert not SessionEvent.objects.filter(type="supply").exists()
    booked.order()
    assert browser.post(page, {"source": "clinic-stock", "lot": lot}).status_code == 302
    assert balances(booked.monitor) == {"A1": (280, 56)}
    assert "Set aside: 56 mg" in browser.get(page).content.decode()
    assert browser.post(page, {"source": "patient-dispensed", "pharmacy": "Bay"}).status_code == 422
    whole = {"source": "patient-dispensed", "pharmacy": "Bay", "prescription_number": "7", "count": "30"}
    assert browser.post(page, whole).status_code == 302
    assert balances(booked.monitor) == {"A1": (280, 0)}


def test_a_dose_is_in_the_book_with_name_and_address(booked, client_as):
    from upwell.people.models import Patient

    with acting_as(booked.prescriber):
        Patient.objects.filter(id=booked.patient.id).update(address_line="1 Quay", city="Harbor")
    booked.record(entry("arrived", ago=200))
    booked.dose(ago=180, lot="A1")
    page = client_as(booked.monitor).get("/drug-book/register/").content.decode()
    assert "Maya Ferreira" in page
    assert "1 Quay, Harbor" in page


def test_a_wrong_receipt_is_taken_back_on_its_page(browser, monitor, staff, client_as):
    row = receive(monitor, kind=Kind.RECEIPT)
    doctor = client_as(staff("prescriber"))
    page = f"/drug-book/entries/{row.id}/"
    given = {
        "id": new_id(),
        "words": "Twice",
        "witness": str(monitor.account_id),
        "password": "correct horse battery",
    }
    assert doctor.post(page, given).status_code == 302
    assert balances(monitor) == {"A1": (Decimal(0), 0)}


def test_another_practices_entries_are_not_there(browser, monitor, staff, other_practice, client_as):
    row = receive(monitor)
    elsewhere = client_as(staff("prescriber", at=other_practice))
    for page in (f"/drug-book/entries/{row.id}/", f"/drug-book/witness/{row.id}/"):
        assert elsewhere.get(page).status_code == 404
    assert "has not begun" in elsewhere.get("/drug-book/").content.decode()
    assert browser.get(ENTER.format("magic")).status_code == 404
