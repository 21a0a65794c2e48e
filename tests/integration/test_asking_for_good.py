"""Statements that are sent by name begin a transaction as others do, and break with their connection as others do."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection, transaction

from tests.integration.test_asking import RENAME, prepare_at_once
from upwell.base.asking import tell
from upwell.people.models import Practice


@pytest.fixture
def clinic(committed_db, monkeypatch):
    made = Practice.objects.create(name="before")
    prepare_at_once(monkeypatch)
    tell(RENAME, ["before", made.id])
    return made


def test_a_transaction_begins_with_it_and_is_undone(clinic):
    with transaction.atomic():
        assert tell(RENAME, ["after", clinic.id]) == 1
        transaction.set_rollback(True)
    assert Practice.objects.get().name == "before"
    for _ in range(2):  # the driver gave up what it had prepared
        with transaction.atomic():
            assert tell(RENAME, ["after", clinic.id]) == 1
    assert Practice.objects.get().name == "after"


def test_a_connection_that_is_cut_is_said_and_made_anew(clinic, databases, committed_db):
    with databases.admin.on("postgres").connect() as admin:
        cut = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
        with transaction.atomic():
            tell(RENAME, ["after", clinic.id])
            admin.execute(cut, [committed_db])
            with pytest.raises(OperationalError):
                tell(RENAME, ["after", clinic.id])
            transaction.set_rollback(True)
    connection.close()
    assert Practice.objects.get().name == "before"
