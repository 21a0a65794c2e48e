"""Statements that are put together once go to the driver directly, and behave as Django's own."""

from __future__ import annotations

from datetime import UTC

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext
from psycopg import errors

from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.audit.actions import record
from upwell.audit.models import AuditEntry
from upwell.base.asking import ask, tell
from upwell.base.inserting import as_list

pytestmark = pytest.mark.django_db
SUM = "SELECT %s::int + 1, %s::text"
RENAME = "UPDATE people_practice SET name = %s WHERE id = %s"


def prepare_at_once(monkeypatch):
    """As the pages' connections are, but for how often a statement comes before it is prepared."""
    connection.ensure_connection()
    monkeypatch.setattr(connection.connection, "cursor_factory", ServerBindingCursor)
    monkeypatch.setattr(connection.connection, "prepare_threshold", 0)


@pytest.fixture(params=["with a cursor", "by name"])
def way(request, monkeypatch):
    """Both ways to send a statement: it has not come often enough yet, or the driver has it prepared by now."""
    if request.param == "by name":
        prepare_at_once(monkeypatch)
    ask(SUM, [0, ""])


def test_asked_again_and_again_it_answers_what_is_asked_now(way):
    for number in range(8):
        assert ask(SUM, [number, "x" * number]) == [(number + 1, "x" * number)]
    assert ask(SUM, [1, None]) == [(2, None)]
    for _ in range(3):
        assert ask("SELECT 1 WHERE false", []) == []


def test_what_the_driver_has_prepared_needs_no_cursor(monkeypatch):
    prepare_at_once(monkeypatch)
    ask(SUM, [1, "x"])
    with monkeypatch.context() as without:
        without.setattr(connection.connection, "cursor", None)
        assert ask(SUM, [1, "x"]) == [(2, "x")]


@pytest.mark.parametrize(
    ("value", "kind"),
    [("many", errors.InvalidTextRepresentation), ("9" * 20, errors.NumericValueOutOfRange)],
)
def test_errors_are_djangos_and_say_which(way, value, kind):
    ask(SUM, ["1", "x"])
    with pytest.raises(DataError) as raised, transaction.atomic():
        ask(SUM, [value, "x"])
    assert isinstance(raised.value.__cause__, kind)
    assert ask(SUM, [1, "x"]) == [(2, "x")]  # undone to the savepoint, it goes on


def test_text_that_the_database_does_not_take_is_refused_before_it_is_sent(way):
    with pytest.raises(DataError, match="NUL"):
        ask(SUM, [1, "a\0b"])
    assert ask(SUM, [1, "x"]) == [(2, "x")]


def test_a_broken_transaction_takes_no_more(way):
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            ask(SUM, [1, "x"])


def test_what_the_database_says_beside_its_answer_is_heard(way):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.says(words text) RETURNS int LANGUAGE plpgsql AS"
            " $f$ BEGIN RAISE NOTICE '%', words; RETURN 1; END $f$"
        )
    heard = []
    connection.connection.add_notice_handler(lambda notice: heard.append(notice.message_primary))
    for words in ("one", "two"):
        assert ask("SELECT pg_temp.says(%s)", [words]) == [(1,)]
    assert heard == ["one", "two"]


def test_whoever_captures_statements_sees_them(way):
    with CaptureQueriesContext(connection) as captured:
        ask(SUM, [1, "x"])
    assert len(captured) == 1


def test_it_says_how_many_rows_it_touched(way, practice):
    for name in ("one", "two"):
        assert tell(RENAME, [name, practice.id]) == 1
        assert tell("UPDATE people_practice SET phone = %s WHERE false", ["2"]) == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        tell(RENAME, ["", practice.id])


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
