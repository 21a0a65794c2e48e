"""What a person was asked is read from the true tables alone."""

from django.db import migrations

from upwell.base.rowsecurity import named_in_full_sql


class Migration(migrations.Migration):
    dependencies = [("response", "0001_question")]

    operations = [
        migrations.RunSQL(named_in_full_sql("upwell_question(text, uuid)"), migrations.RunSQL.noop),
    ]
