"""What every page's frame needs to know: who is here, where they may go, what is open."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from upwell.base.actor import ANONYMOUS, Actor
from upwell.record.queries import open_alert_count
from upwell.web import navigation
from upwell.web.role_words import role_titles


def chrome(request: HttpRequest) -> dict[str, Any]:
    """The frame's variables.

    Read from the request, each optional: ``actor``, ``permissions``, ``practice`` and ``memberships`` as the
    door sets them, and ``open_alerts`` (int or a function returning one).
    """
    actor: Actor = getattr(request, "actor", None) or ANONYMOUS
    permissions: frozenset[str] = frozenset(getattr(request, "permissions", ()) or ())
    entries = navigation.PATIENT if actor.is_patient else navigation.STAFF if actor.is_staff else ()
    demo = bool(getattr(settings, "DEMO", False))
    menu = navigation.STAFF_MENU if demo and actor.is_staff else ()
    return {
        "actor": actor,
        "is_patient": actor.is_patient,
        "nav": navigation.build(entries, permissions, request.path),
        "user_nav": navigation.build(menu, permissions, request.path),
        "open_alerts": _open_alerts(request, actor),
        "watches_alerts": actor.is_staff and "alert.read" in permissions,
        "practice_name": getattr(getattr(request, "practice", None), "name", ""),
        "practice_choices": _practice_choices(request, actor),
        "role_names": role_titles(actor.roles),
        "demo": demo,
        "home_url": navigation.url_or_blank("home") or "/",
        "alerts_url": navigation.url_or_blank("alerts"),
        "alerts_live_url": navigation.url_or_blank("alert_banner"),
        "help_url": navigation.url_or_blank("help_now"),
        "security_url": navigation.url_or_blank("account"),
        "sign_out_url": navigation.url_or_blank("account_logout"),
        "practice_switch_url": navigation.url_or_blank("practice_switch"),
    }


def _open_alerts(request: HttpRequest, actor: Actor) -> int:
    """How many alerts wait: asked of the record, unless the page knows already."""
    found = getattr(request, "open_alerts", None)
    if found is None:
        return open_alert_count(actor)
    return int(found() if callable(found) else found)


def _practice_choices(request: HttpRequest, actor: Actor) -> list[dict[str, Any]]:
    """Where the person works, for switching between practices."""
    return [
        {"id": m.practice_id, "name": m.practice.name, "current": m.practice_id == actor.practice_id}
        for m in getattr(request, "memberships", ())
    ]
