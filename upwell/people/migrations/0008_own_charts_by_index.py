"""What a function compares an indexed column with stands in a variable.

The functions that read the actor may fail while they read (a text that is no id), so row security keeps what is compared
with them from the index: the whole table was read with every request.
"""

from django.db import migrations

BY_INDEX = """
CREATE OR REPLACE FUNCTION upwell_knowledge() RETURNS text[] LANGUAGE plpgsql VOLATILE AS $f$
DECLARE
  place uuid := upwell_practice();
  first uuid := (upwell_patients())[1];
BEGIN
  IF place IS NULL AND upwell_kind() = 'patient' THEN
    SELECT p.practice_id INTO place FROM people_patient p WHERE p.id = first;
  END IF;
  IF place IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN ARRAY[
    place::text,
    (SELECT a.version FROM people_adoption a WHERE a.practice_id = place ORDER BY a.number DESC LIMIT 1),
    (SELECT max(i.loaded_at)::text FROM people_itemtext i WHERE i.practice_id = place)
  ];
END
$f$;
CREATE OR REPLACE FUNCTION upwell_own_practices() RETURNS uuid[] LANGUAGE plpgsql STABLE AS $f$
DECLARE
  own uuid[] := upwell_patients();
BEGIN
  RETURN ARRAY(SELECT DISTINCT p.practice_id FROM people_patient p WHERE p.id = ANY (own));
END
$f$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION upwell_knowledge() RETURNS text[] LANGUAGE plpgsql VOLATILE AS $f$
DECLARE
  place uuid := upwell_practice();
BEGIN
  IF place IS NULL AND upwell_kind() = 'patient' THEN
    SELECT p.practice_id INTO place FROM people_patient p WHERE p.id = (upwell_patients())[1];
  END IF;
  IF place IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN ARRAY[
    place::text,
    (SELECT a.version FROM people_adoption a WHERE a.practice_id = place ORDER BY a.number DESC LIMIT 1),
    (SELECT max(i.loaded_at)::text FROM people_itemtext i WHERE i.practice_id = place)
  ];
END
$f$;
CREATE OR REPLACE FUNCTION upwell_own_practices() RETURNS uuid[] LANGUAGE plpgsql STABLE AS $f$
BEGIN
  RETURN ARRAY(SELECT DISTINCT p.practice_id FROM people_patient p WHERE p.id = ANY (upwell_patients()));
END
$f$;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0007_own_practices")]

    operations = [migrations.RunSQL(BY_INDEX, BEFORE)]
