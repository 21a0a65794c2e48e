"""Alerts that nobody heard are counted in the true table alone."""

from django.db import migrations

from upwell.base.rowsecurity import named_in_full_sql


class Migration(migrations.Migration):
    dependencies = [("record", "0008_unheard_by_index")]

    operations = [
        migrations.RunSQL(named_in_full_sql("upwell_unheard(timestamptz)"), migrations.RunSQL.noop),
    ]
