"""The admin's list of closed days, and the DEA registration number: kept without slips, shown where they count."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.integration.pathway.pharmacy.books import receive
from upwell.access.acting import acting_as
from upwell.audit.models import AuditEntry
from upwell.base.errors import BadInput, NotPermitted
from upwell.office.practice.actions import change_details
from upwell.office.practice.actions.closed_days import say_closed_days

pytestmark = pytest.mark.django_db
PAGE = "/practice/closed-days/"


@pytest.fixture
def admin(staff):
    return staff("admin")


@pytest.fixture
def browser(admin, client_as):
    return client_as(admin)


def test_the_list_is_kept_in_order_and_audited(browser, practice, admin):
    sent = browser.post(
        PAGE, {"closed_days": "2026-12-25 Christmas Day\n\n 2026-11-26   Thanksgiving Day\n2027-01-01"}
    )
    assert (sent.status_code, sent.url) == (302, PAGE)
    practice.refresh_from_db()
    assert practice.closed_days == [
        {"on": "2026-11-26", "name": "Thanksgiving Day"},
        {"on": "2026-12-25", "name": "Christmas Day"},
        {"on": "2027-01-01", "name": ""},
    ]
    assert "2026-12-25 Christmas Day" in browser.get(PAGE).content.decode()
    with acting_as(admin):
        assert AuditEntry.objects.get(action="practice.closed-days-changed").detail["days"] == 3


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Christmas", "does not begin with a day"),
        ("2026-13-25 Christmas", "does not begin with a day"),
        ("2026-12-25 Christmas\n2026-12-25 again", "stands there twice"),
        ("2026-12-25 " + "x" * 81, "longer than 80"),
        ("\n".join(f"20{n:02d}-01-0{d}" for n in range(10, 40) for d in range(1, 9)), "More than 200"),
        ("2026-12-25 \0", ""),
    ],
)
def test_what_can_not_be_read_changes_nothing(browser, practice, typed, said):
    answer = browser.post(PAGE, {"closed_days": typed})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    practice.refresh_from_db()
    assert practice.closed_days == []


def test_only_the_admin_says_so(staff):
    with acting_as(staff("prescriber")) as by, pytest.raises(NotPermitted):
        say_closed_days(by=by, closed_days=[])


@pytest.mark.parametrize("typed", ["AB1234563", " ab 123-4563 ", "F91234563"])
def test_a_dea_number_is_kept_as_on_the_certificate(admin, practice, typed):
    with acting_as(admin) as by:
        change_details(by=by, dea_registration=typed)
    practice.refresh_from_db()
    assert practice.dea_registration in {"AB1234563", "F91234563"}


@pytest.mark.parametrize("typed", ["AB1234564", "AB123456", "1B1234563", "AB12345633", "hello"])
def test_a_slip_in_a_dea_number_is_refused(admin, practice, typed):
    with acting_as(admin) as by, pytest.raises(BadInput):
        change_details(by=by, dea_registration=typed)


def test_the_register_carries_the_dea_number_and_no_other_page_of_the_practice_does(
    admin, staff, practice, client_as, browser
):
    monitor = staff("monitor")
    receive(monitor)
    there = client_as(monitor)
    assert (
        "DEA registration number is not stored" in there.get(reverse("drug_book_register")).content.decode()
    )
    with acting_as(admin) as by:
        change_details(by=by, dea_registration="AB1234563")
    for page in ("drug_book_register", "drug_book_csv", "drug_book"):
        assert "AB1234563" in there.get(reverse(page)).content.decode(), page
    assert "AB1234563" not in browser.get(reverse("practice")).content.decode()
