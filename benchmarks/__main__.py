"""``make bench``: seeds a home of its own, serves it as the product is served, and prints what it measured."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from benchmarks.load import Request
    from benchmarks.seed import Seeded

CONNECTIONS = 16
CSRF = "b" * 32
BUDGET_MS = {"median": 50.0, "p95": 100.0}


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--patients", type=int, default=10_000)
    parser.add_argument("--practices", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=8.0, help="of each run under load")
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="upwell-bench-"))
    os.environ["UPWELL_HOME"] = str(folder)
    os.environ.pop("DATABASE_URL", None)
    try:
        return measure(options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(options: argparse.Namespace) -> int:
    """Seed, serve, measure, print; 1 when a page is over its budget."""
    from upwell.platform.cli.shared import with_database
    from upwell.platform.setup import prepare

    with with_database(None, schema=False) as (home, _):
        prepare(home, say)
        from benchmarks.seed import seed

        seeded = seed(say, practices=options.practices, patients=options.patients)
        _peer_table()
    with served(options.workers) as port:
        slow = pages(port, seeded)
        submissions(port, seeded, options.seconds)
    return int(slow)


def say(words: str) -> None:
    print(words, flush=True)


def _peer_table() -> None:
    """The peer's table: one text column, no rule but durability, as every other table."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_insert (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text)"
        )
        cursor.execute("ANALYZE")


@contextmanager
def served(workers: int) -> Iterator[int]:
    """The product under its own supervisor, with the peer beside it on the same port."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    order: dict[str, Any] = {"port": port, "workers": workers}
    server = subprocess.Popen([sys.executable, "-m", "benchmarks.server", json.dumps(order)])
    try:
        import urllib.request

        for _ in range(600):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1):
                    break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def pages(port: int, seeded: Seeded) -> bool:
    """Server time of list, search and chart, one request after the other."""
    from benchmarks.load import Request, run

    cookie = (("Cookie", f"sessionid={seeded.staff_session}; csrftoken={CSRF}"),)
    names = ["smith", "Smyht", "garcia m", "mueller", "1980-05-02", "P-000007"]
    asked = {
        "patient list": ["/patients/"] * 150,
        "search": [f"/patients/?{urlencode({'q': names[i % len(names)]})}" for i in range(150)],
        "chart": [f"/patients/{seeded.patient_ids[i % len(seeded.patient_ids)]}/" for i in range(150)],
    }
    slow = False
    say(
        f"\n{'page':<16}{'median ms':>12}{'p95 ms':>12}   budget {BUDGET_MS['median']:.0f} / {BUDGET_MS['p95']:.0f}"
    )
    for name, paths in asked.items():

        def supply(paths: list[str] = paths) -> Iterator[Request]:
            return (Request("GET", path, headers=cookie) for path in paths)

        run(port, 1, 20, lambda paths=paths: iter([Request("GET", paths[0], headers=cookie)] * 10))
        timing = run(port, 1, 60, supply)
        over = timing.median_ms > BUDGET_MS["median"] or timing.p95_ms > BUDGET_MS["p95"]
        slow = slow or over
        say(f"{name:<16}{timing.median_ms:>12.1f}{timing.p95_ms:>12.1f}   {'OVER' if over else 'ok'}")
    return slow


def submissions(port: int, seeded: Seeded, seconds: float) -> None:
    """PHQ-9 through HTTP (validated, scored, audited, durable) beside one bare durable insert."""
    from benchmarks.load import Request, run
    from benchmarks.seed import fresh_submission

    def answers() -> Iterator[Request]:
        for session, request_id, account in seeded.answering:
            fields = {"csrfmiddlewaretoken": CSRF, "owner": str(account), "submission": fresh_submission()}
            fields |= {f"item-{n}": str(n % 3) for n in range(1, 9)} | {"item-9": "0", "item-10": "1"}
            yield Request(
                "POST",
                f"/me/answer/{request_id}/",
                urlencode(fields).encode(),
                (
                    ("Cookie", f"sessionid={session}; csrftoken={CSRF}"),
                    ("Content-Type", "application/x-www-form-urlencoded"),
                ),
                expect=(302,),
            )

    body = json.dumps({str(n): n % 3 for n in range(1, 10)}).encode()

    def bare(path: str) -> Iterator[Request]:
        while True:
            yield Request("POST", path, body, expect=(204,))

    run(port, CONNECTIONS, 1, lambda: bare("/bare-django/"))
    django = run(port, CONNECTIONS, seconds, lambda: bare("/bare-django/"))
    ours = run(port, CONNECTIONS, seconds, answers)
    wsgi = run(port, CONNECTIONS, seconds, lambda: bare("/bare-wsgi/"))
    say(f"\n{'durable writes':<34}{'rps':>8}{'median ms':>12}{'p95 ms':>10}{'ours / it':>12}")
    say(f"{'PHQ-9 submission':<34}{ours.rps:>8.0f}{ours.median_ms:>12.1f}{ours.p95_ms:>10.1f}")
    for name, peer in (("one bare insert, Django", django), ("one bare insert, no Django", wsgi)):
        say(
            f"{name:<34}{peer.rps:>8.0f}{peer.median_ms:>12.1f}{peer.p95_ms:>10.1f}{ours.rps / peer.rps:>12.2f}"
        )


if __name__ == "__main__":
    sys.exit(main())
