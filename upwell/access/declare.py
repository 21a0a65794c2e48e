"""Every URL declares a permission, or the server does not start."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver, get_resolver

from upwell.access.acting import First
from upwell.access.roles import rulebook

View = TypeVar("View", bound=Callable[..., Any])
ATTRIBUTE = "upwell_permission"
FIRST = "upwell_asks_first"


def requires(permission: str) -> Callable[[View], View]:
    """Declare the permission that a view needs. The door checks it before the view runs."""
    if permission not in rulebook().sentences:
        raise ImproperlyConfigured(f"requires({permission!r}): no such permission in permissions.toml")

    def mark(view: View) -> View:
        setattr(view, ATTRIBUTE, permission)
        return view

    return mark


def asks_first(question: Callable[..., First]) -> Callable[[View], View]:
    """Declare what a view asks first: ``question`` makes it of what stands in the URL. The door asks it with the actor.

    The view has it as ``request.first``; None where the actor's charts were not known yet, and it asks itself.
    """

    def mark(view: View) -> View:
        setattr(view, FIRST, question)
        return view

    return mark


@cache
def library_permissions() -> dict[str, str]:
    """Permissions of the pages that come from libraries, by URL name (``library_urls.toml``)."""
    data = tomllib.loads((Path(__file__).parent / "library_urls.toml").read_text("utf-8"))
    found = {name: permission for permission, names in data.items() for name in names}
    unknown = set(found.values()) - set(rulebook().sentences)
    if unknown:
        raise ImproperlyConfigured(f"library_urls.toml names unknown permissions: {sorted(unknown)}")
    return found


def permission_of(view: Any, url_name: str | None) -> str | None:
    """What a view declares; for a library's page, what ``library_urls.toml`` says. None: nothing is declared."""
    declared = getattr(view, ATTRIBUTE, None)
    if declared is not None:
        return str(declared)
    return library_permissions().get(url_name or "")


def undeclared(patterns: Any = None, prefix: str = "") -> Iterator[str]:
    """Every URL that declares no permission."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from undeclared(entry.url_patterns, route)
        elif isinstance(entry, URLPattern) and permission_of(entry.callback, entry.name) is None:
            yield f"/{route}"


def check_every_url() -> None:
    """Refuse to start while a URL declares no permission."""
    open_urls = list(undeclared())
    if open_urls:
        raise ImproperlyConfigured(
            "These URLs declare no permission (add @requires, or an entry in access/library_urls.toml): "
            + ", ".join(open_urls)
        )
