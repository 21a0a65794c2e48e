"""What a function compares an indexed column with stands in a variable.

The functions that read the actor may fail while they read (a text that is no id), so row security keeps what is compared
with them from the index: the whole table was read with every request.
"""

from django.db import migrations

BY_INDEX = """
CREATE OR REPLACE FUNCTION upwell_unheard(at_time timestamptz, OUT n bigint, OUT since timestamptz)
LANGUAGE plpgsql VOLATILE AS $f$
DECLARE
  kind_before text := upwell_kind();
  place uuid := upwell_practice();
BEGIN
  IF kind_before <> 'staff' THEN
    n := 0;
    RETURN;
  END IF;
  PERFORM set_config('upwell.kind', 'system', true);
  SELECT count(*), min(coalesce(a.closes_by, a.escalates_at)) INTO n, since FROM record_alert a
   WHERE a.practice_id = place AND a.closed_at IS NULL AND a.settled_at IS NULL AND a.pages_at <= at_time
     AND ((a.acknowledged_at IS NULL AND a.escalates_at <= at_time) OR a.closes_by <= at_time);
  PERFORM set_config('upwell.kind', kind_before, true);
END
$f$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION upwell_unheard(at_time timestamptz, OUT n bigint, OUT since timestamptz)
LANGUAGE plpgsql VOLATILE AS $f$
DECLARE
  kind_before text := upwell_kind();
BEGIN
  IF kind_before <> 'staff' THEN
    n := 0;
    RETURN;
  END IF;
  PERFORM set_config('upwell.kind', 'system', true);
  SELECT count(*), min(coalesce(a.closes_by, a.escalates_at)) INTO n, since FROM record_alert a
   WHERE a.practice_id = upwell_practice() AND a.closed_at IS NULL AND a.settled_at IS NULL AND a.pages_at <= at_time
     AND ((a.acknowledged_at IS NULL AND a.escalates_at <= at_time) OR a.closes_by <= at_time);
  PERFORM set_config('upwell.kind', kind_before, true);
END
$f$;
"""


class Migration(migrations.Migration):
    dependencies = [("record", "0007_alert_closes_by")]

    operations = [migrations.RunSQL(BY_INDEX, BEFORE)]
