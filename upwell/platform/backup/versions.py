"""A backup of an older version is brought up to date while it is restored; one of a newer is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from upwell.platform.backup.archive import Manifest
from upwell.platform.backup.restoring import restore
from upwell.platform.database import Databases
from upwell.platform.home import Home


def restore_for_this_version(
    home: Home, file: Path, progress: Callable[[str], None] = lambda _: None
) -> Manifest:
    """``restore`` with what this version of the program knows about the schema. Needs Django to be loaded."""

    def bring_up_to_date(restored: Databases) -> None:
        _migrate(restored, progress)

    return restore(home, file, progress, known_migrations=_known(), bring_up_to_date=bring_up_to_date)


def _known() -> set[tuple[str, str]]:
    """The migrations in the program's files, and those that they have replaced."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    replaced = {old for migration in loader.disk_migrations.values() for old in migration.replaces}
    return set(loader.disk_migrations) | replaced


def _migrate(restored: Databases, progress: Callable[[str], None]) -> None:
    """Migrate the restored database, which stands under another name until it is ready."""
    from django.db import connections

    from upwell.platform.schema import migrate

    owner = connections["owner"]
    owner.close()
    former = owner.settings_dict["NAME"]
    owner.settings_dict["NAME"] = restored.owner.dbname
    try:
        migrate(progress)
    finally:
        owner.close()
        owner.settings_dict["NAME"] = former
