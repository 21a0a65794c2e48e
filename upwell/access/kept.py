"""What was sent and not taken, as the log-in had ended or it was refused: sealed, kept in the browser, given back."""

from __future__ import annotations

import json
import zlib
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme

from upwell.access.sealing import box

COOKIE = "upwell_kept"
REST = "upwell_kept_rest"  # what does not fit into one cookie
KEEP_FOR_S = 1800
COOKIE_BYTES = (
    3400  # a cookie holds about 4 kB; both together stay under the 8 kB that proxies take as headers
)
SHOWN, REFUSED = 200, 400  # a status; statuses from here on
MOST_TEXT = 200_000  # so much is not even tried
LEFT_OUT = {"csrfmiddlewaretoken", "credential", "code"}  # and whatever has "password" in its name


def keep(
    request: HttpRequest, response: HttpResponseBase, *, page: str = "", owner: UUID | None = None
) -> bool:
    """Seal the posted fields into a short-lived cookie. Nobody can read it, on the device or under way.

    ``page`` is where the form stands, if that is another address than the one it is sent to. ``owner`` is who sent it,
    where that is known; otherwise the form says for whom it was opened. False if there was too much to keep.
    """
    fields = {
        key: request.POST.getlist(key)
        for key in request.POST
        if key not in LEFT_OUT and "password" not in key
    }
    if owner is not None:
        fields["owner"] = [str(owner)]
    of = {"path": urlsplit(page).path or request.path, "to": request.path, "fields": fields}
    plain = json.dumps(of, ensure_ascii=False).encode("utf-8", "backslashreplace")
    if not fields or len(plain) > MOST_TEXT:
        return not fields
    sealed = box("kept").encrypt(zlib.compress(plain, level=9)).decode()
    if len(sealed) > len((COOKIE, REST)) * COOKIE_BYTES:
        return False
    _put(response, COOKIE, sealed[:COOKIE_BYTES])
    if len(sealed) > COOKIE_BYTES:
        _put(response, REST, sealed[COOKIE_BYTES:])
    return True


def _put(response: HttpResponseBase, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=KEEP_FOR_S,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _opened(request: HttpRequest) -> dict[str, Any]:
    """What the browser kept, whichever page it is for."""
    sealed = request.COOKIES.get(COOKIE)
    if not sealed:
        return {}
    rest = request.COOKIES.get(REST, "") if len(sealed) == COOKIE_BYTES else ""
    try:
        packed = box("kept").decrypt((sealed + rest).encode(), ttl=KEEP_FOR_S)
        opened = json.loads(zlib.decompressobj().decompress(packed, MOST_TEXT))
    except (InvalidToken, ValueError, zlib.error):
        return {}
    return opened if isinstance(opened, dict) else {}


def kept_fields(request: HttpRequest) -> dict[str, list[str]]:
    """The fields kept for this page, or nothing. ``owner`` inside them is the page's to check."""
    opened = _opened(request)
    if urlsplit(opened.get("path", "")).path != request.path:
        return {}
    fields = opened.get("fields", {})
    return {str(k): [str(v) for v in vs] for k, vs in fields.items()}


def kept_of(request: HttpRequest, owner: UUID | None) -> dict[str, str]:
    """The fields kept for this page, if they are the same person's: the last value of each."""
    fields = {name: values[-1] for name, values in kept_fields(request).items() if values}
    if fields.get("owner") != str(owner):
        return {}
    scope: Any = request
    scope.kept_is_told = True  # the page says so itself
    return fields


def given_back(request: HttpRequest, owner: UUID | None) -> dict[str, Any] | None:
    """What any page gives back to its form: where that was sent to, its fields, and whether the page tells it."""
    if request.method != "GET" or COOKIE not in request.COOKIES or owner is None:
        return None
    fields = kept_fields(request)
    if fields.get("owner") != [str(owner)]:
        return None
    scope: Any = request
    scope.kept_is_given_back = True
    told = bool(getattr(request, "kept_is_told", False))
    return {"to": _opened(request).get("to", ""), "fields": json.dumps(fields), "told": told}


def is_taken(request: HttpRequest) -> None:
    """What was sent is stored, although a page answers it and leads nowhere else: nothing of it is kept."""
    scope: Any = request
    scope.kept_is_taken = True


def settle(request: HttpRequest, response: HttpResponseBase, owner: UUID | None) -> None:
    """Keep what was refused for the page where it was written; throw away what was given back or taken."""
    shown_again = _is_shown_again(response) and not getattr(request, "kept_is_taken", False)
    taken = response.status_code < REFUSED and not shown_again
    if COOKIE in response.cookies or (taken and COOKIE not in request.COOKIES):
        return
    if request.method != "POST" or not _is_navigation(request):
        if getattr(request, "kept_is_given_back", False):
            forget(response)
        return
    page = page_of_form(request)
    if taken:
        if _opened(request).get("path") in (request.path, urlsplit(page).path):
            forget(response)
    elif owner is not None:
        keep(request, response, page=page, owner=owner)


def _is_shown_again(response: HttpResponseBase) -> bool:
    """Whether the form comes once more, with a question or what was worked out: what is done leads on to a page."""
    return response.status_code == SHOWN and not response.has_header("Content-Disposition")


def _is_navigation(request: HttpRequest) -> bool:
    """Whether the answer becomes the page, and is not read by a script."""
    dest = request.headers.get("Sec-Fetch-Dest", "document")
    return dest == "document" and not request.headers.get("HX-Request")


def page_of_ours(request: HttpRequest, address: str) -> str:
    """The path of an address that the browser names, if it is a page of this site; else nothing."""
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(address)
    path = urlunsplit(("", "", parts.path, parts.query, ""))
    return path if path.startswith("/") and url_has_allowed_host_and_scheme(path, None) else ""


def page_of_form(request: HttpRequest) -> str:
    """The page on which a form stood; one whose browser names none stood on the page that it is sent to."""
    return page_of_ours(request, request.headers.get("Referer", "")) or request.get_full_path()


def forget(response: HttpResponseBase) -> None:
    """Throw the kept answers away, once they are used."""
    for name in (COOKIE, REST):
        response.delete_cookie(name)
