"""Statements that are put together once go to the driver directly, and behave as Django's own."""

from __future__ import annotations

from datetime import UTC

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.audit.actions import record
from upwell.audit.models import AuditEntry
from upwell.base.asking import ask, tell
from upwell.base.inserting import as_list

pytestmark = pytest.mark.django_db
SUM = "SELECT %s::int + 1, %s::text"


def test_asked_again_and_again_it_answers_what_is_asked_now():
    for number in range(8):  # more often than it takes to be prepared
        assert ask(SUM, [number, "x" * number]) == [(number + 1, "x" * number)]
    assert ask("SELECT 1 WHERE false", []) == []
    assert ask(SUM, [1, None]) == [(2, None)]


def test_errors_are_djangos_and_a_broken_transaction_takes_no_more():
    with pytest.raises(DataError), transaction.atomic():
        ask(SUM, ["many", "x"])
    assert ask(SUM, [1, "x"]) == [(2, "x")]  # undone to the savepoint, it goes on
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            ask(SUM, [1, "x"])


def test_whoever_captures_statements_sees_them():
    with CaptureQueriesContext(connection) as captured:
        ask(SUM, [1, "x"])
    assert len(captured) == 1


def test_it_says_how_many_rows_it_touched(practice):
    change = "UPDATE people_practice SET phone = %s WHERE id = %s"
    assert tell(change, ["1", practice.id]) == 1
    assert tell("UPDATE people_practice SET phone = %s WHERE false", ["2"]) == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        tell("UPDATE people_practice SET name = %s WHERE id = %s", ["", practice.id])


MOMENTS = [
    "2026-03-01 12:05:00+00",
    "2026-03-01 12:05:00.5+00",
    "2026-03-01 12:05:00.123456+05:30",
    "0001-01-01 00:00:00+00",
    "9999-12-31 23:59:59.999999+00",
]


@pytest.mark.parametrize("said", MOMENTS)
def test_a_moment_is_read_as_django_reads_it(said):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [said])
        expected = cursor.fetchone()[0]
    [(found,)] = ask("SELECT %s::text::timestamptz", [said])
    assert found == expected
    assert found.tzinfo is expected.tzinfo is UTC


def test_what_was_answered_does_not_stay():
    ask(SUM, [1, "secret"])
    assert connection.connection.__dict__["upwell_cursors"][SUM].pgresult is None


WORDS = ["plain", 'with "quotes"', "back\\slash", "a,b", "{}", "", "NULL", "über", "new\nline"]


def test_a_list_of_texts_is_read_as_it_was_written():
    assert ask("SELECT %s::text[]", [as_list(WORDS)]) == [(WORDS,)]
    assert ask("SELECT %s::text[]", [as_list([])]) == [([],)]


def test_a_row_of_the_trail_says_what_it_was_given(staff, practice):
    by = staff("prescriber", "therapist")
    with acting_as(by):
        record("tried", by=by, patients=["a"], shown=1, words='a "quote" \\ and ü', nothing=None)
    with acting_as(system_actor("count", practice.id)):
        row = AuditEntry.objects.get(action="tried")
    assert (row.roles, row.account_id, row.practice_id) == (
        ["prescriber", "therapist"],
        by.account_id,
        practice.id,
    )
    assert row.detail == {"patients": ["a"], "shown": 1, "words": 'a "quote" \\ and ü', "nothing": None}
