from django.db import migrations

from upwell.base.rowsecurity import FUNCTIONS, functions_sql


class Migration(migrations.Migration):
    """Row security asks these functions who acts; every later table's policies rest on them."""

    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.RunSQL(
            functions_sql(), "\n".join(f"DROP FUNCTION IF EXISTS {name}() CASCADE;" for name in FUNCTIONS)
        )
    ]
