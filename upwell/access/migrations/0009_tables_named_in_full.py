"""Who may see a log-in, and who comes in, is read from the true tables alone."""

from django.db import migrations

from upwell.base.rowsecurity import named_in_full_sql


class Migration(migrations.Migration):
    dependencies = [("access", "0008_released_by_function")]

    operations = [
        migrations.RunSQL(named_in_full_sql("upwell_sees_log_in(uuid)"), migrations.RunSQL.noop),
        migrations.RunSQL(named_in_full_sql("upwell_enter(text, timestamptz)"), migrations.RunSQL.noop),
    ]
