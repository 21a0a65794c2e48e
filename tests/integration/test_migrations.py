"""Every model has its migration."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState


def test_no_model_waits_for_a_migration():
    loader = MigrationLoader(None)
    changes = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(
        loader.graph
    )
    assert {app: [str(one) for one in found] for app, found in changes.items()} == {}


AS_IT_STANDS = (
    "SELECT table_name, column_name, data_type, is_nullable, column_default, character_maximum_length"
    " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2",
    "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger"
    " WHERE NOT tgisinternal ORDER BY 1, 2",
    "SELECT app, name FROM django_migrations ORDER BY 1, 2",
)


def _everything(dsn):
    with dsn.connect() as server:
        return [[tuple(row) for row in server.execute(question).fetchall()] for question in AS_IT_STANDS]


@pytest.mark.faults
def test_our_way_and_djangos_way_make_the_same_database(
    databases, committed_db, monkeypatch, django_db_blocker
):
    """Django's own state, which renders all that is related, takes ten times as long: so not each time."""
    from psycopg import sql

    from upwell.platform import migrating
    from upwell.platform.postgres import roles
    from upwell.platform.schema import migrate_other

    by_django = "upwell_by_django"
    with databases.admin.on("postgres").connect() as server:
        name, owner = sql.Identifier(by_django), sql.Identifier(roles.OWNER)
        server.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, owner))
    with databases.admin.on(by_django).connect() as inside:
        roles.prepare(inside, databases, ours_alone=True)
    monkeypatch.setattr(migrating, "_frugal", lambda state: state)
    with django_db_blocker.unblock():
        migrate_other(by_django)
    ours, djangos = _everything(databases.admin.on(committed_db)), _everything(databases.admin.on(by_django))
    assert len(ours[0]) > 1_000
    assert ours == djangos
