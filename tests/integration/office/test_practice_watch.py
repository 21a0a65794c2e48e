"""The admin says when somebody watches over alerts, whom patients call at other times, and who is the backup."""

from __future__ import annotations

from datetime import date

import pytest

from upwell.access.acting import acting_as
from upwell.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
PAGE = "/practice/watch/"


@pytest.fixture
def admin(staff):
    return staff("admin")


@pytest.fixture
def browser(admin, client_as):
    return client_as(admin)


def test_hours_holidays_outside_number_and_backup_are_kept(browser, practice, staff, admin):
    backup = staff("prescriber", name="Bo Backup")
    sent = browser.post(
        PAGE,
        {
            "from_0": "09:00",
            "to_0": "17:00",
            "not_watched_on": "2026-12-25\n2026-12-24 2026-12-25",
            "outside_name": "On-call nurse",
            "outside_number": "+1 312 555 0166",
            "backup": str(backup.account_id),
            "backup_phone": "+1 312 555 0177",
        },
    )
    assert (sent.status_code, sent.url) == (302, PAGE)
    practice.refresh_from_db()
    assert practice.watched == ["09:00-17:00", "", "", "", "", "", ""]
    assert practice.not_watched_on == [date(2026, 12, 24), date(2026, 12, 25)]
    assert (practice.outside_number, practice.backup_id) == ("+1 312 555 0166", backup.account_id)
    text = browser.get(PAGE).content.decode()
    assert 'value="09:00"' in text
    assert "Bo Backup" in text
    with acting_as(admin):
        row = AuditEntry.objects.get(action="practice.watch-changed")
    assert "watched" in row.detail["fields"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"from_0": "09:00"}, "Give both times, or neither."),
        ({"from_0": "17:00", "to_0": "09:00"}, "This must be later than the time before it."),
        ({"from_0": "25:00", "to_0": "26:00"}, "Enter a valid time."),
        ({"not_watched_on": "Christmas"}, "is not a day. Write it as 2026-12-25."),
        ({"outside_name": "The line"}, "Give the number, too."),
        ({"backup": "01890a5d-ac96-774b-bcce-b302099a8057"}, "Select a valid choice"),
    ],
)
def test_what_can_not_be_is_refused_and_changes_nothing(browser, practice, given, words):
    response = browser.post(PAGE, given)
    assert response.status_code == 422
    assert words in response.content.decode()
    practice.refresh_from_db()
    assert (practice.watched, practice.outside_name, practice.backup_id) == ([], "", None)


def test_somebody_who_may_not_act_on_alerts_is_no_backup(browser, staff):
    text = browser.get(PAGE).content.decode()
    assert "Dana Desk" not in text
    desk = staff("admin", name="Dana Desk")
    assert browser.post(PAGE, {"backup": str(desk.account_id)}).status_code == 422


def test_patients_are_told_that_nobody_is_watching(browser, practice, alex_page):
    browser.post(PAGE, {"from_0": "00:00", "to_0": "00:01", "outside_number": "+1 312 555 0166"})
    text = alex_page()
    assert "is watching right now." in text
    assert 'href="tel:+13125550166"' in text


@pytest.fixture
def alex_page(patient_factory, account_factory, client_as):
    alex = patient_factory(account=account_factory("Alex Rivera"))

    def read() -> str:
        return client_as(alex.account).get("/help/").content.decode()

    return read
