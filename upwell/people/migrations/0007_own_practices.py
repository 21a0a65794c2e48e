"""Which practices keep a person's charts is asked in a function, planned once for a connection.

Written out as a subquery in the policies, the row security of patients was set up anew with every statement on these
tables, several of them in each request. The function asks the same, under the same row security.
"""

from django.db import migrations

TABLES = ("people_adoption", "people_itemtext", "people_knowledgeedition", "people_knowledgetext")
KIND = "(SELECT upwell_kind())"

OWN_PRACTICES = """
CREATE FUNCTION upwell_own_practices() RETURNS uuid[] LANGUAGE plpgsql STABLE AS $f$
BEGIN
  RETURN ARRAY(SELECT DISTINCT p.practice_id FROM people_patient p WHERE p.id = ANY (upwell_patients()));
END
$f$;
"""
ASKED = f"{KIND} = 'patient' AND practice_id = ANY ((SELECT upwell_own_practices())::uuid[])"
BEFORE = (
    f"{KIND} = 'patient' AND practice_id IN"
    " (SELECT p.practice_id FROM people_patient p WHERE p.id = ANY ((SELECT upwell_patients())::uuid[]))"
)


def policies(condition: str) -> str:
    return "\n".join(f"ALTER POLICY own_care ON {table} USING ({condition});" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("people", "0006_closed_days")]

    operations = [
        migrations.RunSQL(OWN_PRACTICES, "DROP FUNCTION upwell_own_practices();"),
        migrations.RunSQL(policies(ASKED), policies(BEFORE)),
    ]
