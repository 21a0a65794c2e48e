"""The operating-system user under whom the database runs: never root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from upwell.base.errors import Unavailable
from upwell.platform.configuration import set_now


@dataclass(frozen=True, slots=True)
class OsUser:
    """Who runs the database's processes and owns its files."""

    name: str
    uid: int
    gid: int
    dropped: bool  # whether we have to change over to it

    def popen(self) -> dict[str, Any]:
        """What ``subprocess`` needs to run a program as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.dropped else {}

    def own(self, path: Path) -> None:
        """Give a file or folder to this user."""
        if self.dropped:
            os.chown(path, self.uid, self.gid)


def server_user() -> OsUser:
    """The user for the database: ourselves, or a system user of its own when we are root."""
    if os.geteuid() != 0:
        return OsUser(_own_name(), os.geteuid(), os.getegid(), dropped=False)
    name = set_now("pg_user")
    entry = _lookup(name) or _create(name)
    if entry.pw_uid == 0:
        raise Unavailable(f"UPWELL_PG_USER names {name}, which is root; PostgreSQL refuses to run as root.")
    return OsUser(name, entry.pw_uid, entry.pw_gid, dropped=True)


def known_server_user() -> tuple[str, int] | None:
    """Name and number of the database's user, without making it; None when it is not there yet."""
    if os.geteuid() != 0:
        return _own_name(), os.geteuid()
    entry = _lookup(set_now("pg_user"))
    return (entry.pw_name, entry.pw_uid) if entry else None


def _own_name() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def _lookup(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _create(name: str) -> pwd.struct_passwd:
    search = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    program = shutil.which("useradd", path=search)
    said = "useradd was not found"
    if program:
        done = subprocess.run(
            [
                program,
                "--system",
                "--user-group",
                "--no-create-home",
                "--home-dir",
                "/nonexistent",
                "--shell",
                "/usr/sbin/nologin",
                name,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stderr.strip()
    if entry := _lookup(name):  # also when another process made it at the same moment
        return entry
    raise Unavailable(
        f"PostgreSQL must not run as root, and the system user {name} could not be made ({said}). "
        f"Make it (useradd --system {name}), name an existing one in UPWELL_PG_USER, "
        "or run as an ordinary user."
    )
