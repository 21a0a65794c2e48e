"""A small load maker: keep-alive connections in threads of a process of their own, latencies and counts."""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Request:
    """One request, and the status that counts as done."""

    method: str
    path: str
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    expect: tuple[int, ...] = (200,)


@dataclass(frozen=True, slots=True)
class Timing:
    """What a run measured, in milliseconds and requests per second."""

    count: int
    rps: float
    median_ms: float
    p95_ms: float

    @classmethod
    def of(cls, seconds: list[float], wall: float) -> Timing:
        ordered = sorted(seconds)
        return cls(
            count=len(ordered),
            rps=len(ordered) / wall,
            median_ms=1000 * statistics.median(ordered),
            p95_ms=1000 * ordered[int(0.95 * (len(ordered) - 1))],
        )


def run(port: int, connections: int, seconds: float, supply: Callable[[], Iterator[Request]]) -> Timing:
    """Send what ``supply`` yields over ``connections`` until the time is up or the supply ends."""
    lock, taken = threading.Lock(), supply()
    times: list[float] = []
    problems: list[str] = []
    begin = time.perf_counter()

    def work() -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        mine = []
        while time.perf_counter() - begin < seconds and not problems:
            with lock:
                request = next(taken, None)
            if request is None:
                break
            started = time.perf_counter()
            line.request(request.method, request.path, request.body, dict(request.headers))
            answer = line.getresponse()
            answer.read()
            mine.append(time.perf_counter() - started)
            if answer.status not in request.expect:
                problems.append(
                    f"{request.method} {request.path}: {answer.status} {answer.getheader('Location')}"
                )
        with lock:
            times.extend(mine)

    workers = [threading.Thread(target=work) for _ in range(connections)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if problems:
        raise SystemExit(f"The run is void, a request was refused: {problems[0]}")
    return Timing.of(times, time.perf_counter() - begin)
