"""The open streams of a process: how many there are, the heartbeat of all, and whether each log-in still holds."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable
from uuid import UUID

from upwell.live.ear import BEAT, BYE, END, Ear, Queue, put
from upwell.live.who import Listener

HEARTBEAT_S = 15.0
ASK_AGAIN_S = 30.0  # how long a log-in that ended goes on being told
MOST_STREAMS = 1500  # in one process
MOST_EACH = 20  # of one log-in

StillThere = Callable[[str, list[Listener]], list[Listener]]


class Streams:
    """All streams of a process. One task beats for all; each log-in is looked up once for all of its pages."""

    def __init__(self, ear: Ear, still_there: StillThere) -> None:
        self.ear, self._still_there = ear, still_there
        self._of: Counter[UUID] = Counter()
        self._open: dict[Queue, tuple[str, Listener]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.closing = False

    def is_full(self, account_id: UUID) -> bool:
        """Whether one more would be too many."""
        return self._of.total() >= MOST_STREAMS or self._of[account_id] >= MOST_EACH

    @contextlib.asynccontextmanager
    async def opened(self, cookie: str, who: Listener) -> AsyncIterator[Queue]:
        """One stream, for as long as it is open."""
        self._of[who.account_id] += 1
        try:
            async with self.ear.hearing(str(who.about)) as queue:
                self._open[queue] = (cookie, who)
                if not self._tasks:
                    self._tasks = [asyncio.create_task(one()) for one in (self._beat, self._ask_again)]
                if self.closing:
                    put(queue, END)
                try:
                    yield queue
                finally:
                    del self._open[queue]
        finally:
            self._of[who.account_id] -= 1
            if self._of[who.account_id] <= 0:
                del self._of[who.account_id]
            if not self._open:
                self._rest()

    def close(self) -> None:
        """The server is about to stop: no stream keeps it waiting."""
        self.closing = True
        self.ear.tell_all(END)

    def _rest(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks = []

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            self.ear.tell_all(BEAT)

    async def _ask_again(self) -> None:
        """Log-in by log-in, spread over the time, so that no look holds the streams up."""
        while True:
            by_cookie: dict[str, list[tuple[Queue, Listener]]] = {}
            for queue, (cookie, who) in self._open.items():
                by_cookie.setdefault(cookie, []).append((queue, who))
            pause = ASK_AGAIN_S / (len(by_cookie) or 1)
            for cookie, listening in by_cookie.items():
                await asyncio.sleep(pause)
                whom = list({who for _queue, who in listening})
                there = set(await asyncio.to_thread(self._still_there, cookie, whom))
                for queue, who in listening:
                    if who not in there:
                        put(queue, BYE)
            if not by_cookie:
                await asyncio.sleep(pause)
