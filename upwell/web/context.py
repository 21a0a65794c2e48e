"""What every page's frame needs to know: who is here, where they may go, what is open."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from upwell.access.kept import given_back, page_of_form
from upwell.base.actor import ANONYMOUS, Actor
from upwell.base.clock import now
from upwell.people.models import Account
from upwell.record.queries import AlertCount, alert_count
from upwell.web import navigation
from upwell.web.role_words import role_titles


def chrome(request: HttpRequest) -> dict[str, Any]:
    """The frame's variables.

    Read from the request, each optional: ``actor``, ``permissions``, ``practice`` and ``memberships`` as the
    door sets them, and ``open_alerts`` (int, ``AlertCount``, or a function returning one).
    """
    actor: Actor = getattr(request, "actor", None) or ANONYMOUS
    permissions: frozenset[str] = frozenset(getattr(request, "permissions", ()) or ())
    entries = navigation.PATIENT if actor.is_patient else navigation.STAFF if actor.is_staff else ()
    demo = bool(getattr(settings, "DEMO", False))
    alerts = _alerts(request, actor)
    menu = navigation.STAFF_MENU if demo and actor.is_staff else ()
    return {
        "actor": actor,
        "page_of_form": page_of_form(request) if request.method == "POST" else "",
        "given_back": lambda: given_back(request, actor.account_id),
        "is_patient": actor.is_patient,
        "nav": navigation.build(entries, permissions, request.path),
        "user_nav": navigation.build(menu, permissions, request.path),
        "open_alerts": alerts.waiting,
        "unheard_alerts": alerts.unheard,
        "unheard": _unheard(request, alerts),
        "watches_alerts": actor.is_staff,
        "may_read_alerts": "alert.read" in permissions,
        "practice_name": getattr(getattr(request, "practice", None), "name", ""),
        "other_clock": _other_clock(request),
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


def _alerts(request: HttpRequest, actor: Actor) -> AlertCount:
    """How many alerts wait: asked of the record, unless the page knows already."""
    found = getattr(request, "open_alerts", None)
    if found is None:
        return alert_count(actor, now())
    found = found() if callable(found) else found
    return found if isinstance(found, AlertCount) else AlertCount(int(found))


def _unheard(request: HttpRequest, alerts: AlertCount) -> dict[str, Any] | None:
    """Since when an alert has been left, and whom to call: the practice's backup person, if it has named one."""
    if not alerts.unheard:
        return None
    practice = getattr(request, "practice", None)
    backup = getattr(practice, "backup_id", None)
    name = Account.objects.filter(id=backup).values_list("name", flat=True).first() if backup else None
    return {
        "since": alerts.since,
        "minutes": max(0, int((now() - alerts.since).total_seconds() // 60)) if alerts.since else 0,
        "backup": name or "",
        "phone": getattr(practice, "backup_phone", ""),
    }


def _other_clock(request: HttpRequest) -> str:
    """Whose clock the page speaks, in words, where it is another than that of the reader's other pages."""
    usual, zone = getattr(request, "clock", None), timezone.get_current_timezone()
    here = timezone.localtime(now())
    if usual is None or usual is zone or here.astimezone(usual).utcoffset() == here.utcoffset():
        return ""
    return str(zone).rpartition("/")[2].replace("_", " ")


def _practice_choices(request: HttpRequest, actor: Actor) -> list[dict[str, Any]]:
    """Where the person works, for switching between practices."""
    return [
        {"id": m.practice_id, "name": m.practice.name, "current": m.practice_id == actor.practice_id}
        for m in getattr(request, "memberships", ())
    ]
