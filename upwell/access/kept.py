"""Answers that were being sent when the log-in had expired: sealed, kept in the browser, given back afterwards."""

from __future__ import annotations

import base64
import hashlib
import json
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

COOKIE = "upwell_kept"
KEEP_FOR_S = 1800
MOST_BYTES = 2600  # a cookie holds about 4 kB, and sealing adds a third
LEFT_OUT = {"csrfmiddlewaretoken", "credential", "code"}  # and whatever has "password" in its name


def _box() -> Fernet:
    digest = hashlib.sha256(b"upwell.kept:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


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
    if not fields or len(plain) > MOST_BYTES:
        return
    response.set_cookie(
        COOKIE,
        _box().encrypt(plain).decode(),
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
    try:
        opened = json.loads(_box().decrypt(sealed.encode(), ttl=KEEP_FOR_S))
    except (InvalidToken, ValueError):
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
    response.delete_cookie(COOKIE)
