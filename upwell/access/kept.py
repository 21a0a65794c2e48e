"""Answers that were being sent when the log-in had expired: sealed, kept in the browser, given back afterwards."""

from __future__ import annotations

import json
import zlib
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from upwell.access.sealing import box

COOKIE = "upwell_kept"
REST = "upwell_kept_rest"  # what does not fit into one cookie
KEEP_FOR_S = 1800
COOKIE_BYTES = (
    3400  # a cookie holds about 4 kB; both together stay under the 8 kB that proxies take as headers
)
MOST_TEXT = 200_000  # so much is not even tried
LEFT_OUT = {"csrfmiddlewaretoken", "credential", "code"}  # and whatever has "password" in its name


def keep(request: HttpRequest, response: HttpResponseBase, *, page: str = "") -> None:
    """Seal the posted fields into a short-lived cookie. Nobody can read it, on the device or under way.

    ``page`` is where the form stands, if that is another address than the one it is sent to.
    """
    fields = {
        key: request.POST.getlist(key)
        for key in request.POST
        if key not in LEFT_OUT and "password" not in key
    }
    plain = json.dumps({"path": urlsplit(page).path or request.path, "fields": fields}).encode()
    if not fields or len(plain) > MOST_TEXT:
        return
    sealed = box("kept").encrypt(zlib.compress(plain, level=9)).decode()
    if len(sealed) > len((COOKIE, REST)) * COOKIE_BYTES:
        return
    _put(response, COOKIE, sealed[:COOKIE_BYTES])
    if len(sealed) > COOKIE_BYTES:
        _put(response, REST, sealed[COOKIE_BYTES:])


def _put(response: HttpResponseBase, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=KEEP_FOR_S,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def kept_fields(request: HttpRequest) -> dict[str, list[str]]:
    """The fields kept for this page, or nothing. ``owner`` inside them is the page's to check."""
    sealed = request.COOKIES.get(COOKIE)
    if not sealed:
        return {}
    rest = request.COOKIES.get(REST, "") if len(sealed) == COOKIE_BYTES else ""
    try:
        packed = box("kept").decrypt((sealed + rest).encode(), ttl=KEEP_FOR_S)
        opened = json.loads(zlib.decompressobj().decompress(packed, MOST_TEXT))
    except (InvalidToken, ValueError, zlib.error):
        return {}
    if urlsplit(opened.get("path", "")).path != request.path:
        return {}
    fields = opened.get("fields", {})
    return {str(k): [str(v) for v in vs] for k, vs in fields.items()}


def kept_of(request: HttpRequest, owner: UUID | None) -> dict[str, str]:
    """The fields kept for this page, if they are the same person's: the last value of each."""
    fields = {name: values[-1] for name, values in kept_fields(request).items() if values}
    return fields if fields.get("owner") == str(owner) else {}


def forget(response: HttpResponseBase) -> None:
    """Throw the kept answers away, once they are used."""
    for name in (COOKIE, REST):
        response.delete_cookie(name)
