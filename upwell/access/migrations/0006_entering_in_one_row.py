"""The statement that lets a person in says that it finds one row at most, and looks for charts of those who work nowhere.

Whoever works somewhere comes in as staff; where they look at their own care, their charts are asked for then.
"""

from django.db import migrations

ENTER = """
CREATE OR REPLACE FUNCTION upwell_enter(wanted text, at_time timestamptz)
RETURNS TABLE (session_data text, account people_account, works boolean, charts uuid[], time_zone text)
LANGUAGE plpgsql VOLATILE ROWS 1 AS $f$
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
      IF NOT works THEN
        PERFORM set_config('upwell.kind', 'patient', true),
                set_config('upwell.account', found_session.account_id::text, true);
        SELECT array_agg(p.id ORDER BY p.merged_into_id NULLS FIRST, p.id),
               (array_agg(c.time_zone ORDER BY p.merged_into_id NULLS FIRST, p.id))[1]
          INTO charts, time_zone
          FROM people_patient p LEFT JOIN people_practice c ON c.id = p.practice_id
         WHERE p.account_id = found_session.account_id AND NOT p.entered_in_error;
      END IF;
    END IF;
    RETURN NEXT;
  END IF;
  PERFORM set_config('upwell.kind', coalesce(kind_before, ''), true),
          set_config('upwell.account', coalesce(account_before, ''), true);
END
$f$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION upwell_enter(wanted text, at_time timestamptz)
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
    dependencies = [("access", "0005_care_link_ended")]

    operations = [migrations.RunSQL(ENTER, BEFORE)]
