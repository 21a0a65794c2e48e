"""The product, and beside it on the same port the peer: one bare durable insert through the same stack.

The peer goes through granian, Starlette, a2wsgi, Django's URL resolver and the same pool of connections, without any
middleware, session, permission, row security, score or audit. ``/bare-wsgi`` leaves Django out as well.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "upwell.platform.settings"

from a2wsgi import WSGIMiddleware
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.urls.resolvers import RegexPattern, URLResolver
from starlette.routing import Mount

from upwell.platform import asgi

INSERT = "INSERT INTO bench_insert (body) VALUES (%s)"


def insert(body: bytes) -> None:
    """One row, durable when this returns."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSERT, [body.decode()])
    connection.close()


def bare_django(request: HttpRequest) -> HttpResponse:
    insert(request.body)
    return HttpResponse(status=204)


_resolver = URLResolver(RegexPattern(r"^/"), [path("bare-django", bare_django)])


def django_without_middleware(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Django's request, resolver and response, and nothing else."""
    from django.core.handlers.wsgi import WSGIRequest

    request = WSGIRequest(environ | {"PATH_INFO": "/bare-django", "SCRIPT_NAME": ""})
    match = _resolver.resolve("/bare-django")
    response = match.func(request, *match.args, **match.kwargs)
    start(f"{response.status_code} {response.reason_phrase}", list(response.items()))
    return response


def bare_wsgi(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    insert(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
    start("204 No Content", [])
    return []


asgi.root.router.routes.insert(0, Mount("/bare-wsgi", WSGIMiddleware(bare_wsgi, workers=asgi.THREADS)))
asgi.root.router.routes.insert(
    0, Mount("/bare-django", WSGIMiddleware(django_without_middleware, workers=asgi.THREADS))
)
app = asgi.app
