"""A database of the tests made as it was: sooner done than a new copy of the template, which is 2,500 files."""

from __future__ import annotations

from typing import Any

from psycopg import sql

TABLES = """
    SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    UNION ALL SELECT unnest(ARRAY['pg_class', 'pg_policy', 'pg_proc', 'pg_trigger', 'pg_constraint'])
"""
# Each version of a row has a place, and who wrote it: both are others as soon as anything is written.
VERSIONS = "SELECT {name}, md5(string_agg(ctid::text || xmin::text, ' ' ORDER BY ctid)) FROM {table}"
HANG_UP = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def versions(inside: Any) -> dict[str, str | None]:
    """Of each table, and of PostgreSQL's own that describe them, what a write changes; ``None``: empty."""
    tables = [name for (name,) in inside.execute(TABLES)]
    asked = [sql.SQL(VERSIONS).format(name=sql.Literal(one), table=sql.Identifier(one)) for one in tables]
    return dict(inside.execute(sql.SQL(" UNION ALL ").join(asked)).fetchall())


def emptied(inside: Any, untouched: dict[str, str | None]) -> bool:
    """Remove what a test stored; ``False`` where it changed other things, and only a new copy will do."""
    inside.execute(HANG_UP)
    now = versions(inside)
    written = [name for name, version in now.items() if version != untouched.get(name, "")]
    if any(untouched.get(name, "") is not None for name in written) or now.keys() != untouched.keys():
        return False
    inside.execute("SET session_replication_role = replica")  # neither triggers nor foreign keys
    for name in written:
        inside.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
    inside.execute("RESET session_replication_role")
    return True
