"""The home of an installation: one folder that holds the database, the secrets and the logs."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from upwell.base.errors import Unavailable
from upwell.platform.configuration import default_home

SOCKET_PATH_LIMIT = 100  # the kernel stops at 107 bytes; the design keeps some distance
SOCKET_FILE = ".s.PGSQL.5432.lock"  # the longest name that the server puts into its socket folder


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one installation, and the names of what is in it."""

    root: Path

    @classmethod
    def at(cls, root: str | Path | None = None) -> Home:
        """The home that was named, else the one of UPWELL_HOME, else the default; nothing is created."""
        named = root or os.environ.get("UPWELL_HOME") or default_home()
        return cls(Path(os.path.abspath(Path(named).expanduser())))

    @property
    def cluster(self) -> Path:
        return self.root / "pg"

    @property
    def sockets(self) -> Path:
        """Where the database listens: in the home, or in a short path when the home's is too long."""
        inside = self.root / "run"
        if len(os.fsencode(inside / SOCKET_FILE)) < SOCKET_PATH_LIMIT:
            return inside
        mark = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]
        if os.geteuid() == 0 and os.path.isdir("/run"):
            return Path(f"/run/upwell-{mark}")
        return Path(f"/tmp/upwell-{os.geteuid()}-{mark}")  # noqa: S108 - its owner and mode are checked

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def static(self) -> Path:
        return self.root / "static"

    @property
    def binaries(self) -> Path:
        return self.root / "pgbin"

    @property
    def serve_lock(self) -> Path:
        return self.root / "serve.lock"

    @property
    def is_demo(self) -> bool:
        """Whether this installation holds invented people only, and lets anyone in."""
        return (self.root / "demo").exists()

    def mark_as_demo(self) -> None:
        """Note that this home is a demonstration; serving it is then held to loopback."""
        (self.root / "demo").touch()

    @property
    def exists(self) -> bool:
        return self.root.is_dir()

    def create(self) -> Home:
        """Make the folder and its rooms with the right modes; safe to call again."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self.check_owner()
            # As root, the database runs as another user, who has to pass through (but not look around).
            _mode(self.root, 0o711 if os.geteuid() == 0 else 0o700)
            for room in (self.secrets, self.log):
                room.mkdir(exist_ok=True)
                _mode(room, 0o700)
            self.static.mkdir(exist_ok=True)
            _mode(self.static, 0o755)
        except OSError as error:
            raise Unavailable(_why_not(self.root, error)) from error
        return self

    def check_owner(self) -> None:
        """Refuse to work in a folder that belongs to somebody else."""
        owner = self.root.stat().st_uid
        if owner != os.geteuid():
            raise Unavailable(
                f"{self.root} belongs to {user_name(owner)}, but this runs as {user_name(os.geteuid())}. "
                f"Run it as {user_name(owner)}, or give the folder away: "
                f"chown -R {user_name(os.geteuid())} {self.root}"
            )

    def secret_if_any(self, name: str) -> str:
        """The secret of that name, or nothing where none was made yet."""
        try:
            return (self.secrets / name).read_text().strip()
        except (FileNotFoundError, NotADirectoryError):
            return ""
        except PermissionError as error:
            raise Unavailable(_why_not(self.secrets / name, error)) from error

    def secret_or_ephemeral(self, name: str) -> str:
        """The secret, or one for this process only, so that a command can run before there is a home."""
        return self.secret_if_any(name) or secrets.token_urlsafe(32)

    def secret(self, name: str) -> str:
        """The installation's own secret of that name; made once, at random, readable only by its owner."""
        path = self.secrets / name
        if text := self.secret_if_any(name):
            return text
        with self._making_secrets():
            return self.secret_if_any(name) or self._made(path)

    @contextmanager
    def _making_secrets(self) -> Iterator[None]:
        """One at a time: whoever waited finds what the other one made."""
        try:
            folder = os.open(self.secrets, os.O_RDONLY)
        except OSError as error:
            raise Unavailable(_why_not(self.secrets, error)) from error
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def _made(self, path: Path) -> str:
        try:
            fd, temporary = tempfile.mkstemp(
                dir=self.secrets, prefix=f".{path.name}."
            )  # mkstemp makes it 0600
            with os.fdopen(fd, "w") as file:
                file.write(secrets.token_urlsafe(32) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise Unavailable(_why_not(path, error)) from error
        os.replace(temporary, path)  # also an empty file, which is what a full disk leaves behind
        return path.read_text().strip()

    def free_bytes(self) -> int:
        """How much room is left on the disk under the home."""
        place = self.root
        while not place.exists():
            place = place.parent
        return shutil.disk_usage(place).free


def user_name(uid: int) -> str:
    """The name of an operating-system user, or the number when it has none."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _mode(path: Path, mode: int) -> None:
    if stat.S_IMODE(path.stat().st_mode) != mode:
        path.chmod(mode)


def _why_not(path: Path, error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return f"The disk is full: {path} could not be written. Free some space and try again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"{path} can't be written by {user_name(os.geteuid())} ({error.strerror}). "
            "Name another folder with --home or UPWELL_HOME, or change its owner."
        )
    return (
        f"{path} can't be used as a home: {error.strerror}. Name another folder with --home or UPWELL_HOME."
    )
