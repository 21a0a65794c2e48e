"""What a release opens is asked in a function: the policies that were made with a subquery are made anew with it."""

from django.db import migrations

from upwell.base.rowsecurity import RELEASED

# Tables that are made from here on have it from the beginning (``released_sql``). The rest of each condition stays.
BY_FUNCTION = r"""
DO $$ DECLARE p record; BEGIN
  FOR p IN SELECT schemaname, tablename, qual FROM pg_policies
            WHERE policyname = 'released' AND qual LIKE '%access_release%' LOOP
    EXECUTE format('ALTER POLICY released ON %I.%I USING (%s)', p.schemaname, p.tablename, regexp_replace(p.qual,
      'FROM access_release r\s+WHERE .*?\(r\.ends_at > now\(\)\)\)\)', 'FROM upwell_released() r'));
  END LOOP;
  IF EXISTS (SELECT FROM pg_policies WHERE policyname = 'released'
              AND (qual LIKE '%access_release%' OR qual NOT LIKE '%FROM upwell_released() r%')) THEN
    RAISE EXCEPTION 'a policy of what is released was not made anew';
  END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0007_seen_by_index")]

    operations = [
        migrations.RunSQL(RELEASED, migrations.RunSQL.noop),
        migrations.RunSQL(BY_FUNCTION, migrations.RunSQL.noop),
    ]
