"""What a person was asked, in a function: it is asked together with putting the person into the transaction."""

from django.db import migrations

# ``put`` is what makes it wait until the person is there (``First`` in upwell/access/acting.py).
QUESTION = """
CREATE FUNCTION upwell_question(put text, wanted uuid)
RETURNS TABLE (asked record_assessmentrequest, patient people_patient, practice people_practice, in_course boolean)
LANGUAGE plpgsql VOLATILE ROWS 1 AS $f$
DECLARE
  own uuid[] := upwell_patients();
BEGIN
  SELECT * INTO asked FROM record_assessmentrequest r WHERE r.id = wanted AND r.patient_id = ANY (own);
  IF NOT FOUND THEN
    RETURN;
  END IF;
  SELECT * INTO patient FROM people_patient p WHERE p.id = asked.patient_id;
  SELECT * INTO practice FROM people_practice c WHERE c.id = patient.practice_id;
  in_course := EXISTS (SELECT FROM course_course o WHERE o.patient_id = asked.patient_id AND o.state <> 'closed');
  RETURN NEXT;
END
$f$;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("record", "0001_initial"), ("course", "0001_initial")]

    operations = [migrations.RunSQL(QUESTION, "DROP FUNCTION upwell_question(text, uuid);")]
