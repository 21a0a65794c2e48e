"""What an operator may set, by environment variable; ``upwell settings`` prints it with its meaning."""

from __future__ import annotations

import os
from dataclasses import Field, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from upwell.base.errors import BadInput


def default_home() -> Path:
    """/var/lib/upwell for root, the XDG data folder otherwise."""
    if os.geteuid() == 0:
        return Path("/var/lib/upwell")
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data) / "upwell"


def _setting(variable: str, meaning: str, default: Any, *, secret: bool = False) -> Any:
    metadata = {"variable": variable, "meaning": meaning, "secret": secret, "default": default}
    if isinstance(default, list):
        return field(default_factory=lambda: list(default), metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Configuration:
    """The operator's choices, with defaults that suit one practice on one machine."""

    home: Path = _setting("UPWELL_HOME", "folder that holds all state", Path("/var/lib/upwell"))
    database_url: str = _setting(
        "DATABASE_URL", "an external PostgreSQL (15 or newer) instead of the embedded one", "", secret=True
    )
    demo: bool = _setting("UPWELL_DEMO", "1: one-click demo people; listens on loopback only", False)
    allowed_hosts: list[str] = _setting(
        "UPWELL_HOSTS", "host names served, with commas", ["127.0.0.1", "localhost", "[::1]"]
    )
    trusted_origins: list[str] = _setting("UPWELL_ORIGINS", "https origins behind a proxy, with commas", [])
    trusted_proxies: list[str] = _setting(
        "UPWELL_TRUSTED_PROXIES", "addresses of reverse proxies, with commas", []
    )
    https: bool = _setting("UPWELL_HTTPS", "1: served over HTTPS (set by serve --tls-cert)", False)
    idle_minutes: int = _setting("UPWELL_IDLE_MINUTES", "minutes without a click until signed out", 30)
    smtp_host: str = _setting(
        "UPWELL_SMTP_HOST", "mail server; empty: invitations are links to hand over", ""
    )
    smtp_port: int = _setting("UPWELL_SMTP_PORT", "its port", 587)
    smtp_user: str = _setting("UPWELL_SMTP_USER", "its user", "")
    smtp_password: str = _setting("UPWELL_SMTP_PASSWORD", "its password", "", secret=True)
    smtp_tls: bool = _setting("UPWELL_SMTP_TLS", "1: STARTTLS", True)
    mail_from: str = _setting("UPWELL_MAIL_FROM", "sender of mails", "upwell@localhost")
    database_app_url: str = _setting(
        "DATABASE_APP_URL", "log-in of the application's role on an external server", "", secret=True
    )
    database_backup_url: str = _setting(
        "DATABASE_BACKUP_URL",
        "log-in that sees every row, for backups of an external server",
        "",
        secret=True,
    )
    pg_bin: str = _setting("UPWELL_PG_BIN", "folder of PostgreSQL's programs to use instead of ours", "")
    pg_user: str = _setting(
        "UPWELL_PG_USER", "system user of the embedded database when Upwell runs as root", "upwell"
    )
    maintenance_db: str = _setting(
        "UPWELL_MAINTENANCE_DB", "database to connect to while a restore renames", "postgres"
    )


def variable(name: str) -> str:
    """The environment variable of a setting, for sentences that name it."""
    return str(_entry(name).metadata["variable"])


def set_now(name: str) -> str:
    """A text setting as the environment has it at this moment: the database is looked for before Django is."""
    return os.environ.get(variable(name)) or str(_entry(name).metadata["default"])


def _entry(name: str) -> Field[Any]:
    return next(entry for entry in fields(Configuration) if entry.name == name)


def _parse(variable: str, text: str, default: Any) -> Any:
    if isinstance(default, bool):
        if text.lower() not in {"0", "1", "true", "false", "yes", "no", ""}:
            raise BadInput(f"{variable} must be 1 or 0, not {text!r}.", path=variable)
        return text.lower() in {"1", "true", "yes"}
    if isinstance(default, int):
        if not text.isdigit():
            raise BadInput(f"{variable} must be a whole number, not {text!r}.", path=variable)
        return int(text)
    if isinstance(default, list):
        return [part.strip() for part in text.split(",") if part.strip()]
    return Path(text) if isinstance(default, Path) else text


@cache
def configuration() -> Configuration:
    """The configuration of this process, read once from the environment."""
    values: dict[str, Any] = {"home": default_home()}
    for entry in fields(Configuration):
        variable = entry.metadata["variable"]
        if os.environ.get(variable):
            values[entry.name] = _parse(variable, os.environ[variable], entry.metadata["default"])
    return Configuration(**values)
