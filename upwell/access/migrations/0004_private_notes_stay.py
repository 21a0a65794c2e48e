"""No release opens process notes or the journal, whatever the reader's role opens at their own practice."""

from django.db import migrations

from upwell.base.rowsecurity import NEVER_RELEASED

# Tables that are made from here on have it from the beginning (``released_sql``).
CLOSE = f"""
DO $$ DECLARE p record; BEGIN
  FOR p IN SELECT schemaname, tablename, qual FROM pg_policies
            WHERE policyname = 'released' AND qual NOT LIKE '%process-notes%' LOOP
    EXECUTE format('ALTER POLICY released ON %I.%I USING ((%s) AND {NEVER_RELEASED.replace("'", "''")})',
                   p.schemaname, p.tablename, p.qual);
  END LOOP; END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0003_people_who_come_in")]

    operations = [migrations.RunSQL(CLOSE, migrations.RunSQL.noop)]
