"""A request reaches the pages when all of it has arrived, or not at all.

Django takes a body that ends early as if it were whole: of a form that a bad line cut off after *heart_rate_bpm=12*
it would read 12, where 120 was sent. And a thread of the pages would wait for whoever sends slowly. The event loop,
where waiting costs nothing, collects the body first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

WITHIN_S = 60.0  # a tablet on a bad line sends some kilobytes; it sends them anew after ten seconds
BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})
CUT_OFF = "This did not arrive whole, so nothing was changed. Send it again.\n"
TOO_BIG = "This is larger than any form here. Nothing was changed.\n"
_BODY = "upwell.body"  # in the request's scope


class Whole:
    """Hands a request on with its whole body, of at most ``most`` bytes."""

    def __init__(self, pages: ASGIApp, most: int, within_s: float = WITHIN_S) -> None:
        self.pages, self.most, self.within_s = pages, most, within_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in BODILESS:
            return await self.pages(scope, receive, send)
        said = Headers(scope=scope).get("content-length", "")
        length = int(said) if said.isdecimal() else None
        if length is not None and length > self.most:
            return await self.pages(scope, receive, send)  # they say no by its length, without reading it
        try:
            async with asyncio.timeout(self.within_s):
                body = await self._collect(receive)
        except TimeoutError:
            return await PlainTextResponse(CUT_OFF, 408)(scope, receive, send)
        if body is None or (length is not None and len(body) < length):
            return await PlainTextResponse(CUT_OFF, 400)(scope, receive, send)
        if len(body) > self.most:
            return await PlainTextResponse(TOO_BIG, 413)(scope, receive, send)
        return await self.pages({**scope, _BODY: body}, _once(body, receive), send)

    async def _collect(self, receive: Receive) -> bytes | None:
        """The body; None where they hung up before its end. A body that grows too big is not read to its end."""
        parts: list[bytes] = []
        size, more = 0, True
        while more and size <= self.most:
            message = await receive()
            if message["type"] != "http.request":
                return None
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            more = message.get("more_body", False)
        return b"".join(parts)


def _once(body: bytes, receive: Receive) -> Receive:
    """The body in one message; what is asked for after it comes from the line."""
    given = False

    async def whole() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return whole


def at_hand(pages: Callable[..., Any]) -> Callable[..., Parts]:
    """The same in a thread of the pages: the body is there already, and an empty part of an answer is not sent.

    Each would be a way to the event loop and back, for which a thread stops.
    """

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Parts:
        body = environ["asgi.scope"].get(_BODY)
        if body is not None:
            environ["wsgi.input"] = BytesIO(body)
        return Parts(pages(environ, start))

    return application


class Parts:
    """What an answer consists of, without what is empty."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return filter(None, self.answer)

    def close(self) -> None:
        self.answer.close()
