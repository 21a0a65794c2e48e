# ruff: noqa: S608 - names of tables, from the models
"""Nobody changes the drug book behind its back: not as the application, and as the owner not unseen."""

from __future__ import annotations

import json
import os

import pytest
from django.db import DatabaseError, connection, transaction
from typer.testing import CliRunner

from tests.integration.pathway.pharmacy.books import receive, vial
from tests.people import make_account
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.access.who import staff_actor
from upwell.pathway.pharmacy import anchor
from upwell.pathway.pharmacy.anchor import RESTORED, path_of, read_anchor
from upwell.pathway.pharmacy.anchoring import catch_up
from upwell.pathway.pharmacy.chain import content_of, entries_of
from upwell.pathway.pharmacy.models import LedgerEntry, Lot, Product
from upwell.pathway.pharmacy.rules import Kind, Mark, hash_of
from upwell.pathway.pharmacy.verify import begin_again, books, check
from upwell.people.models import Membership, Practice

TABLE = "pharmacy_ledgerentry"


@pytest.fixture(autouse=True)
def _anchors_of_its_own(tmp_path):
    """Other tests leave anchors of practices that never were."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(anchor, "folder", lambda: tmp_path)
        yield


@pytest.fixture
def monitor(committed_db):
    """A monitor at a practice that is really there, whose book holds six entries, all anchored."""
    practice = Practice.objects.create(name="Harbor Clinic", time_zone="America/Chicago")
    account = make_account("luis@example.org", "correct horse battery", name="Luis Ortega")
    member = Membership.objects.create(account=account, practice=practice, roles=["monitor"])
    actor = staff_actor(member, account.name)
    for number in range(3):
        receive(actor, amount=28 * (number + 1), words=f"entry {number}")
        receive(actor, vial(), amount=500, kind=Kind.RECEIPT)
    yield actor
    path_of(practice.id).unlink(missing_ok=True)


@pytest.fixture
def owner(databases, committed_db):
    """Who owns the database, and turns off what stands in the way: no trigger, no row security."""
    with databases.admin.on(committed_db).connect() as found:
        found.execute("SET session_replication_role = replica")
        yield found


def checked(actor, expected=None):
    with acting_as(system_actor("job")):
        return check(actor.practice_id, expected)


def broken(actor):
    found = checked(actor).verdict.broken
    return None if found is None else (found.position, found.what)


def free_positions(owner):
    for name in ("ledger_position_once", "ledger_does_not_fork"):
        owner.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT {name}")


def rechained(owner, actor, after):
    """What a clever owner does: hash everything anew, so that the chain holds in itself."""
    with acting_as(system_actor("job")):
        rows = list(entries_of(actor.practice_id))
    previous = None
    for row in rows:
        if row.position > after:
            row.previous = previous
            row.hash = hash_of(content_of(row))
            owner.execute(
                f"UPDATE {TABLE} SET previous = %s, hash = %s WHERE id = %s", (row.previous, row.hash, row.id)
            )
        previous = row.hash


def test_an_untouched_book_is_whole_and_anchored(monitor):
    found = checked(monitor)
    assert (found.is_whole, found.verdict.entries, found.anchor.head, found.not_anchored) == (True, 6, 6, 0)


def test_an_entry_that_was_changed(monitor, owner):
    for position in (1, 3, 6):
        for column, value in (
            ("delta_mg", "1"),
            ("words", "'nothing to see'"),
            ("at", "now()"),
            ("by_name", "'X'"),
            ("kind", "'count'"),
            ("compartment", "'journal'"),
        ):
            was = owner.execute(f"SELECT {column} FROM {TABLE} WHERE position = %s", (position,)).fetchone()[
                0
            ]
            owner.execute(f"UPDATE {TABLE} SET {column} = {value} WHERE position = %s", (position,))
            assert broken(monitor) == (position, "changed"), column
            owner.execute(f"UPDATE {TABLE} SET {column} = %s WHERE position = %s", (was, position))
    assert broken(monitor) is None


def test_a_lot_or_product_that_was_changed(monitor, owner):
    owner.execute("UPDATE pharmacy_lot SET expires_on = '2031-01-01' WHERE number = 'K7'")
    assert broken(monitor) == (2, "changed")
    owner.execute("UPDATE pharmacy_product SET container_mg = 56 WHERE container_mg = 28")
    assert broken(monitor) == (1, "changed")


def test_an_entry_that_was_taken_out(monitor, owner):
    for position in (4, 1):
        owner.execute(f"DELETE FROM {TABLE} WHERE position = %s", (position,))
        assert broken(monitor) == (position, "missing")


def test_an_entry_that_was_taken_out_with_all_positions_and_hashes_made_anew(monitor, owner):
    free_positions(owner)
    owner.execute(f"DELETE FROM {TABLE} WHERE position = 3")
    owner.execute(f"UPDATE {TABLE} SET position = position - 1 WHERE position > 3")
    rechained(owner, monitor, 2)
    assert broken(monitor) == (3, "rewritten")


def test_an_entry_that_was_put_in(monitor, owner):
    free_positions(owner)
    columns = [one.column for one in LedgerEntry._meta.concrete_fields if one.column != "id"]
    owner.execute(
        f"INSERT INTO {TABLE} (id, {', '.join(columns)})"
        f" SELECT gen_random_uuid(), {', '.join(columns)} FROM {TABLE} WHERE position = 4"
    )
    assert broken(monitor)[0] == 4
    owner.execute(f"UPDATE {TABLE} SET position = position + 1 WHERE position > 4")
    owner.execute(
        f"UPDATE {TABLE} SET position = 5 WHERE id = (SELECT max(id::text)::uuid FROM {TABLE} WHERE position = 4)"
    )
    rechained(owner, monitor, 4)
    assert broken(monitor) in {(4, "changed"), (5, "rewritten")}


def test_a_changed_entry_with_all_hashes_made_anew(monitor, owner):
    owner.execute(f"UPDATE {TABLE} SET delta_mg = 1 WHERE position = 2")
    rechained(owner, monitor, 1)
    assert broken(monitor) == (2, "rewritten")


def test_an_end_that_was_cut(monitor, owner):
    for left in (5, 3, 0):
        owner.execute(f"DELETE FROM {TABLE} WHERE position > %s", (left,))
        assert broken(monitor) == (left + 1, "cut")
    with acting_as(system_actor("job")):
        assert books() == [monitor.practice_id]


def test_a_cut_book_is_not_sealed_anew_by_the_next_entry(monitor, owner):
    owner.execute(f"DELETE FROM {TABLE} WHERE position > 4")
    receive(monitor, words="business as usual")
    receive(monitor, words="and more")
    receive(monitor, words="longer than before")
    assert broken(monitor) == (5, "rewritten")
    assert read_anchor(monitor.practice_id).head == 6


def test_an_anchor_that_was_changed_or_taken_away(monitor):
    path = path_of(monitor.practice_id)
    whole = path.read_text()
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    path.write_text(whole.replace('"position": 4', '"position": 5', 1))
    found = checked(monitor)
    assert (found.is_whole, "line 4" in found.fault) == (False, True)
    path.write_text("".join(whole.splitlines(keepends=True)[1:]))
    assert "line 1" in checked(monitor).fault
    path.unlink()
    assert "no anchor" in checked(monitor).fault


def test_a_line_that_a_power_cut_tore_is_written_anew(monitor):
    path = path_of(monitor.practice_id)
    path.write_text(path.read_text()[:-40])
    assert checked(monitor).not_anchored == 1
    receive(monitor, words="after the lights came back")
    found = checked(monitor)
    assert (found.is_whole, found.not_anchored, found.anchor.head) == (True, 0, 7)


def test_a_long_anchor_is_added_to_by_its_end_alone(monitor, monkeypatch):
    from upwell.pathway.pharmacy import anchor

    monkeypatch.setattr(anchor, "END_BYTES", 900)
    monkeypatch.setattr(anchor, "read_anchor", lambda _practice: pytest.fail("the whole file was read"))
    receive(monitor, words="one more")
    monkeypatch.undo()
    found = checked(monitor)
    assert (found.is_whole, found.not_anchored) == (True, 0)


def test_what_was_kept_elsewhere_finds_a_cut_of_book_and_anchor(monitor, owner):
    head = checked(monitor).verdict.head
    owner.execute(f"DELETE FROM {TABLE} WHERE position > 4")
    path = path_of(monitor.practice_id)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:4]))
    assert checked(monitor).is_whole
    assert checked(monitor, head).verdict.broken.position == 5
    assert checked(monitor, Mark(2, "0" * 64)).verdict.broken.what == "rewritten"


def test_after_a_restore_the_book_goes_on_and_what_was_lost_is_said(monitor, owner):
    owner.execute(f"DELETE FROM {TABLE} WHERE position > 4")
    begin_again(monitor.practice_id, RESTORED, "backup of Monday")
    receive(monitor, words="after the restore")
    found = checked(monitor)
    assert (found.is_whole, found.anchor.head) == (True, 5)
    assert [(line.kind, line.position, line.words) for line in found.anchor.restarts] == [
        ("restored", 4, "backup of Monday")
    ]
    owner.execute(f"UPDATE {TABLE} SET words = 'x' WHERE position = 5")
    assert broken(monitor) == (5, "changed")


def test_a_restore_writes_a_discrepancy_where_entries_were_lost(monitor, owner):
    from upwell.pathway.pharmacy.restoring import note_restore

    assert note_restore("Monday") == []
    owner.execute(f"DELETE FROM {TABLE} WHERE position > 4")
    said = note_restore("Sunday")
    assert "Positions 5 to 6" in said[0]
    found = checked(monitor)
    assert (found.is_whole, found.verdict.entries, found.not_anchored) == (True, 5, 0)
    with acting_as(monitor):
        row = LedgerEntry.objects.get(kind="discrepancy")
    assert row.more == {"why": "restored", "lost_from": "5", "lost_to": "6"}
    path_of(monitor.practice_id).unlink()
    assert note_restore("Monday, in a new home") == []
    assert checked(monitor).is_whole
    owner.execute(f"UPDATE {TABLE} SET words = 'x' WHERE position = 2")
    assert "not whole" in note_restore("Monday")[0]


def test_what_is_not_anchored_yet_is_counted_and_caught_up(monitor):
    path = path_of(monitor.practice_id)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:3]))
    assert checked(monitor).not_anchored == 3
    assert catch_up(monitor.practice_id) == 3
    assert checked(monitor).not_anchored == 0


def test_the_application_can_neither_change_nor_delete(monitor):
    for model in (LedgerEntry, Lot, Product):
        for how in ("UPDATE {} SET practice_id = practice_id", "DELETE FROM {}", "TRUNCATE {} CASCADE"):
            with (
                acting_as(monitor),
                pytest.raises(DatabaseError, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(how.format(model._meta.db_table))


def test_the_owner_meets_a_trigger(monitor, databases, committed_db):
    with databases.owner.on(committed_db).connect() as found:
        found.execute(f"ALTER TABLE {TABLE} NO FORCE ROW LEVEL SECURITY")
        for how in (f"UPDATE {TABLE} SET words = 'x'", f"DELETE FROM {TABLE}"):
            with pytest.raises(Exception, match="Cannot update or delete"):
                found.execute(how)


class TestTheCommand:
    """``upwell ledger``, on the database of the test."""

    @pytest.fixture
    def run(self, monitor, monkeypatch):
        from contextlib import contextmanager

        from upwell.platform.cli import app, ledger

        @contextmanager
        def as_it_is(home):
            yield None

        monkeypatch.setattr(ledger, "with_database", as_it_is)

        def call(*words):
            result = CliRunner().invoke(app, ["ledger", *words, "--json"])
            return result.exit_code, json.loads(result.stdout)

        return call

    def test_whole_broken_and_bad_input(self, run, owner):
        code, found = run("verify")
        assert (code, found["whole"], found["books"][0]["position"]) == (0, True, 6)
        owner.execute(f"UPDATE {TABLE} SET delta_mg = 1 WHERE position = 2")
        code, found = run("verify", "--practice", "harbor clinic")
        book = found["books"][0]
        assert (code, book["first_bad_position"], book["what"]) == (1, 2, "changed")
        assert run("verify", "--practice", "Nowhere")[0] == 2
        assert run("verify", "--practice", "Harbor Clinic", "--expect", "4:abc")[0] == 2
        assert run("verify", "--expect", "4:" + "0" * 64)[0] == 2
        assert run("show", "--practice", "Nowhere")[0] == 2

    def test_anchor_and_show(self, run, monitor):
        code, found = run("anchor")
        assert (code, found["anchors"][0]["position"]) == (0, 6)
        head = f"6:{found['anchors'][0]['hash']}"
        assert run("verify", "--practice", "Harbor Clinic", "--expect", head)[0] == 0
        assert run("anchor", "--begin")[0] == 1
        path_of(monitor.practice_id).unlink()
        assert run("verify")[0] == 1
        assert run("anchor")[0] == 1
        assert run("anchor", "--begin")[0] == 0
        assert run("verify")[0] == 0
        code, found = run("show", "--practice", "Harbor Clinic", "--last", "2")
        assert [one["kind"] for one in found["entries"]] == ["opening", "receipt"]
        assert {one["lot"]: one["balance_mg"] for one in found["stock"]} == {
            "A1": "168.000",
            "K7": "1500.000",
        }


def test_help_is_there():
    from upwell.platform.cli import app

    for words in (["ledger"], ["ledger", "verify"], ["ledger", "anchor"], ["ledger", "show"]):
        result = CliRunner().invoke(app, [*words, "--help"], env={**os.environ, "COLUMNS": "200"})
        assert result.exit_code == 0
        assert "drug book" in result.stdout or "practice" in result.stdout.lower()
