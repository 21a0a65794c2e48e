"""The one connection of a process that hears what PostgreSQL tells, and passes it on to the streams."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import psycopg
from django.db import connection

from upwell.pathway.session.actions import CHANNEL

log = logging.getLogger("upwell.live")
ASK_S = 20.0  # a connection that died without a word is noticed after this
LONGEST_WAIT_S = 5.0
QUEUE = 100  # more than that and the page asks anew anyway
SOMETHING = "something"  # after a lost connection nobody knows what was missed


class Ear:
    """Hears session changes, in one connection for the whole process; comes back when the database does."""

    def __init__(self) -> None:
        self._streams: dict[str, set[asyncio.Queue[str]]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None
        self.listening = asyncio.Event()

    @contextlib.asynccontextmanager
    async def hearing(self, session_id: str) -> AsyncIterator[asyncio.Queue[str]]:
        """The changes of one session, for as long as a stream is open."""
        queue: asyncio.Queue[str] = asyncio.Queue(QUEUE)
        self._streams[session_id].add(queue)
        if self._task is None or self._task.done():
            self.listening.clear()
            self._task = asyncio.create_task(self._listen())
        elif self.listening.is_set():
            _put(queue, SOMETHING)  # between the page and its stream something may have happened, too
        try:
            yield queue
        finally:
            self._streams[session_id].discard(queue)
            if not self._streams[session_id]:
                del self._streams[session_id]
            if not self._streams and self._task is not None:
                self._task.cancel()
                self._task = None

    async def _listen(self) -> None:
        wait = 0.1
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(**_where()) as heard:
                    await heard.execute(f"LISTEN {CHANNEL}")
                    self.listening.set()
                    self._tell_all(SOMETHING)
                    wait = 0.1
                    while True:
                        async for one in heard.notifies(timeout=ASK_S):
                            self._tell(one.payload)
                        await heard.execute("SELECT 1")
            except (psycopg.Error, OSError):
                self.listening.clear()
                log.warning("the live door lost the database and looks for it again")
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT_S)

    def _tell(self, payload: str) -> None:
        session_id, _, event_id = payload.partition(" ")
        for queue in self._streams.get(session_id, ()):
            _put(queue, event_id)

    def _tell_all(self, event_id: str) -> None:
        for queues in self._streams.values():
            for queue in queues:
                _put(queue, event_id)


def _put(queue: asyncio.Queue[str], event_id: str) -> None:
    with contextlib.suppress(asyncio.QueueFull):
        queue.put_nowait(event_id)


def _where() -> dict[str, Any]:
    """Where the database is, as Django's own connections know it."""
    params = dict(connection.get_connection_params())
    for own in ("cursor_factory", "context", "pool"):
        params.pop(own, None)
    return {**params, "autocommit": True, "application_name": "upwell live"}
