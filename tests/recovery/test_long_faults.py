"""The same faults, again and again, under more load; only by ``make test-faults``."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

from upwell.platform.backup import backup, restore
from upwell.platform.database import resolve
from upwell.platform.processes import send, servers_in, wait_until

pytestmark = pytest.mark.faults

WITHIN_SECONDS = 5.0
ROUNDS = 25
_HEAVY = b"""
INSERT INTO heavy SELECT current_setting('test.start')::bigint + i, repeat(md5(i::text), 20)
FROM generate_series(1, 3000000) i
"""


def test_the_database_is_killed_again_and_again(
    served: Any, writers: Any, check_journal: Callable[[Any], int]
) -> None:
    generator = random.Random(11)
    slowest = 0.0
    with writers:
        for _ in range(ROUNDS):
            time.sleep(generator.uniform(0.05, 3.0))
            pids = servers_in(served.home.cluster)
            victims = generator.choice([[served.postmaster()], pids, generator.sample(pids, 1)])
            send(victims, signal.SIGKILL)
            started = time.monotonic()
            time.sleep(0.05)
            assert wait_until(served.database_answers, WITHIN_SECONDS)
            slowest = max(slowest, time.monotonic() - started)
            check_journal(writers)
    assert check_journal(writers) > 1000
    assert slowest < WITHIN_SECONDS


def test_the_whole_group_is_killed_again_and_again(
    served: Any, writers: Any, check_journal: Callable[[Any], int]
) -> None:
    generator = random.Random(12)
    with writers:
        for _ in range(ROUNDS):
            time.sleep(generator.uniform(0.05, 2.0))
            os.killpg(served.group(), signal.SIGKILL)
            if generator.random() < 0.5:
                send(servers_in(served.home.cluster), signal.SIGKILL)
            served.process.wait()
            served.start()
            started = time.monotonic()
            assert wait_until(served.ready, WITHIN_SECONDS), served.said()
            assert time.monotonic() - started < WITHIN_SECONDS
    assert check_journal(writers) > 1000


def test_killed_under_a_heavy_load(served: Any) -> None:
    """Much to replay, and sessions that do not notice: still within five seconds."""
    with resolve(served.home).owner.connect() as connection:
        connection.execute("CREATE TABLE heavy (id bigint PRIMARY KEY, words text)")
    for round_ in range(3):
        session = resolve(served.home).owner.connect()
        session.execute("SELECT set_config('test.start', %s, false)", (f"{round_}00000000",))
        session.pgconn.send_query(_HEAVY)
        time.sleep(6)
        os.kill(served.postmaster(), signal.SIGKILL)
        started = time.monotonic()
        time.sleep(0.05)
        assert wait_until(served.database_answers, 60)
        assert time.monotonic() - started < WITHIN_SECONDS
        session.close()


def test_backups_and_restores_while_people_write(served: Any, writers: Any, tmp_path: Any) -> None:
    with writers:
        for number in range(5):
            time.sleep(0.5)
            file = tmp_path / f"{number}.upwell"
            stored = backup(served.home, file).tables["public.journalled"]["rows"]
            restore(served.home, file)
            assert stored > 0
    with resolve(served.home).owner.connect() as connection:
        row = connection.execute("SELECT count(*), count(DISTINCT id) FROM journalled").fetchone()
    assert row is not None
    assert row[0] == row[1] > 0
