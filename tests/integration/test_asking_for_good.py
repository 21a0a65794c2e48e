"""Statements that are sent by name begin and end a transaction, and break with their connection as others do."""

from __future__ import annotations

import pytest
from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from psycopg.pq import TransactionStatus

from tests.integration.test_asking import RENAME, SUM, prepare_at_once
from upwell.base.asking import ask, tell
from upwell.people.models import Practice

KEEP = "INSERT INTO once VALUES (%s)"


@pytest.fixture
def clinic(committed_db, monkeypatch):
    made = Practice.objects.create(name="before")
    prepare_at_once(monkeypatch)
    tell(RENAME, ["before", made.id])
    ask(SUM, [1, "x"])
    return made


@pytest.fixture
def once(clinic):
    """A table that takes each number once, and says so at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE once (n int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)")
    tell(KEEP, [1])


def name():
    return Practice.objects.get().name


def state():
    return connection.connection.pgconn.transaction_status


def test_a_transaction_begins_with_it_and_is_undone(clinic):
    with transaction.atomic():
        assert tell(RENAME, ["after", clinic.id]) == 1
        transaction.set_rollback(True)
    assert name() == "before"
    for _ in range(2):  # the driver gave up what it had prepared
        with transaction.atomic():
            assert tell(RENAME, ["after", clinic.id]) == 1
    assert name() == "after"


def test_a_transaction_ends_with_the_last(clinic):
    told = []
    with transaction.atomic():
        transaction.on_commit(lambda: told.append(name()))
        assert tell(RENAME, ["after", clinic.id], last=True) == 1
        assert state() == TransactionStatus.IDLE
    assert told == ["after"]


def test_a_transaction_within_another_does_not_end_it(clinic):
    with transaction.atomic():
        with transaction.atomic():
            assert tell(RENAME, ["after", clinic.id], last=True) == 1
        assert state() == TransactionStatus.INTRANS
        transaction.set_rollback(True)
    assert name() == "before"


def test_what_is_no_transaction_is_not_ended(clinic):
    assert tell(RENAME, ["after", clinic.id], last=True) == 1
    assert name() == "after"


@pytest.mark.parametrize("last", [False, True])
def test_what_is_refused_at_once_undoes_the_transaction(clinic, last):
    def change():
        tell(RENAME, ["after", clinic.id])
        tell(SUM, ["many", "x"], last=last)

    for refused in (change, lambda: tell(SUM, ["many", "x"], last=last)):
        with pytest.raises(DataError), transaction.atomic():
            refused()
    assert name() == "before"


@pytest.mark.usefixtures("once")
def test_what_is_refused_at_the_end_undoes_the_transaction(clinic):
    def change():
        tell(RENAME, ["after", clinic.id])
        tell(KEEP, [1], last=True)

    with pytest.raises(IntegrityError), transaction.atomic():
        change()
    assert name() == "before"


def test_more_than_the_line_takes_at_once(clinic):
    text = "x" * 3_000_000
    with transaction.atomic():
        assert ask(SUM, [1, text]) == [(2, text)]


@pytest.mark.parametrize("last", [False, True])
def test_a_connection_that_is_cut_is_said_and_made_anew(clinic, databases, committed_db, last):
    with databases.admin.on("postgres").connect() as admin:
        cut = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
        with transaction.atomic():
            tell(RENAME, ["after", clinic.id])
            admin.execute(cut, [committed_db])
            with pytest.raises(OperationalError):
                tell(RENAME, ["after", clinic.id], last=last)
            transaction.set_rollback(True)
    connection.close()
    assert name() == "before"


def test_a_connection_that_was_cut_begins_no_transaction(clinic, databases, committed_db):
    with databases.admin.on("postgres").connect() as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [committed_db]
        )
    with pytest.raises(OperationalError), transaction.atomic():
        tell(RENAME, ["after", clinic.id])
    connection.close()
    assert name() == "before"
