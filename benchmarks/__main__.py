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
from uuid import UUID

if TYPE_CHECKING:
    from benchmarks.bedside import Running
    from benchmarks.load import Request, Timing
    from benchmarks.seed import Seeded

CONNECTIONS = 16
ROUNDS = 8
WARM_UP = 80
CSRF = "b" * 32
BUDGET_MS = {"median": 50.0, "p95": 100.0}


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--patients", type=int, default=10_000)
    parser.add_argument("--practices", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=8.0, help="of each run under load")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--only", choices=["pages", "submissions", "bedside", "viewers"], action="append")
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
        from benchmarks.bedside import seed_running
        from benchmarks.seed import seed

        seeded = seed(say, practices=options.practices, patients=options.patients)
        running = seed_running(seeded.clinic_id)
        _peer_table()
    with served(options.workers) as (port, server):
        missed = _runs(options, port, server, seeded, running)
    return int(any(missed))


def _runs(
    options: argparse.Namespace, port: int, server: int, seeded: Seeded, running: Running
) -> list[bool]:
    """Each run, and whether it missed its budget."""
    from benchmarks.bedside import writes

    wanted = options.only or ["pages", "submissions", "bedside", "viewers"]
    missed = []
    if "pages" in wanted:
        missed.append(pages(port, server, seeded))
    if "submissions" in wanted:
        submissions(port, server, seeded, options.seconds)
    if "bedside" in wanted:
        missed.append(writes(port, server, running, options.seconds))
    if "viewers" in wanted:
        from benchmarks.viewers import watched

        missed.append(watched(port, running))
    return missed


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
def served(workers: int) -> Iterator[tuple[int, int]]:
    """The product under its own supervisor, with the peer beside it on the same port; port and process."""
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
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(30)


def pages(port: int, server: int, seeded: Seeded) -> bool:
    """Server time of the pages of every day, one request after the other."""
    from benchmarks.load import Request

    cookie = (("Cookie", f"sessionid={seeded.staff_session}; csrftoken={CSRF}"),)
    names = ["smith", "Smyht", "garcia m", "mueller", "1980-05-02", "P-000007"]
    asked = {
        "patient list": ["/patients/"] * 150,
        "search": [f"/patients/?{urlencode({'q': names[i % len(names)]})}" for i in range(150)],
        "chart": [f"/patients/{seeded.patient_ids[i % len(seeded.patient_ids)]}/" for i in range(150)],
    }
    whole = [f"/patients/{seeded.full_patient_ids[i % len(seeded.full_patient_ids)]}/" for i in range(150)]
    care = [f"/courses/{seeded.course_ids[i % len(seeded.course_ids)]}/" for i in range(150)]
    full = [f"/courses/{seeded.full_course_ids[i % len(seeded.full_course_ids)]}/" for i in range(150)]
    asked |= {"chart, full course": whole, "Today": ["/today/"] * 150}
    asked |= {"course of care": care, "full course of care": full, "chair board": ["/chairs/board/"] * 150}
    say(f"\n{'page':<22}{'median ms':>12}{'p95 ms':>12}{'pages':>8}{'database':>10}   processor ms a request")
    missed = [
        _timed(port, server, name, [Request("GET", path, headers=cookie) for path in paths])
        for name, paths in asked.items()
    ]
    sessions = [session for session, _request, _account in seeded.answering_in_course[:150]]
    homes = {"patient's home": sessions, "home, full course": (seeded.full_sessions * 150)[:150]}
    for name, whose in homes.items():
        cookies = [(("Cookie", f"sessionid={session}; csrftoken={CSRF}"),) for session in whose]
        missed.append(_timed(port, server, name, [Request("GET", "/me/", headers=one) for one in cookies]))
    return any(missed)


def _timed(port: int, server: int, name: str, asked: list[Request]) -> bool:
    """Server time of one page, and whether it is over the budget."""
    from benchmarks.load import run
    from benchmarks.processor import seconds_used

    # Each connection of the pool plans a statement anew a few times before it keeps the plan.
    run(port, 1, 60, lambda: iter(asked[:WARM_UP]))
    before = seconds_used(server)
    timing = run(port, 1, 60, lambda: iter(asked))
    used = zip(seconds_used(server), before, strict=True)
    python, database = (1000 * (now - then) / timing.count for now, then in used)
    over = timing.median_ms > BUDGET_MS["median"] or timing.p95_ms > BUDGET_MS["p95"]
    verdict = f"OVER {BUDGET_MS['median']:.0f} / {BUDGET_MS['p95']:.0f}" if over else "ok"
    say(
        f"{name:<22}{timing.median_ms:>12.1f}{timing.p95_ms:>12.1f}{python:>8.1f}{database:>10.1f}   {verdict}"
    )
    return over


def submissions(port: int, server: int, seeded: Seeded, seconds: float) -> None:
    """PHQ-9 through HTTP (validated, scored, audited, durable) beside one bare durable insert.

    In a course of care the plan of what is asked when is brought up to date with the answers, and relapse is watched.
    They take turns in short rounds, so that what else the machine does meets all of them alike; the processor time
    beside the rate says what each costs.
    """
    from benchmarks.load import Request, run
    from benchmarks.processor import seconds_used
    from benchmarks.seed import fresh_submission

    def answers(whose: list[tuple[str, UUID, UUID]]) -> Iterator[Request]:
        for session, request_id, account in whose:
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

    supplies = {
        "PHQ-9 submission": answers(seeded.answering),
        "PHQ-9 in a course of care": answers(seeded.answering_in_course),
        "one bare insert, Django": bare("/bare-django/"),
        "one bare insert, no Django": bare("/bare-wsgi/"),
    }
    timings: dict[str, list[Timing]] = {name: [] for name in supplies}
    costs = {name: [0.0, 0.0] for name in supplies}
    for supply in supplies.values():  # connections open, statements prepared
        run(port, CONNECTIONS, 2.0, lambda supply=supply: supply)
    for _ in range(ROUNDS):
        for name, supply in supplies.items():
            before = seconds_used(server)
            timings[name].append(run(port, CONNECTIONS, seconds / ROUNDS, lambda supply=supply: supply))
            for place, used in enumerate(seconds_used(server)):
                costs[name][place] += used - before[place]
    _say_submissions(timings, costs)


def _say_submissions(timings: dict[str, list[Timing]], costs: dict[str, list[float]]) -> None:
    from benchmarks.load import Timing

    whole = {name: Timing.together(parts) for name, parts in timings.items()}
    ours = whole["PHQ-9 submission"]
    say(
        f"\n{'durable writes':<28}{'rps':>7}{'median ms':>11}{'p95 ms':>9}{'ours / it':>11}"
        f"   processor ms a request: pages, database"
    )
    for name, timing in whole.items():
        ratio = f"{ours.rps / timing.rps:.2f}" if name.startswith("one bare") else ""
        pages, database = (1000 * used / timing.count for used in costs[name])
        say(
            f"{name:<28}{timing.rps:>7.0f}{timing.median_ms:>11.1f}{timing.p95_ms:>9.1f}{ratio:>11}"
            f"   {pages:.2f}, {database:.2f}"
        )


if __name__ == "__main__":
    sys.exit(main())
