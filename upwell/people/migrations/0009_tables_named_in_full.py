"""What a practice adopted, and where a person is in care, is read from the true tables alone."""

from django.db import migrations

from upwell.base.rowsecurity import named_in_full_sql


class Migration(migrations.Migration):
    dependencies = [("people", "0008_own_charts_by_index")]

    operations = [
        migrations.RunSQL(named_in_full_sql("upwell_knowledge()"), migrations.RunSQL.noop),
        migrations.RunSQL(named_in_full_sql("upwell_own_practices()"), migrations.RunSQL.noop),
    ]
