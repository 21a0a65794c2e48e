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

from upwell.pathway.session.storing import CHANNEL

log = logging.getLogger("upwell.live")
ASK_S = 20.0  # a connection that died without a word is noticed after this
LONGEST_WAIT_S = 5.0
QUEUE = 1000  # more than that and the page asks anew anyway
SOMETHING = "something"  # after a lost connection nobody knows what was missed
BEAT, BYE, END = (
    "\0beat",
    "\0bye",
    "\0end",
)  # said to a stream itself: the heart beats, signed out, the server stops

Queue = asyncio.Queue[str]


class Ear:
    """Hears session changes, in one connection for the whole process; comes back when the database does.

    A stream listens for one session, or for all sessions of a practice: it is told which entry, or which session.
    """

    def __init__(self) -> None:
        self._streams: dict[str, set[Queue]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None
        self.listening = asyncio.Event()

    @contextlib.asynccontextmanager
    async def hearing(self, key: str) -> AsyncIterator[Queue]:
        """The changes of one session or of one practice, for as long as a stream is open."""
        queue: Queue = asyncio.Queue(QUEUE)
        self._streams[key].add(queue)
        if self._task is None or self._task.done():
            self.listening.clear()
            self._task = asyncio.create_task(self._listen())
        elif self.listening.is_set():
            put(queue, SOMETHING)  # between the page and its stream something may have happened, too
        try:
            yield queue
        finally:
            self._streams[key].discard(queue)
            if not self._streams[key]:
                del self._streams[key]
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
                    self.tell_all(SOMETHING)
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
        """``session entry practice``, ids only."""
        session_id, _, rest = payload.partition(" ")
        event_id, _, practice_id = rest.partition(" ")
        for queue in self._streams.get(session_id, ()):
            put(queue, event_id)
        for queue in self._streams.get(practice_id, ()) if practice_id else ():
            put(queue, session_id)

    def tell_all(self, word: str) -> None:
        """Say something to every stream."""
        for queues in self._streams.values():
            for queue in queues:
                put(queue, word)


def put(queue: Queue, word: str) -> None:
    """Put a word into a stream's queue; what says that it ends finds room there."""
    if word in (BYE, END) and queue.full():
        queue.get_nowait()
    with contextlib.suppress(asyncio.QueueFull):
        queue.put_nowait(word)


def _where() -> dict[str, Any]:
    """Where the database is, as Django's own connections know it."""
    params = dict(connection.get_connection_params())
    for own in ("cursor_factory", "context", "pool"):
        params.pop(own, None)
    return {**params, "autocommit": True, "application_name": "upwell live"}
