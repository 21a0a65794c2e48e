"""The schema: migrated by the owner's role, and what the application's role may not do taken back."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime

# Rows of these may go: they are made anew from others, or belong to a library that cleans up after itself.
MAY_DELETE = (
    "people_patientsearchkey",
    "access_session",
    "mfa_authenticator",
    "account_emailaddress",
    "upwell_cache",
)
# Rows of these are added, and never changed; a trigger on each says the same to the owner's role.
ADD_ONLY = ("audit_auditentry", "pharmacy_product", "pharmacy_lot", "pharmacy_ledgerentry")
TIGHTEN = """
DO $$ DECLARE t text; BEGIN
  FOR t IN SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p')
             AND c.relnamespace = 'public'::regnamespace AND NOT c.relname = ANY (%(may_delete)s) LOOP
    EXECUTE format('REVOKE DELETE, TRUNCATE ON %%I FROM %%I', t, %(app)s);
  END LOOP;
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %%I FROM %%I', current_database(), %(app)s);
  REVOKE ALL ON django_migrations FROM PUBLIC;
  EXECUTE format('REVOKE INSERT, UPDATE ON django_migrations FROM %%I', %(app)s);
  FOR t IN SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p')
             AND c.relnamespace = 'public'::regnamespace AND c.relname = ANY (%(add_only)s) LOOP
    EXECUTE format('REVOKE UPDATE ON %%I FROM %%I', t, %(app)s);
  END LOOP;
END $$
"""


def start_django() -> None:
    """Load the applications; until then a command needs no database driver and starts in an instant."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "upwell.platform.settings")
    django.setup()


def pending() -> list[str]:
    """Migrations that the database lacks, by name."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["owner"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def migrate(progress: Callable[[str], None] = lambda words: None) -> list[str]:
    """Bring the schema up to date and tighten the grants; returns the migrations that were run."""
    from django.core.management import call_command
    from django.db import connections

    from upwell.platform.migrating import run_migrations

    todo = pending()
    if todo:
        progress(f"Preparing the database ({len(todo)} steps) …")
        run_migrations(connections["owner"])
        call_command("migrate", database="owner", verbosity=0, interactive=False)  # tells the applications
        call_command("createcachetable", database="owner", verbosity=0)
        tighten()
    connections["owner"].close()
    return todo


def keep_knowledge() -> None:
    """Keep what rules run on in this version, by its hash: a decision made with it can be explained years later."""
    from upwell.access.acting import acting_as
    from upwell.access.system import system_actor
    from upwell.people.editions import keep_packaged

    with acting_as(system_actor("set-up")):
        keep_packaged()


def close_connections() -> None:
    """Leave the database, so that nothing of this command stays open while it goes on."""
    from django.db import connections

    connections.close_all()


def known_migrations() -> list[tuple[str, str]]:
    """Every migration that this version of Upwell has."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    return sorted(key for key in loader.disk_migrations or ())


def migrate_other(dbname: str) -> None:
    """Bring another database of the same server up to date, as a restored one has to be."""
    from django.db import connections

    owner = connections["owner"]
    present = owner.settings_dict["NAME"]
    try:
        owner.close()
        owner.settings_dict["NAME"] = dbname
        migrate()
    finally:
        owner.close()
        owner.settings_dict["NAME"] = present


def pending_if_django() -> list[str]:
    """``pending``, for who has not loaded Django yet."""
    from django.db import connections

    start_django()
    try:
        return pending()
    finally:
        connections["owner"].close()


def last_recorded() -> datetime | None:
    """When the latest audit row was written; the clock can't be before that. None where there is no database."""
    start_django()
    from django.db import DatabaseError
    from django.db.models import Max

    from upwell.access.acting import acting_as
    from upwell.access.system import system_actor
    from upwell.audit.models import AuditEntry

    try:
        with acting_as(system_actor("set-up")):
            latest: datetime | None = AuditEntry.objects.aggregate(latest=Max("at"))["latest"]
            return latest
    except DatabaseError:
        return None


def unreadable_knowledge() -> list[str]:
    """Practices that adopted what this version can't read, with file and line; empty where all is well."""
    start_django()
    from django.db import DatabaseError

    from upwell.access.acting import acting_as
    from upwell.access.in_force import edition_named
    from upwell.access.system import system_actor
    from upwell.knowledge.check import check_edition
    from upwell.knowledge.edition import Edition, packaged
    from upwell.people.models import Adoption

    try:
        with acting_as(system_actor("set-up")):
            rows = Adoption.objects.select_related("practice").order_by("practice_id", "-number")
            found = []
            for row in rows.distinct("practice_id"):
                kept = edition_named(row.version)
                texts = {} if kept is None else kept.texts
                own = {name: text for name, text in texts.items() if packaged().texts.get(name) != text}
                problems = check_edition(Edition(own))
                found += [f"{row.practice.name}: {problems[0]}"] if problems else []
            return found
    except DatabaseError:
        return []


def tighten() -> None:
    """Take back from the application's role what no page needs: deleting, and rewriting the audit trail."""
    from django.db import connections
    from psycopg import sql

    app = connections["default"].settings_dict["USER"]
    may_delete, add_only = (
        sql.SQL("ARRAY[{}]").format(sql.SQL(", ").join(sql.Literal(name) for name in names))
        for names in (MAY_DELETE, ADD_ONLY)
    )
    text = TIGHTEN.replace("%(may_delete)s", "{may_delete}").replace("%(add_only)s", "{add_only}")
    text = text.replace("%(app)s", "{app}").replace("%%", "%")
    app_role = sql.Literal(app)
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql.SQL(text).format(may_delete=may_delete, add_only=add_only, app=app_role))
