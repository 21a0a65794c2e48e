"""Patients are listed in the order in which people read names."""

from django.db import migrations

from upwell.people.name_order import COLUMN, SQL

BACK = "ALTER TABLE people_patient DROP COLUMN in_order"


class Migration(migrations.Migration):
    dependencies = [("people", "0002_knowledge")]

    operations = [
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
        migrations.RunSQL(COLUMN, BACK),
        migrations.RemoveIndex(model_name="patient", name="patient_by_name"),
    ]
