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

    seconds: tuple[float, ...]  # of each request, the shortest first
    wall: float

    @classmethod
    def of(cls, seconds: list[float], wall: float) -> Timing:
        return cls(tuple(sorted(seconds)), wall)

    @classmethod
    def together(cls, parts: list[Timing]) -> Timing:
        """Several rounds as one."""
        return cls.of([one for part in parts for one in part.seconds], sum(part.wall for part in parts))

    @property
    def count(self) -> int:
        return len(self.seconds)

    @property
    def rps(self) -> float:
        return self.count / self.wall

    @property
    def median_ms(self) -> float:
        return 1000 * statistics.median(self.seconds)

    @property
    def p95_ms(self) -> float:
        return 1000 * self.seconds[int(0.95 * (self.count - 1))]


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
