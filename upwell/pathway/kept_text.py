"""What somebody had written when their log-in ended: given back to them on the page where they wrote it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from upwell.access.kept import COOKIE, forget, kept_of


def kept_text(request: HttpRequest, field: str) -> str:
    """The text of one field, kept for the person who wrote it; says so on the page."""
    scope: Any = request
    text = kept_of(request, scope.actor.account_id).get(field, "")
    if text.strip():
        messages.info(
            request, _("What you had written is still here. It is not saved yet: send it once more.")
        )
    return text


def without_kept(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The page, and the kept text is forgotten: it stands on the page now, or was sent."""
    if COOKIE in request.COOKIES:
        forget(response)
    return response
