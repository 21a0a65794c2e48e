"""The cluster: the folder in which PostgreSQL keeps its data, made once and whole."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import tempfile
from pathlib import Path

from upwell.base.errors import Unavailable
from upwell.platform.home import Home, user_name
from upwell.platform.postgres.binaries import Binaries
from upwell.platform.postgres.osuser import OsUser
from upwell.platform.processes import before_exec, send, servers_in, wait_until

SUPERUSER = "upwell_admin"
_HALF_MADE = "pg.new-"
_ACCESS_RULES = """\
# Only through the socket, only with a password. There is no line for TCP, and none is wanted.
# TYPE  DATABASE  USER  METHOD
local   all       all   scram-sha-256
"""


def ensure(home: Home, binaries: Binaries, user: OsUser) -> bool:
    """Make the cluster unless it is there; True when it was made now. The caller holds the server's lock."""
    _clear_half_made(home)
    if (home.cluster / "PG_VERSION").is_file():
        _check_existing(home, binaries, user)
        return False
    if home.cluster.exists() and any(home.cluster.iterdir()):
        raise Unavailable(
            f"{home.cluster} is there but holds no database. "
            "Move it away if you don't know it, then start again."
        )
    _make(home, binaries, user)
    return True


def environment() -> dict[str, str]:
    """What the server's programs get to see: nothing of ours."""
    kept = {key: os.environ[key] for key in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if key in os.environ}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def make_socket_folder(home: Home, user: OsUser) -> Path:
    """The closed folder of the server's socket; refused when somebody else got there first."""
    folder = home.sockets
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        user.own(folder)
    there = folder.lstat()  # not stat: in a shared folder a link could be a trap
    if stat.S_ISLNK(there.st_mode) or not stat.S_ISDIR(there.st_mode) or there.st_uid not in (user.uid, 0):
        raise Unavailable(
            f"{folder} should be the database's closed folder, but belongs to {user_name(there.st_uid)} "
            "or is no folder. Remove it, or use a home with a shorter path."
        )
    if there.st_uid != user.uid:
        user.own(folder)
    if stat.S_IMODE(there.st_mode) != 0o700:
        folder.chmod(0o700)
    return folder


def _clear_half_made(home: Home) -> None:
    """Remove what a killed set-up left behind; it never held anybody's data."""
    for leftover in home.root.glob(_HALF_MADE + "*"):
        data = leftover / "pg"
        send(servers_in(data), signal.SIGKILL)
        wait_until(lambda data=data: not servers_in(data), 5)  # type: ignore[misc]
        shutil.rmtree(leftover, ignore_errors=True)


def _check_existing(home: Home, binaries: Binaries, user: OsUser) -> None:
    there = home.cluster.stat()
    if there.st_uid != user.uid:
        raise Unavailable(
            f"{home.cluster} belongs to {user_name(there.st_uid)}, but the database runs as {user.name}. "
            f"Mend it: chown -R {user.name} {home.cluster}"
        )
    if stat.S_IMODE(there.st_mode) & 0o077:
        home.cluster.chmod(0o700)  # PostgreSQL refuses to start when others can look in
    major = (home.cluster / "PG_VERSION").read_text().strip()
    if major != str(binaries.major):
        raise Unavailable(
            f"The data in {home.cluster} was made by PostgreSQL {major}, but the programs are "
            f"{binaries.version}. Set UPWELL_PG_BIN to the bin folder of a PostgreSQL {major}, make a backup "
            "with it (upwell backup FILE), and restore that into a new home."
        )


def _make(home: Home, binaries: Binaries, user: OsUser) -> None:
    """Run initdb in a folder of its own and rename it when it is whole: half a cluster never counts."""
    try:
        work = Path(tempfile.mkdtemp(dir=home.root, prefix=_HALF_MADE))
        password = work / "password"
        password.write_text(home.secret("admin") + "\n")
        password.chmod(0o600)
        (work / "pg").mkdir(mode=0o700)
        for path in (work, password, work / "pg"):
            user.own(path)
        _initdb(work / "pg", password, binaries, user)
        (work / "pg" / "pg_hba.conf").write_text(_ACCESS_RULES)
        if home.cluster.is_dir():
            home.cluster.rmdir()
        (work / "pg").rename(home.cluster)
        _sync(home.root)
        shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise Unavailable(f"The database could not be set up in {home.cluster}: {error}.") from error


def _initdb(folder: Path, password: Path, binaries: Binaries, user: OsUser) -> None:
    if binaries.major >= 17:
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    else:
        locale = ["--locale=C.UTF-8"]
    done = subprocess.run(
        [
            binaries.program("initdb"),
            "--pgdata",
            str(folder),
            "--username",
            SUPERUSER,
            "--pwfile",
            str(password),
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--data-checksums",
            *locale,
        ],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        cwd="/",
        env=environment(),
        umask=0o077,
        preexec_fn=before_exec(signal.SIGKILL),
        **user.popen(),
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()[-1500:]
        if "Permission denied" in said:
            said += (
                f"\n{user.name} has to be able to pass every folder on the way to the home; "
                "name another home with --home or UPWELL_HOME, for example /var/lib/upwell."
            )
        raise Unavailable(f"PostgreSQL's initdb failed: {said}")


def _sync(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
