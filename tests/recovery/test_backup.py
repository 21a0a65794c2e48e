"""Backup and restore while people work; damaged files are refused before anything is touched."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from upwell.base.errors import BadInput, Unavailable
from upwell.platform.backup import backup, inspect, last_backup, restore
from upwell.platform.backup import restoring as restoring_module
from upwell.platform.database import Databases, running
from upwell.platform.home import Home
from upwell.platform.processes import wait_until

SCHEMA = """
CREATE TABLE chart (id int PRIMARY KEY, note text NOT NULL, whose int, CHECK (id > 0));
CREATE TABLE "Odd ""x"" name" ("select" text, CONSTRAINT one UNIQUE ("select"));
CREATE TABLE entry (id int PRIMARY KEY, chart_id int REFERENCES chart);
CREATE TABLE empty (id int);
INSERT INTO chart
SELECT i, E'line\\nbreak \\\\. tab\\t ' || i || ' COPY x FROM stdin;', i % 3
FROM generate_series(1, 500) i;
INSERT INTO entry SELECT i, i FROM generate_series(1, 400) i;
INSERT INTO "Odd ""x"" name" VALUES ('a'), (NULL), (E'\\\\.');
ALTER TABLE chart ENABLE ROW LEVEL SECURITY;
ALTER TABLE chart FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON chart USING (whose::text = current_setting('upwell.account', true));
REVOKE DELETE ON chart FROM upwell_app;
REVOKE ALL ON entry FROM upwell_app;
GRANT SELECT ON entry TO upwell_app;
CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'append only'; END $$;
CREATE TRIGGER append_only BEFORE DELETE ON chart FOR EACH ROW EXECUTE FUNCTION forbid();
CREATE TABLE django_migrations (id int, app text, name text);
INSERT INTO django_migrations VALUES (1, 'record', '0001_initial');
"""


@pytest.fixture
def databases(home: Home) -> Iterator[Databases]:
    with running(home) as found:
        with found.owner.connect() as connection:
            connection.execute(SCHEMA)
        yield found


def everything(databases: Databases) -> dict[str, list[Any]]:
    with databases.admin.connect() as connection:
        tables = ["chart", "entry", "empty", '"Odd ""x"" name"', "django_migrations"]
        return {name: connection.execute(f"TABLE {name} ORDER BY 1").fetchall() for name in tables}


def test_restored_is_what_was_backed_up(home: Home, databases: Databases, tmp_path: Path) -> None:
    before = everything(databases)
    file = tmp_path / "one.upwell"
    written = backup(home, file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert written.total_rows == 500 + 400 + 3 + 1
    assert list(tmp_path.iterdir()) == [file]
    assert last_backup(home) is not None
    with databases.owner.connect() as connection:
        connection.execute("DROP TABLE entry")
        connection.execute("CREATE TABLE later (id int)")
    said: list[str] = []
    restored = restore(home, file, said.append, known_migrations={("record", "0001_initial")})
    assert restored == written
    assert everything(databases) == before
    assert "is kept as" in said[-1]
    with databases.app.connect() as connection:  # the same log-ins, rights and row security
        assert connection.execute("SELECT count(*) FROM chart").fetchone() == (0,)
        connection.execute("SELECT set_config('upwell.account', '1', false)")
        assert connection.execute("SELECT count(*) FROM chart").fetchone() == (167,)
        for statement in ("DELETE FROM chart", "INSERT INTO entry VALUES (1, 1)", "CREATE TABLE x (i int)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
    with databases.owner.connect() as connection:  # tables that come later are opened to the application, too
        connection.execute("CREATE TABLE afterwards (id int)")
        row = connection.execute(
            "SELECT has_table_privilege('upwell_app', 'afterwards', 'INSERT')"
        ).fetchone()
        assert row == (True,)
    assert not list(home.root.glob("restore-*"))


def test_only_the_last_former_database_is_kept(home: Home, databases: Databases, tmp_path: Path) -> None:
    file = tmp_path / "one.upwell"
    backup(home, file)
    restore(home, file)
    restore(home, file)
    with databases.admin.on("postgres").connect() as server:
        names = [row[0] for row in server.execute("SELECT datname FROM pg_database").fetchall()]
    assert len([name for name in names if "before_restore" in name]) == 1
    assert not [name for name in names if "restoring" in name]


def test_any_tar_can_open_it(home: Home, databases: Databases, tmp_path: Path) -> None:
    file = tmp_path / "one.upwell"
    written = backup(home, file)
    with tarfile.open(file) as archive:
        assert archive.getnames() == ["database.dump", "manifest.json", "SHA256SUMS"]
        manifest = archive.extractfile("manifest.json")
        assert manifest is not None
        assert json.loads(manifest.read())["dump_sha256"] == written.dump_sha256
    assert inspect(file) == written


def test_every_damaged_byte_is_seen(home: Home, databases: Databases, tmp_path: Path) -> None:
    file = tmp_path / "one.upwell"
    backup(home, file)
    whole = file.read_bytes()
    damaged = tmp_path / "damaged.upwell"
    generator = random.Random(5)
    places = {
        0,
        100,
        511,
        512,
        len(whole) - 1,
        len(whole) - 1024,
        *(generator.randrange(len(whole)) for _ in range(200)),
    }
    for place in places:
        content = bytearray(whole)
        content[place] ^= 1 << generator.randrange(8)
        damaged.write_bytes(content)
        with pytest.raises(BadInput):
            inspect(damaged)
    for cut in (0, 1, 511, 512, 5000, len(whole) // 2, len(whole) - 512, len(whole) - 1):
        damaged.write_bytes(whole[:cut])
        with pytest.raises(BadInput):
            inspect(damaged)
    damaged.write_bytes(whole + b"\0")
    with pytest.raises(BadInput):
        inspect(damaged)


def test_refused_before_anything_is_touched(home: Home, databases: Databases, tmp_path: Path) -> None:
    file = tmp_path / "one.upwell"
    backup(home, file)
    before = everything(databases)
    whole = file.read_bytes()
    with databases.admin.on("postgres").connect() as server:
        names = server.execute("SELECT oid, datname FROM pg_database ORDER BY 1").fetchall()
    bad = tmp_path / "bad.upwell"
    other_tar = tmp_path / "other.tar"
    with tarfile.open(other_tar, "w") as archive:
        archive.add(__file__, "database.dump")
    for content in (
        b"",
        b"hello",
        whole[: len(whole) // 2],
        whole[:3000] + b"?" + whole[3001:],
        other_tar.read_bytes(),
    ):
        bad.write_bytes(content)
        with pytest.raises(BadInput) as refusal:
            restore(home, bad)
        assert str(bad) in refusal.value.message
    with pytest.raises(BadInput, match="No such file"):
        restore(home, tmp_path / "absent")
    with pytest.raises(BadInput, match=r"newer Upwell.*record\.0001_initial"):
        restore(home, file, known_migrations=set())
    with databases.admin.on("postgres").connect() as server:
        assert server.execute("SELECT oid, datname FROM pg_database ORDER BY 1").fetchall() == names
    assert everything(databases) == before


def test_where_a_backup_can_not_be_written(home: Home, databases: Databases, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="Make it first"):
        backup(home, tmp_path / "absent" / "x")
    with pytest.raises(BadInput, match="is a folder"):
        backup(home, tmp_path)
    if os.geteuid() != 0:
        tmp_path.chmod(0o500)
        with pytest.raises(Unavailable, match="can't be written"):
            backup(home, tmp_path / "x")
        tmp_path.chmod(0o700)


def test_a_failing_restore_changes_nothing(
    home: Home, databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "one.upwell"
    backup(home, file)
    before = everything(databases)

    def migrate(_: Databases) -> None:
        raise Unavailable("The migration failed.")

    with pytest.raises(Unavailable, match="migration failed"):
        restore(home, file, bring_up_to_date=migrate)
    monkeypatch.setattr(restoring_module.census, "count_rows", lambda *_: {"public.chart": 1})
    with pytest.raises(Unavailable, match="Nothing was changed"):
        restore(home, file)
    assert everything(databases) == before
    restoring_module._drop_leftovers(databases)


def test_brought_up_to_date_before_it_takes_its_place(
    home: Home, databases: Databases, tmp_path: Path
) -> None:
    file = tmp_path / "one.upwell"
    backup(home, file)

    def migrate(restored: Databases) -> None:
        with restored.owner.connect() as connection:
            connection.execute("ALTER TABLE entry ADD COLUMN newer int")

    restore(home, file, bring_up_to_date=migrate)
    with databases.app.connect() as connection:
        assert connection.execute("SELECT count(newer) FROM entry").fetchone() == (0,)


def test_backup_and_restore_while_it_serves(served: Any, writers: Any, tmp_path: Path) -> None:
    """People go on writing during the backup; the restored state is one moment of it, not a mixture."""
    file = tmp_path / "one.upwell"
    with writers:
        time.sleep(0.5)
        manifest = backup(served.home, file)
        stored = manifest.tables["public.journalled"]["rows"]
        assert stored > 10
        time.sleep(0.3)
        restore(served.home, file)
        time.sleep(0.5)  # they reconnect by themselves, to the restored database
    assert served.ready()
    with running(served.home) as databases, databases.owner.connect() as connection:
        rows = connection.execute("SELECT count(*), count(DISTINCT id) FROM journalled").fetchone()
        kept = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE '%before%'").fetchone()
    assert rows is not None
    assert rows[0] == rows[1] > stored
    with databases.admin.on(kept[0]).connect() as connection:
        assert connection.execute("SELECT count(*) FROM journalled").fetchone()[0] > stored


def still_answers(databases: Databases) -> bool:
    """The last order of a killed restore may still be carried out, and end a session that comes too early."""
    try:
        with databases.app.connect() as connection:
            connection.execute("SELECT pg_sleep(0.2)")
    except psycopg.OperationalError:
        return False
    return True


_RESTORE = """
import sys
from pathlib import Path
from upwell.platform.backup import restore
from upwell.platform.home import Home
restore(Home.at(sys.argv[1]), Path(sys.argv[2]))
"""


def test_killed_restore_leaves_a_whole_database(home: Home, databases: Databases, tmp_path: Path) -> None:
    file = tmp_path / "one.upwell"
    with databases.owner.connect() as connection:
        connection.execute("INSERT INTO entry SELECT i, NULL FROM generate_series(1000, 60000) i")
    backup(home, file)
    before = everything(databases)
    for after in (0.3, 0.45, 0.6, 0.75, 0.9, 1.05):
        process = subprocess.Popen([sys.executable, "-c", _RESTORE, str(home.root), str(file)])
        time.sleep(after)
        process.kill()
        process.wait()
        assert wait_until(lambda: still_answers(databases), 5)
        assert everything(databases) == before
    restore(home, file)
    assert everything(databases) == before
    with databases.admin.on("postgres").connect() as server:
        names = [row[0] for row in server.execute("SELECT datname FROM pg_database").fetchall()]
    assert not [name for name in names if "restoring" in name]


def test_two_restores_at_once(home: Home, databases: Databases, tmp_path: Path) -> None:
    file = tmp_path / "one.upwell"
    backup(home, file)
    first_is_in, go_on = threading.Event(), threading.Event()

    def slow(_: Databases) -> None:
        first_is_in.set()
        go_on.wait(20)

    first = threading.Thread(target=lambda: restore(home, file, bring_up_to_date=slow))
    first.start()
    assert first_is_in.wait(20)
    with pytest.raises(Unavailable, match="Another restore"):
        restore(home, file)
    go_on.set()
    first.join(30)
