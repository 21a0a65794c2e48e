"""Event streams over HTTP: they say "changed" with an id, and the page asks for the rest.

``/live/sessions/<id>/`` tells of one session which entry is new; ``/live/board/`` of the chairs of one's own practice
in which session something is.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from uuid import UUID

from django.conf import settings
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from upwell.live.ear import BEAT, BYE, END, Ear, Queue
from upwell.live.streams import Streams
from upwell.live.who import Listener, listener_of, still_there

END_STREAMS = signal.SIGUSR1  # the supervisor says so before it stops the web server
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}

_streams = Streams(Ear(), still_there)


async def session_stream(request: Request) -> Response:
    """The changes of one session, for whoever may see it."""
    return await _answer(request, request.path_params["session_id"])


async def board_stream(request: Request) -> Response:
    """The changes of all sessions of one's own practice."""
    return await _answer(request, None)


async def _answer(request: Request, session_id: UUID | None) -> Response:
    cookie = request.cookies.get(settings.SESSION_COOKIE_NAME, "")
    who = await asyncio.to_thread(listener_of, cookie, session_id)
    if who is None:
        return PlainTextResponse("Not for you, or not signed in.\n", 403, headers=HEADERS)
    if _streams.is_full(who.account_id):
        return PlainTextResponse(
            "Too many live pages are open.\n", 503, headers=HEADERS | {"Retry-After": "30"}
        )
    return StreamingResponse(_stream(cookie, who), media_type="text/event-stream", headers=HEADERS)


async def _stream(cookie: str, who: Listener) -> AsyncIterator[bytes]:
    async with _streams.opened(cookie, who) as queue:
        yield b"retry: 2000\n: here\n\n"
        while True:
            words = await _words(queue)
            yield "".join(map(_said, words)).encode()
            if END in words or BYE in words:
                return


async def _words(queue: Queue) -> list[str]:
    """The next word, and what came with it: who is behind catches up in one go."""
    words = [await queue.get()]
    while not queue.empty():
        words.append(queue.get_nowait())
    return words


def _said(word: str) -> str:
    if word == BEAT:
        return ": still here\n\n"
    if word == BYE:
        return "event: bye\ndata: signed-out\n\n"
    return "" if word == END else f"event: changed\ndata: {word}\n\n"


@contextlib.asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[None]:
    """Streams end when the server is about to stop: it would wait for them, and they for it."""
    _streams.closing = False
    with contextlib.suppress(
        NotImplementedError, RuntimeError, ValueError
    ):  # not in the main thread: in tests
        asyncio.get_running_loop().add_signal_handler(END_STREAMS, _streams.close)
    yield
    _streams.close()


app = Starlette(
    routes=[Route("/sessions/{session_id:uuid}/", session_stream), Route("/board/", board_stream)]
)
