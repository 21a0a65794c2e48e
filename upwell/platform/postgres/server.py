"""The running database server: a direct child of ours that is started, waited for and stopped."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from upwell.base.errors import Unavailable
from upwell.platform.home import Home
from upwell.platform.postgres import cluster
from upwell.platform.postgres.binaries import Binaries
from upwell.platform.postgres.osuser import OsUser
from upwell.platform.processes import before_exec, is_alive, send, servers_in, wait_until

_LOG_LIMIT_BYTES = 8_000_000
_SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "80",
    "shared_buffers": "128MB",
    "max_wal_size": "256MB",  # bounds how much has to be replayed after a crash
    "checkpoint_timeout": "3min",
    "max_parallel_workers_per_gather": "0",  # small machines, small shared memory in containers
    "jit": "off",
    "random_page_cost": "1.1",
    "client_connection_check_interval": "5s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # The log may be read by people who may not read charts: no statements, no rows, no parameters.
    "logging_collector": "off",
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
}


class PostgresServer:
    """One PostgreSQL on one home. The caller holds the server's lock while it uses this."""

    def __init__(self, home: Home, binaries: Binaries, user: OsUser) -> None:
        self.home, self.binaries, self.user = home, binaries, user
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    @property
    def log_file(self) -> Path:
        return self.home.log / "postgres.log"

    def running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def start(
        self,
        progress: Callable[[str], None],
        cancelled: Callable[[], bool] = lambda: False,
        patience_seconds: float = 600,
    ) -> None:
        """Start and wait until it takes connections, repairing first what a crash left behind."""
        self._clear_leftovers(progress)
        sockets = cluster.make_socket_folder(self.home, self.user)
        _make_room(self.log_file)
        said_before = self.log_file.stat().st_size if self.log_file.exists() else 0
        self._child = self._spawn(sockets)
        try:
            self._wait(progress, cancelled, time.monotonic() + patience_seconds, said_before)
        except BaseException:
            self.stop()
            raise

    def stop(self, patience_seconds: float = 30) -> None:
        """Stop in order (finish nothing, lose nothing); ever firmer if it doesn't."""
        child, self._child = self._child, None
        if child is None:
            return
        for sig, seconds in ((signal.SIGINT, patience_seconds), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            with contextlib.suppress(ProcessLookupError):
                child.send_signal(sig)
            try:
                child.wait(seconds)
                break
            except subprocess.TimeoutExpired:
                continue
        send(servers_in(self.home.cluster), signal.SIGKILL)  # nothing, after an orderly stop

    def _spawn(self, sockets: Path) -> subprocess.Popen[bytes]:
        settings = _SETTINGS | {"unix_socket_directories": '"' + str(sockets).replace('"', '""') + '"'}
        command = [self.binaries.program("postgres"), "-D", str(self.home.cluster)]
        for key, value in settings.items():
            command += ["-c", f"{key}={value}"]
        with self.log_file.open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=cluster.environment(),
                umask=0o077,
                process_group=0,  # a Ctrl-C in the terminal is for the supervisor, which stops us in order
                preexec_fn=before_exec(signal.SIGINT),  # noqa: PLW1509 - one system call, nothing more
                **self.user.popen(),
            )

    def _wait(
        self,
        progress: Callable[[str], None],
        cancelled: Callable[[], bool],
        deadline: float,
        said_before: int,
    ) -> None:
        tell_at = time.monotonic() + 2
        while not self._ready():
            if not self.running():
                raise Unavailable(_why_it_stopped(self.log_file, said_before))
            if time.monotonic() > deadline or cancelled():
                raise Unavailable(f"PostgreSQL did not get ready. Its log is {self.log_file}.")
            if time.monotonic() > tell_at:
                tell_at = deadline
                progress("The database puts itself in order after an unclean stop …")
            time.sleep(0.01)

    def _ready(self) -> bool:
        """The server notes its state in its pid file; cheaper than connecting, and needs no password."""
        try:
            lines = (self.home.cluster / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[0] == str(self.pid) and lines[7].strip() == "ready"

    def _clear_leftovers(self, progress: Callable[[str], None]) -> None:
        """Stop whatever still runs on our data, then remove the notes it left.

        We hold the lock, so no other supervisor has a right to it. The number in ``postmaster.pid`` is not
        trusted: after a crash it may belong to a stranger, and PostgreSQL would then refuse to start.
        """
        folder = self.home.cluster
        if servers_in(folder):
            progress("Stopping what a former server left running …")
            if noted := _noted_pid(folder):
                send({noted} & set(servers_in(folder)), signal.SIGINT)
                wait_until(lambda: not is_alive(noted) or noted not in servers_in(folder), 2)
            for sig, seconds in ((signal.SIGQUIT, 0.5), (signal.SIGKILL, 5)):
                send(servers_in(folder), sig)
                if wait_until(lambda: not servers_in(folder), seconds):
                    break
            else:
                raise Unavailable(
                    f"Processes {servers_in(folder)} still work on {folder} and can't be stopped. "
                    "Stop them, or restart the machine."
                )
        (folder / "postmaster.pid").unlink(missing_ok=True)
        for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
            (self.home.sockets / name).unlink(missing_ok=True)


def _noted_pid(folder: Path) -> int | None:
    try:
        return int((folder / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None


def _make_room(log: Path) -> None:
    """Keep the log from growing for ever: one former part stays."""
    if log.exists() and log.stat().st_size > _LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(".log.1"))


def _why_it_stopped(log: Path, said_before: int) -> str:
    with contextlib.suppress(OSError), log.open("rb") as file:
        file.seek(said_before if said_before <= log.stat().st_size else 0)
        said = file.read()[-3000:].decode(errors="replace")
        complaints = [
            line for line in said.splitlines() if "FATAL" in line or "PANIC" in line or "ERROR" in line
        ]
        words = " ".join(complaints or said.splitlines()[-3:])
        if "No space left on device" in said:
            return f"PostgreSQL stopped because the disk is full. Free some space and start again. ({words})"
        return f"PostgreSQL did not start: {words or 'it said nothing'}. Its log is {log}."
    return f"PostgreSQL did not start, and its log {log} can't be read."
