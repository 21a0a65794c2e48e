"""Event streams over HTTP: ``/live/sessions/<id>/`` says "changed" with an id, and the page asks for the rest."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections import Counter
from collections.abc import AsyncIterator
from uuid import UUID

from django.conf import settings
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from upwell.live.ear import Ear
from upwell.live.who import Listener, listener_of

END_STREAMS = signal.SIGUSR1  # the supervisor says so before it stops the web server
HEARTBEAT_S = 15.0
ASK_AGAIN_S = 30.0  # how long a log-in that ended goes on being told
MOST_STREAMS = 400  # in one process
MOST_EACH = 20  # of one log-in
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}

_open: Counter[UUID] = Counter()
_ear = Ear()
_closing = asyncio.Event()


async def session_stream(request: Request) -> Response:
    """The changes of one session, for whoever may see it."""
    session_id: UUID = request.path_params["session_id"]
    cookie = request.cookies.get(settings.SESSION_COOKIE_NAME, "")
    who = await asyncio.to_thread(listener_of, cookie, session_id, first=True)
    if who is None:
        return PlainTextResponse("Not for you, or not signed in.\n", 403, headers=HEADERS)
    if _open.total() >= MOST_STREAMS or _open[who.account_id] >= MOST_EACH:
        return PlainTextResponse(
            "Too many live pages are open.\n", 503, headers=HEADERS | {"Retry-After": "30"}
        )
    return StreamingResponse(_stream(cookie, who), media_type="text/event-stream", headers=HEADERS)


async def _stream(cookie: str, who: Listener) -> AsyncIterator[str]:
    _open[who.account_id] += 1
    try:
        async with _ear.hearing(str(who.session_id)) as queue:
            yield "retry: 2000\n: here\n\n"
            loop = asyncio.get_running_loop()
            asked = loop.time()
            while not _closing.is_set():
                event_id = await _next(queue)
                if event_id is not None:
                    yield f"event: changed\ndata: {event_id}\n\n"
                if loop.time() - asked >= ASK_AGAIN_S:
                    asked = loop.time()
                    if await asyncio.to_thread(listener_of, cookie, who.session_id, first=False) is None:
                        yield "event: bye\ndata: signed-out\n\n"
                        return
                if event_id is None:
                    yield ": still here\n\n"
    finally:
        _open[who.account_id] -= 1
        if _open[who.account_id] <= 0:
            del _open[who.account_id]


async def _next(queue: asyncio.Queue[str]) -> str | None:
    """The next change; nothing when the heart beats without one, or the server stops."""
    waiting = asyncio.create_task(queue.get())
    stopping = asyncio.create_task(_closing.wait())
    try:
        await asyncio.wait({waiting, stopping}, timeout=HEARTBEAT_S, return_when=asyncio.FIRST_COMPLETED)
        return waiting.result() if waiting.done() else None
    finally:
        waiting.cancel()
        stopping.cancel()


@contextlib.asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[None]:
    """Streams end when the server is about to stop: it would wait for them, and they for it."""
    _closing.clear()
    with contextlib.suppress(
        NotImplementedError, RuntimeError, ValueError
    ):  # not in the main thread: in tests
        asyncio.get_running_loop().add_signal_handler(END_STREAMS, _closing.set)
    yield
    _closing.set()


app = Starlette(routes=[Route("/sessions/{session_id:uuid}/", session_stream)])
