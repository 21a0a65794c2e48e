"""Row security in PostgreSQL: the policies that every table about a patient carries.

The door puts the actor into the transaction (``upwell.kind``, ``upwell.practice`` …); the policies below read it.
They are made of SQL alone, so that a forgotten filter in Python still shows nobody what is not theirs.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import migrations

FUNCTIONS = {
    "upwell_kind": ("text", "coalesce(current_setting('upwell.kind', true), '')"),
    "upwell_purpose": ("text", "coalesce(current_setting('upwell.purpose', true), '')"),
    "upwell_account": ("uuid", "nullif(current_setting('upwell.account', true), '')::uuid"),
    "upwell_practice": ("uuid", "nullif(current_setting('upwell.practice', true), '')::uuid"),
    "upwell_compartments": (
        "text[]",
        "string_to_array(coalesce(current_setting('upwell.compartments', true), ''), ',')",
    ),
    "upwell_patients": (
        "uuid[]",
        "string_to_array(coalesce(current_setting('upwell.patients', true), ''), ',')::uuid[]",
    ),
}


def functions_sql() -> str:
    """The six functions that read the actor out of the transaction."""
    return "\n".join(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS {kind} LANGUAGE sql STABLE PARALLEL SAFE"
        f" AS $f$ SELECT {body} $f$;"
        for name, (kind, body) in FUNCTIONS.items()
    )


def _policy(table: str, name: str, command: str, using: str, check: str | None = None) -> str:
    parts = [f"CREATE POLICY {name} ON {table} FOR {command}"]
    if command != "INSERT":
        parts.append(f"USING ({using})")
    if command != "SELECT":
        parts.append(f"WITH CHECK ({check or using})")
    return " ".join(parts) + ";"


STAFF = (
    "(SELECT upwell_kind()) = 'staff' AND practice_id = (SELECT upwell_practice())"
    " AND compartment = ANY ((SELECT upwell_compartments())::text[])"
)
SYSTEM = (
    "(SELECT upwell_kind()) = 'system'"
    " AND ((SELECT upwell_practice()) IS NULL OR practice_id = (SELECT upwell_practice()))"
)


def own_chart(patient: str = "patient_id") -> str:
    """A person's own chart. Psychotherapy notes stay outside the right of access."""
    return (
        f"(SELECT upwell_kind()) = 'patient' AND {patient} = ANY ((SELECT upwell_patients())::uuid[])"
        " AND compartment <> 'process-notes'"
    )


def _forced(table: str) -> list[str]:
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY;",
    ]


def protect_sql(
    table: str,
    *,
    patient: str = "patient_id",
    patient_reads: bool = True,
    patient_writes: bool = False,
    released: bool = True,
    extra: Sequence[tuple[str, str, str]] = (),
) -> str:
    """Force row security on ``table`` and write its policies.

    ``patient`` names the column with the chart's id. ``extra`` adds policies (name, command, condition).
    """
    sql = [
        *_forced(table),
        _policy(table, "staff_of_practice", "ALL", STAFF),
        _policy(table, "system", "ALL", SYSTEM),
    ]
    if patient_reads:
        sql.append(_policy(table, "own_chart", "ALL" if patient_writes else "SELECT", own_chart(patient)))
    if released:
        sql.append(released_sql(table, patient=patient))
    sql.extend(_policy(table, name, command, condition) for name, command, condition in extra)
    return "\n".join(sql)


# What no release opens, whoever reads at the other practice: a therapist there may read process notes of their own.
NEVER_RELEASED = "compartment NOT IN ('process-notes', 'journal')"


# Asked in a function, which is planned once for a connection: as a subquery, it and the policies of its own table would
# be set up with every statement. Its table is named in full: nobody can put one of their own in front of it.
RELEASED = """
CREATE OR REPLACE FUNCTION upwell_released() RETURNS TABLE (patient_id uuid, kind text)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 10 AS $f$
DECLARE
  place uuid := upwell_practice();
BEGIN
  RETURN QUERY SELECT r.patient_id, r.kind::text FROM public.access_release r
   WHERE r.to_practice_id = place AND r.starts_at <= now() AND (r.ends_at IS NULL OR r.ends_at > now());
END
$f$;
"""


def named_in_full_sql(function: str) -> str:
    """Make a function anew with every table named by its schema, so that no temporary one can stand in front."""
    return f"""
DO $$ DECLARE t text; body text := pg_get_functiondef('{function}'::regprocedure); BEGIN
  FOR t IN SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace LOOP
    body := regexp_replace(body, '(?<![.\\w])' || t || '(?!\\w)', 'public.' || t, 'g');
  END LOOP;
  EXECUTE body;
END $$;"""


def released_sql(table: str, *, patient: str = "patient_id", only: str = "") -> str:
    """The policy by which another practice reads what a release in force opens to it; ``only`` narrows the rows."""
    condition = (
        "(SELECT upwell_kind()) = 'staff' AND compartment = ANY ((SELECT upwell_compartments())::text[])"
        f" AND {NEVER_RELEASED}"
        f" AND ({patient}, release_kind) IN (SELECT r.patient_id, r.kind FROM upwell_released() r)"
    )
    return RELEASED + _policy(table, "released", "SELECT", f"{condition} AND {only}" if only else condition)


def unprotect_sql(table: str) -> str:
    """Undo ``protect_sql`` (for a migration run backwards)."""
    drops = f"""DO $$ DECLARE p record; BEGIN
      FOR p IN SELECT policyname FROM pg_policies WHERE tablename = '{table}' LOOP
        EXECUTE format('DROP POLICY %I ON {table}', p.policyname);
      END LOOP; END $$;"""
    return "\n".join(
        [drops, *(f"ALTER TABLE {table} {what} ROW LEVEL SECURITY;" for what in ("NO FORCE", "DISABLE"))]
    )


def policies_sql(table: str, *policies: tuple[str, str, str]) -> str:
    """Force row security on ``table`` with just these policies (name, command, condition)."""
    return "\n".join([*_forced(table), *(_policy(table, *policy) for policy in policies)])


def protect_practice(table: str) -> migrations.RunSQL:
    """The migration operation for a table of a practice's own that says nothing about a patient."""
    staff = "(SELECT upwell_kind()) = 'staff' AND practice_id = (SELECT upwell_practice())"
    sql = policies_sql(table, ("staff_of_practice", "ALL", staff), ("system", "ALL", SYSTEM))
    return migrations.RunSQL(sql, unprotect_sql(table))


def protect(table: str, **options: object) -> migrations.RunSQL:
    """The migration operation that puts a table under row security."""
    return migrations.RunSQL(protect_sql(table, **options), unprotect_sql(table))  # type: ignore[arg-type]
