"""The one port: static files, health and streams in the event loop; pages (Django) in threads beside it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "upwell.platform.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from upwell.platform import logs
from upwell.platform.configuration import configuration
from upwell.platform.database import POOL, PREPARED
from upwell.platform.home import Home
from upwell.platform.packed import Static

logs.configure()
settings.DATABASES["default"]["OPTIONS"] |= {
    **PREPARED,
    "pool": dict(POOL),
}  # the pages' threads share connections
pages = get_wsgi_application()

from upwell.access.declare import check_every_url  # noqa: E402 - needs Django's applications
from upwell.live import door as live  # noqa: E402
from upwell.platform.watcher import watching  # noqa: E402
from upwell.platform.whole import Whole, at_hand  # noqa: E402

check_every_url()
THREADS = 8


async def health(request: object) -> Response:
    """The process answers. What is wrong behind it, ``upwell doctor`` tells."""
    return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})


@asynccontextmanager
async def lifespan(application: Starlette) -> AsyncIterator[None]:
    """What runs beside the pages for as long as the server does: streams, and the watcher."""
    async with live.lifespan(application), watching():
        yield


in_threads = cast(ASGIApp, WSGIMiddleware(cast(Any, at_hand(pages)), workers=THREADS))
root = Starlette(
    routes=[
        Route("/health", health),
        Mount("/static", Static(directory=Home.at(configuration().home).static, check_dir=False)),
        Mount("/live", app=live.app),
        Mount("/", app=Whole(in_threads, most=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)),
    ],
    lifespan=lifespan,
)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The server's entry. Behind a reverse proxy, the client's address and scheme are the proxy's word."""

    async def receiving() -> Message:
        return await receive()  # granian's own is awaitable but no coroutine, which a2wsgi insists on

    async def sending(message: Message) -> None:
        await send(message)

    await _behind_proxy(scope, receiving, sending)


if configuration().trusted_proxies:
    from granian.utils.proxies import wrap_asgi_with_proxy_headers

    _behind_proxy = wrap_asgi_with_proxy_headers(root, trusted_hosts=configuration().trusted_proxies)
else:
    _behind_proxy = root
