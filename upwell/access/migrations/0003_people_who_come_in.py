"""Log-ins, their addresses, second steps and sessions under row security: they say who is in care."""

from django.db import migrations, models

from upwell.base.rowsecurity import policies_sql, unprotect_sql

KIND = "(SELECT upwell_kind())"
ACCOUNT = "(SELECT upwell_account())"

DOOR = f"{KIND} = 'door'"
SYSTEM = f"{KIND} = 'system' AND (SELECT upwell_purpose()) IN ('log-in', 'set-up', 'demo', 'benchmark')"
IN = f"{KIND} IN ('staff', 'patient')"

# Whose log-in is seen by others. A function, because it is planned once for a connection: as subqueries in the policy,
# with the row security of every table in them, each statement that names a log-in would be planned for milliseconds.
# Memberships are about staff and not under row security, so nothing goes round in circles.
SEES = """
CREATE FUNCTION upwell_sees_log_in(log_in uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $f$
DECLARE
  kind text := upwell_kind();
  place uuid := upwell_practice();
BEGIN
  IF kind IN ('staff', 'system') THEN
    -- who works or worked there
    IF EXISTS (SELECT FROM people_membership m WHERE m.account_id = log_in AND m.practice_id = place) THEN
      RETURN true;
    END IF;
  END IF;
  IF kind = 'system' THEN
    RETURN EXISTS (SELECT FROM people_patient p WHERE p.account_id = log_in AND p.practice_id = place);
  END IF;
  IF kind = 'staff' THEN
    -- whoever sees a chart (its own row security decides) sees the name of its log-in
    IF EXISTS (SELECT FROM people_patient p WHERE p.account_id = log_in) THEN
      RETURN true;
    END IF;
    -- staff of practices that care for a patient of ours too, that opened something to ours, or ours to them
    RETURN EXISTS (SELECT FROM people_membership m JOIN access_carelink c ON c.other_practice_id = m.practice_id
                    WHERE m.account_id = log_in AND c.practice_id = place)
        OR EXISTS (SELECT FROM people_membership m JOIN access_release r
                     ON (r.practice_id = m.practice_id AND r.to_practice_id = place)
                     OR (r.to_practice_id = m.practice_id AND r.practice_id = place)
                    WHERE m.account_id = log_in);
  END IF;
  IF kind = 'patient' THEN
    -- staff of practices that keep a chart of theirs, care for them, or to which it was opened
    RETURN EXISTS (SELECT FROM people_membership m JOIN people_patient p ON p.practice_id = m.practice_id
                    WHERE m.account_id = log_in AND p.id = ANY (upwell_patients()))
        OR EXISTS (SELECT FROM people_membership m JOIN access_carelink c ON c.other_practice_id = m.practice_id
                    WHERE m.account_id = log_in AND c.patient_id = ANY (upwell_patients()))
        OR EXISTS (SELECT FROM people_membership m JOIN access_release r ON r.to_practice_id = m.practice_id
                    WHERE m.account_id = log_in AND r.patient_id = ANY (upwell_patients()));
  END IF;
  RETURN false;
END
$f$;
"""

ACCOUNTS = policies_sql(
    "people_account",
    ("at_the_door", "ALL", DOOR),
    ("system", "ALL", SYSTEM),
    ("oneself", "SELECT", f"{IN} AND id = {ACCOUNT}"),
    ("oneself_changed", "UPDATE", f"{IN} AND id = {ACCOUNT}"),
    ("by_others", "SELECT", f"{KIND} IN ('staff', 'patient', 'system') AND upwell_sees_log_in(id)"),
)
OF_ACCOUNT = f"{IN} AND user_id = {ACCOUNT}"
ADDRESSES = policies_sql(
    "account_emailaddress",
    ("at_the_door", "ALL", DOOR),
    ("system", "ALL", SYSTEM),
    ("oneself", "ALL", OF_ACCOUNT),
)
CONFIRMATIONS = policies_sql("account_emailconfirmation", ("at_the_door", "ALL", DOOR))
SECOND_STEPS = policies_sql(
    "mfa_authenticator",
    ("at_the_door", "ALL", DOOR),
    ("system", "ALL", SYSTEM),
    ("oneself", "ALL", OF_ACCOUNT),
)
SESSIONS = policies_sql("access_session", ("at_the_door", "ALL", DOOR), ("system", "ALL", SYSTEM))

# One statement from a session's key to the person: at the door up to the log-in, as the patient for their own charts,
# and as nobody afterwards.
ENTER = """
CREATE FUNCTION upwell_enter(wanted text, at_time timestamptz)
RETURNS TABLE (session_data text, account people_account, works boolean, charts uuid[], time_zone text)
LANGUAGE plpgsql VOLATILE AS $f$
DECLARE
  found_session access_session;
  kind_before text := current_setting('upwell.kind', true);
  account_before text := current_setting('upwell.account', true);
BEGIN
  PERFORM set_config('upwell.kind', 'door', true);
  SELECT * INTO found_session FROM access_session s WHERE s.session_key = wanted AND s.expire_date > at_time;
  IF FOUND THEN
    session_data := found_session.session_data;
    IF found_session.account_id IS NOT NULL THEN
      SELECT * INTO account FROM people_account a WHERE a.id = found_session.account_id;
      works := EXISTS (SELECT FROM people_membership m
                        WHERE m.account_id = found_session.account_id AND m.active AND cardinality(m.roles) > 0);
      PERFORM set_config('upwell.kind', 'patient', true),
              set_config('upwell.account', found_session.account_id::text, true);
      SELECT array_agg(p.id ORDER BY p.merged_into_id NULLS FIRST, p.id),
             (array_agg(c.time_zone ORDER BY p.merged_into_id NULLS FIRST, p.id))[1]
        INTO charts, time_zone
        FROM people_patient p LEFT JOIN people_practice c ON c.id = p.practice_id
       WHERE p.account_id = found_session.account_id AND NOT p.entered_in_error;
    END IF;
    RETURN NEXT;
  END IF;
  PERFORM set_config('upwell.kind', coalesce(kind_before, ''), true),
          set_config('upwell.account', coalesce(account_before, ''), true);
END
$f$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_care_link"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        max_length=40, primary_key=True, serialize=False, verbose_name="session key"
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("account_id", models.UUIDField(db_index=True, null=True)),
            ],
            options={"db_table": "access_session"},
        ),
        # The library's own table of sessions named nobody, and was open to all: who was signed in signs in again.
        migrations.RunSQL("DROP TABLE IF EXISTS django_session;", migrations.RunSQL.noop),
        migrations.RunSQL(SEES, "DROP FUNCTION upwell_sees_log_in(uuid);"),
        migrations.RunSQL(ACCOUNTS, unprotect_sql("people_account")),
        migrations.RunSQL(ADDRESSES, unprotect_sql("account_emailaddress")),
        migrations.RunSQL(CONFIRMATIONS, unprotect_sql("account_emailconfirmation")),
        migrations.RunSQL(SECOND_STEPS, unprotect_sql("mfa_authenticator")),
        migrations.RunSQL(SESSIONS, unprotect_sql("access_session")),
        migrations.RunSQL(ENTER, "DROP FUNCTION upwell_enter(text, timestamptz);"),
    ]
