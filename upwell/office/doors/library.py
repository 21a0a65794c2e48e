"""The log-in library's pages: only those that ``access/library_urls.toml`` names, and shaped for our door."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from allauth.account.middleware import AccountMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext as _

from upwell.access.at_the_door import at_the_door
from upwell.access.declare import library_permissions
from upwell.base.errors import NotPermitted

View = Callable[..., HttpResponseBase]
OPEN_TO_DEMO = {"mfa_index", "mfa_list_webauthn"}


def only_declared(
    patterns: Sequence[URLPattern | URLResolver], **instead: View
) -> list[URLPattern | URLResolver]:
    """The library's URLs that are declared; signing up, changing the address and the rest don't exist here.

    ``instead`` names views of our own for some of them.
    """
    found: list[URLPattern | URLResolver] = []
    for entry in patterns:
        if isinstance(entry, URLResolver):
            found.append(URLResolver(entry.pattern, only_declared(entry.url_patterns, **instead)))
        elif (permission := library_permissions().get(name := entry.name or "")) is not None:
            view = _shaped(
                instead.get(name, entry.callback), permission == "signed-in" and name not in OPEN_TO_DEMO
            )
            if permission == "public":
                view = _at_the_door(view)
            found.append(URLPattern(entry.pattern, view, entry.default_args, name))
    return found


def _shaped(view: View, closed_to_demo: bool) -> View:
    """The library's view, with what its middleware does for it.

    The library lets exceptions fly to its middleware ("ask for the password again"). The door runs the view
    itself, inside the transaction, where no middleware sees them.
    """

    @wraps(view)
    def shaped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: Any = request.user
        if closed_to_demo and getattr(user, "is_demo", False):
            raise NotPermitted(
                _("Demo people are shared by everyone who tries Upwell: they stay as they are.")
            )
        try:
            return view(request, *args, **kwargs)
        except Exception as exception:
            response: HttpResponseBase | None = _middleware.process_exception(request, exception)
            if response is None:
                raise
            return response

    return shaped


def _at_the_door(view: View) -> View:
    """The library's view with what it needs to know before anybody is in: log-ins and second steps, no chart."""

    @wraps(view)
    def at_door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with at_the_door():
            response = view(request, *args, **kwargs)
            if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
                response.render()
        return response

    return at_door


def _no_page(_request: HttpRequest) -> HttpResponseBase:
    raise NotImplementedError  # the middleware is only asked what to do about exceptions


_middleware: Any = AccountMiddleware(_no_page)
