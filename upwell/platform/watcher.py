"""The watcher: what is due by the clock alone happens though nobody looks. One round after another, in the web server.

Of several processes one does a round, the others leave it out: an advisory lock of PostgreSQL, which ends with the
round's transaction however that ends. A round that is cut short leaves nothing half done, and the next one does it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from datetime import datetime

from django.db import connection, connections

from upwell.access.acting import acting_as
from upwell.access.system import Purpose, system_actor
from upwell.base.clock import now
from upwell.pathway.parts import look_after
from upwell.people.models import Practice

log = logging.getLogger("upwell.watcher")
EVERY_S = 20.0
LOCK = 7_570_993  # one of our own, in the database that we share with nobody


def look_once(at: datetime | None = None) -> bool:
    """One round over all practices, in one transaction; false where another process is at it."""
    with acting_as(system_actor(Purpose.JOB)):
        if not _alone():
            return False
        for practice_id in Practice.objects.order_by("id").values_list("id", flat=True):
            try:
                with acting_as(system_actor(Purpose.JOB, practice_id)) as by:
                    look_after(by, at or now())
            except Exception:  # one practice's trouble keeps no other one waiting
                log.exception("a practice could not be looked after")
    return True


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _round() -> None:
    """A round in a thread of its own, whose connection goes back to the others afterwards."""
    try:
        look_once()
    except Exception:  # the database is away, say: the next round looks again
        log.exception("a round of the watcher failed")
    finally:
        connections.close_all()


async def _watch(every_s: float) -> None:
    while True:
        await asyncio.sleep(every_s)
        await asyncio.to_thread(_round)


@contextlib.asynccontextmanager
async def watching(every_s: float = EVERY_S) -> AsyncIterator[None]:
    """Watch for as long as the server runs."""
    task = asyncio.create_task(_watch(every_s))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
