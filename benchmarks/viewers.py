"""Streams: what is told in the database, until it stands at everybody who watches, through one process.

The viewers are sockets of a process of their own. What is told carries the moment when it was told; both processes read
one monotonic clock.
"""

from __future__ import annotations

import json
import selectors
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.bedside import Running

RUNS = (
    (500, 100, 1.0, 20.0, 50.0),
    (1000, 100, 10.0, 10.0, None),
)  # viewers, sessions, Hz, seconds, p99 in ms
EACH = 20  # pages of one log-in
OPEN_S, LAST_S = 120.0, 20.0


def watched(port: int, running: Running) -> bool:
    """Each run; whether one missed."""
    print(
        f"\n{'viewers':>8}{'sessions':>10}{'Hz':>6}{'told':>9}{'to arrive':>11}{'arrived':>10}"
        f"{'median ms':>11}{'p99 ms':>9}"
    )
    missed = [_run(port, running, *run) for run in RUNS]
    return any(missed)


def _run(
    port: int, running: Running, viewers: int, sessions: int, hertz: float, seconds: float, p99: float | None
) -> bool:
    watching = [(running.log_ins[n // EACH], str(running.sessions[n % sessions])) for n in range(viewers)]
    order = {"port": port, "watching": watching}
    child = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.viewers"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    if child.stdin is None or child.stdout is None:
        raise SystemExit("The viewers can't be spoken to.")
    child.stdin.write(json.dumps(order) + "\n")
    child.stdin.flush()
    if child.stdout.readline().strip() != "open":
        raise SystemExit("The viewers could not open their streams.")
    told = _tell([str(one) for one in running.sessions[:sessions]], hertz, seconds)
    wanted = told // sessions * viewers
    child.stdin.write(f"{wanted}\n")
    child.stdin.flush()
    found: dict[str, Any] = json.loads(child.stdout.readline())
    child.wait(30)
    arrived, worst = found["arrived"], found["p99_ms"]
    missed = arrived != wanted or (p99 is not None and worst > p99)
    limit = "" if p99 is None else f"   p99 under {p99:.0f}"
    print(
        f"{viewers:>8}{sessions:>10}{hertz:>6.0f}{told:>9}{wanted:>11}{arrived:>10}"
        f"{found['median_ms']:>11.1f}{worst:>9.1f}   {'MISSED' if missed else 'ok'}{limit}",
        flush=True,
    )
    return missed


def _tell(sessions: list[str], hertz: float, seconds: float) -> int:
    """Tell of each session so many times a second, evenly spread, as the pages' transactions do."""
    import psycopg

    from upwell.live.ear import CHANNEL, _where

    rounds = int(seconds * hertz)
    step = 1 / (hertz * len(sessions))
    with psycopg.connect(**_where()) as line, line.cursor() as cursor:
        begin, told, total = time.monotonic(), 0, rounds * len(sessions)
        while told < total:
            due = min(total, int((time.monotonic() - begin) / step) + 1)
            payloads = [f"{sessions[n % len(sessions)]} {time.monotonic_ns()} -" for n in range(told, due)]
            if payloads:
                cursor.execute(
                    "SELECT pg_notify(%s, one) FROM unnest(%s::text[]) AS one", [CHANNEL, payloads]
                )
                told = due
            time.sleep(max(0.0, begin + (told + 0.5) * step - time.monotonic()))
    return told


class Viewers:
    """Open streams, and how long each word was on its way."""

    def __init__(self, port: int, watching: list[tuple[str, str]]) -> None:
        self.took: list[int] = []
        self.chosen = selectors.DefaultSelector()
        self.lines = [self._open(port, *one) for one in watching]

    def _open(self, port: int, cookie: str, session: str) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", port), 30)
        line.sendall(
            f"GET /live/sessions/{session}/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: sessionid={cookie}\r\n\r\n".encode()
        )
        rest = b""
        while b": here" not in rest:  # the stream is there; what it says first is no change
            more = line.recv(4096)
            if not more or (b"HTTP/1.1" in rest + more and b" 200 " not in (rest + more)[:40]):
                raise SystemExit(f"A stream was refused: {(rest + more)[:80]!r}")
            rest += more
        line.setblocking(False)
        self.chosen.register(line, selectors.EVENT_READ, bytearray())
        return line

    def hear(self, until: float, enough: Any) -> None:
        """Take what comes."""
        while time.monotonic() < until and not enough():
            for key, _events in self.chosen.select(0.1):
                try:
                    more = key.fileobj.recv(65536)  # type: ignore[union-attr]
                except BlockingIOError:
                    continue
                if not more:
                    raise SystemExit("A stream ended.")
                self._take(key.data, more)

    def _take(self, rest: bytearray, more: bytes) -> None:
        now = time.monotonic_ns()
        rest += more
        *whole, last = bytes(rest).split(b"data: ")
        end = last.find(b"\n")
        parts = whole[1:] if end < 0 or not whole else [*whole[1:], last]
        if end < 0 and whole:
            rest[:] = b"data: " + last
        elif whole:
            rest.clear()
        else:
            rest[:] = rest[-16:]
        for one in parts:
            told = one.split(b"\n", 1)[0]
            if told.isdigit():
                self.took.append(now - int(told))


def main() -> None:
    """The viewers' own process: opens, says so, listens until told how many words should have come."""
    order = json.loads(sys.stdin.readline())
    viewers = Viewers(order["port"], order["watching"])
    viewers.hear(time.monotonic() + 1, lambda: False)
    print("open", flush=True)
    wanted: list[int] = []
    threading.Thread(target=lambda: wanted.append(int(sys.stdin.readline())), daemon=True).start()
    viewers.hear(time.monotonic() + OPEN_S, lambda: bool(wanted))
    viewers.hear(time.monotonic() + LAST_S, lambda: len(viewers.took) >= wanted[0])
    took = sorted(viewers.took) or [0]
    found = {
        "arrived": len(viewers.took),
        "median_ms": took[len(took) // 2] / 1e6,
        "p99_ms": took[int(0.99 * (len(took) - 1))] / 1e6,
    }
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
