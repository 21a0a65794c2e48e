"""The web server as a process of its own: granian with our application."""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from upwell.base.errors import Unavailable
from upwell.platform.home import Home
from upwell.platform.listening import Listening
from upwell.platform.processes import before_exec, fall_with_parent

_START_SECONDS = 60.0
_STOP_SECONDS = 4.0  # for requests that run; pages take a fraction of one
_NEVER_SECONDS = 3600  # what is left after that is ended by us, and not by granian with a warning
END_STREAMS = signal.SIGUSR1  # as upwell.live.door knows it, which is not loaded here
_BACKLOG = 1024
_LITTLE_GARBAGE = 20_000  # objects that may be garbage, some megabytes, before somebody looks


class WebServer:
    """The web server, as the supervisor sees it."""

    name = "web server"

    def __init__(self, home: Home, asked: Listening) -> None:
        self.home, self.asked = home, asked
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def start(self, progress: Callable[[str], None]) -> None:
        """Start it and wait until the application is loaded."""
        self._kill_group()
        reading, writing = os.pipe()
        try:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "upwell.platform.webserver", self._order(writing)],
                stdin=subprocess.DEVNULL,
                env=self._environment(),
                pass_fds=(writing,),
                process_group=0,
                # A killed supervisor takes it down at once, so that the next one finds the port free.
                preexec_fn=before_exec(signal.SIGKILL),  # noqa: PLW1509 - one system call, nothing more
            )
            os.close(writing)
            self._wait(reading)
        finally:
            os.close(reading)

    def stop(self) -> None:
        """Let running requests finish for a moment, then end it.

        A client that has sent half a request keeps the server waiting for the rest: it is not worth more.
        """
        child = self._child
        if child is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, END_STREAMS)
        with contextlib.suppress(ProcessLookupError):
            child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(_STOP_SECONDS)
        self._kill_group()
        self._child = None

    def _kill_group(self) -> None:
        """End what is left of it: workers must not keep the port."""
        if self._child is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait()

    def _wait(self, reading: int) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if select.select([reading], [], [], 0.05)[0] and os.read(reading, 1):
                return
            if not self.running():
                raise Unavailable("The web server did not start; what it said stands above.")
        self.stop()
        raise Unavailable(f"The web server was not ready after {_START_SECONDS:.0f} seconds.")

    def _order(self, ready_fd: int) -> str:
        asked = self.asked
        return json.dumps(
            {
                "application": asked.application,
                "host": asked.host or "0.0.0.0",  # noqa: S104 - what an empty --host means; checked before
                "port": asked.port,
                "workers": asked.workers,
                "tls_cert": str(asked.tls_cert) if asked.tls_cert else None,
                "tls_key": str(asked.tls_key) if asked.tls_key else None,
                "ready_fd": ready_fd,
            }
        )

    def _environment(self) -> dict[str, str]:
        """What the application reads its configuration from."""
        environment = dict(os.environ) | {"UPWELL_HOME": str(self.home.root)}
        if self.asked.tls or self.asked.trusted_proxies:
            environment["UPWELL_HTTPS"] = "1"
        if self.asked.demo:
            environment["UPWELL_DEMO"] = "1"
        if self.asked.trusted_proxies:
            environment["UPWELL_TRUSTED_PROXIES"] = ",".join(self.asked.trusted_proxies)
        return environment


def _load(main_pid: int, ready_fd: int, target: str) -> Any:
    """In a worker: fall with the main process, load the application, say so."""
    fall_with_parent(signal.SIGKILL, main_pid)
    module, _, name = target.partition(":")
    application = getattr(importlib.import_module(module), name or "app")
    gc.collect()
    gc.freeze()  # what is loaded stays: looking for garbage in it again and again is a tenth of a page's time
    gc.set_threshold(_LITTLE_GARBAGE)
    with contextlib.suppress(OSError):  # nobody waits any more when it is a restart
        os.write(ready_fd, b".")
        os.close(ready_fd)
    return application


def main(order: dict[str, Any]) -> None:
    """Run granian until it is told to stop."""
    from granian import Granian
    from granian.constants import Interfaces, SSLProtocols
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    signal.signal(END_STREAMS, signal.SIG_IGN)  # for the workers alone, once they can hear it
    server = Granian(
        order["application"],
        address=order["host"],
        port=order["port"],
        interface=Interfaces.ASGI,
        workers=order["workers"],
        backlog=_BACKLOG,
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=15_000),
        ssl_cert=Path(order["tls_cert"]) if order["tls_cert"] else None,
        ssl_key=Path(order["tls_key"]) if order["tls_key"] else None,
        ssl_protocol_min=SSLProtocols.tls12,
        log_level=LogLevels.warning,
        workers_kill_timeout=_NEVER_SECONDS,
    )
    server.serve(target_loader=partial(_load, os.getpid(), order["ready_fd"]))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
