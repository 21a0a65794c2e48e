"""Whose session it is: the person who came in with it, if their log-in still holds."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from upwell.access.at_the_door import at_the_door
from upwell.access.sessions import Entered


class SignedInMiddleware(AuthenticationMiddleware):
    """Sets ``request.user``, from what was read with the session."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        scope: Any = request
        scope.user = SimpleLazyObject(lambda: person_of(request))


def person_of(request: HttpRequest) -> Any:
    """The person of this session, or somebody anonymous. Asked once in a request."""
    scope: Any = request
    if not hasattr(scope, "_cached_user"):
        entered = entered_by(request)
        if auth.SESSION_KEY not in request.session:
            scope._cached_user = AnonymousUser()
        elif entered is not None and _holds(request, entered):
            scope._cached_user = entered.account
        else:
            with at_the_door():
                scope._cached_user = auth.get_user(request)
    return scope._cached_user


def entered_by(request: HttpRequest) -> Entered | None:
    """What was read with the session; nothing once another person has come in with this request."""
    session: Any = request.session
    named = session.get(auth.SESSION_KEY)  # reads the session
    entered: Entered | None = getattr(session, "entered", None)
    return entered if entered is not None and str(entered.account.id) == named else None


def _holds(request: HttpRequest, entered: Entered) -> bool:
    """Whether the log-in may still be used, and has the password that it had when the session began."""
    return (
        entered.account.is_active
        and request.session.get(auth.BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and constant_time_compare(
            request.session.get(auth.HASH_SESSION_KEY, ""), entered.account.get_session_auth_hash()
        )
    )
