"""One database under two roles: the application's ("default") and the owner's, who alone migrates."""

from __future__ import annotations

from typing import Any


class OneDatabase:
    """Pages use the application's role; only the owner may change the schema."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return "default"

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return "default"

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"
