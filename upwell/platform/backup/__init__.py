"""Backup and restore: one file that holds everything, checked when written and before it is used."""

from upwell.platform.backup.archive import Manifest, inspect
from upwell.platform.backup.restoring import restore
from upwell.platform.backup.writing import backup, last_backup

__all__ = ["Manifest", "backup", "inspect", "last_backup", "restore"]
