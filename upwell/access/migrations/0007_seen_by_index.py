"""What a function compares an indexed column with stands in a variable.

The functions that read the actor may fail while they read (a text that is no id), so row security keeps what is compared
with them from the index: the whole table was read with every request.
"""

from django.db import migrations

BY_INDEX = """
CREATE OR REPLACE FUNCTION upwell_sees_log_in(log_in uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $f$
DECLARE
  kind text := upwell_kind();
  place uuid := upwell_practice();
  own uuid[] := upwell_patients();
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
                    WHERE m.account_id = log_in AND p.id = ANY (own))
        OR EXISTS (SELECT FROM people_membership m JOIN access_carelink c ON c.other_practice_id = m.practice_id
                    WHERE m.account_id = log_in AND c.patient_id = ANY (own))
        OR EXISTS (SELECT FROM people_membership m JOIN access_release r ON r.to_practice_id = m.practice_id
                    WHERE m.account_id = log_in AND r.patient_id = ANY (own));
  END IF;
  RETURN false;
END
$f$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION upwell_sees_log_in(log_in uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $f$
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


class Migration(migrations.Migration):
    dependencies = [("access", "0006_entering_in_one_row")]

    operations = [migrations.RunSQL(BY_INDEX, BEFORE)]
