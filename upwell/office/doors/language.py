"""The language that a person chose, kept on the device so that the log-in page speaks it too."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponseBase

YEAR_S = 365 * 24 * 3600


def remember_language(response: HttpResponseBase, language: str) -> None:
    """Set the cookie that Django's language choice reads."""
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=YEAR_S,
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
