"""What is in a database: its tables with their rows, and who may do what with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from psycopg import Connection

_TABLES = """
SELECT format('%%I.%%I', n.nspname, c.relname) AS name,
       c.relrowsecurity, c.relforcerowsecurity,
       (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid),
       (SELECT count(*) FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal),
       (SELECT count(*) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype <> 'n'),
       (SELECT count(*) FROM pg_index i WHERE i.indrelid = c.oid),
       array(SELECT p FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS p
             WHERE has_table_privilege(%(app)s, c.oid, p))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't'
  AND n.nspname NOT LIKE 'pg\\_%%' AND n.nspname <> 'information_schema'
ORDER BY 1
"""


def protections(connection: Connection[Any], app: str) -> dict[str, dict[str, Any]]:
    """The tables, with row security, triggers, constraints and the application's rights."""
    names = ("row_security", "forced", "policies", "triggers", "constraints", "indexes", "app_may")
    return {
        row[0]: dict(zip(names, row[1:], strict=True))
        for row in connection.execute(_TABLES, {"app": app}).fetchall()
    }


def count_rows(connection: Connection[Any], tables: list[str]) -> dict[str, int]:
    """How many rows each table holds, as this role and this snapshot see it."""
    from psycopg import sql

    found = {}
    for name in tables:  # the names come from the catalogue, quoted by the database itself
        query = sql.SQL("SELECT count(*) FROM ONLY " + name)  # noqa: S608
        row = connection.execute(query).fetchone()
        found[name] = int(row[0]) if row else 0
    return found


def migrations(connection: Connection[Any]) -> list[list[str]]:
    """Which migrations the schema has had; none before the first."""
    there = connection.execute("SELECT to_regclass('public.django_migrations')").fetchone()
    if not (there and there[0]):
        return []
    rows = connection.execute("SELECT DISTINCT app, name FROM django_migrations ORDER BY 1, 2").fetchall()
    return [[str(app), str(name)] for app, name in rows]
