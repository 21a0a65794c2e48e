"""A request with a body is handed on whole, once, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest

from upwell.platform.whole import Whole, at_hand

MOST = 10


def asked(*messages: Any, method: str = "POST", length: str | None = None) -> tuple[int | None, bytes | None]:
    """The status that was answered, and the body that reached the pages (None: nothing did)."""
    waiting, answered, reached = list(messages), [], []

    async def pages(scope: Any, receive: Any, send: Any) -> None:
        reached.append((await receive()).get("body", b""))

    async def receive() -> Any:
        if not waiting:
            await asyncio.sleep(3600)
        return waiting.pop(0)

    async def send(message: Any) -> None:
        answered.append(message)

    headers = [] if length is None else [(b"content-length", length.encode())]
    scope = {"type": "http", "method": method, "headers": headers}
    asyncio.run(Whole(pages, most=MOST, within_s=0.05)(scope, receive, send))
    return (answered[0]["status"] if answered else None), (reached[0] if reached else None)


def part(body: bytes, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


GONE = {"type": "http.disconnect"}


@pytest.mark.parametrize(
    ("messages", "length", "status", "body"),
    [
        ([part(b"")], "0", None, b""),
        ([part(b"rate=120")], "8", None, b"rate=120"),
        ([part(b"rate=", True), part(b"120")], "8", None, b"rate=120"),
        ([part(b"rate=", True), part(b"120")], None, None, b"rate=120"),
        ([part(b"rate=12", True), GONE], "8", 400, None),
        ([GONE], "8", 400, None),
        ([part(b"rate=12")], "8", 400, None),
        ([part(b"rate=12", True)], "8", 408, None),
        ([], "8", 408, None),
        ([part(b"x" * MOST)], None, None, b"x" * MOST),
        ([part(b"x" * MOST, True), part(b"x")], None, 413, None),
        ([part(b"x" * (MOST + 1))], str(MOST + 1), None, b"x" * (MOST + 1)),  # the pages refuse by the length
    ],
)
def test_whole_or_not_at_all(
    messages: Any, length: str | None, status: int | None, body: bytes | None
) -> None:
    assert asked(*messages, length=length) == (status, body)


def test_what_has_no_body_is_handed_on_as_it_comes() -> None:
    assert asked(part(b"", True), method="GET") == (None, b"")


class Closing:
    """An answer in parts, as Django makes it."""

    def __init__(self, *parts: bytes) -> None:
        self.parts, self.closed = parts, False

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.parts)

    def close(self) -> None:
        self.closed = True


def test_the_pages_have_the_body_at_hand() -> None:
    """What has arrived is read in the pages' thread itself, and an answer without content has no part."""
    read, answer = [], Closing(b"", b"ab", b"")

    def pages(environ: Any, start: Any) -> Closing:
        read.append(environ["wsgi.input"].read())
        return answer

    scopes = []

    async def reached(scope: Any, receive: Any, send: Any) -> None:
        scopes.append(scope)

    async def receive() -> Any:
        return part(b"rate=120")

    asyncio.run(
        Whole(reached, most=MOST)({"type": "http", "method": "POST", "headers": []}, receive, receive)
    )
    parts = at_hand(pages)({"asgi.scope": scopes[0], "wsgi.input": BytesIO(b"from the line")}, None)
    assert (read, list(parts), answer.closed) == ([b"rate=120"], [b"ab"], False)
    parts.close()
    assert answer.closed
    at_hand(pages)({"asgi.scope": {}, "wsgi.input": BytesIO(b"from the line")}, None)
    assert read[1] == b"from the line"
