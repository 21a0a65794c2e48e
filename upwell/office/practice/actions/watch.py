"""Saying who watches over safety alerts, and when."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.roles import require, rulebook
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.errors import BadInput, NotFound
from upwell.office.practice.place import here
from upwell.people.models import Membership, Practice

ANSWERS = "alert.close"


def who_can_back_up(practice_id: UUID) -> list[tuple[UUID, str]]:
    """Who works here and may act on alerts, by name."""
    rows = Membership.objects.filter(practice_id=practice_id, active=True).select_related("account")
    roles = rulebook().roles
    return [
        (row.account_id, row.account.name)
        for row in rows.order_by("account__name")
        if any(ANSWERS in roles[role].permissions for role in row.roles if role in roles)
    ]


def say_who_watches(
    *,
    by: Actor,
    watched: list[str],
    not_watched_on: list[date],
    outside_name: str,
    outside_number: str,
    backup_id: UUID | str | None,
    backup_phone: str,
) -> Practice:
    """Keep who watches and when. Former hours stay in the practice's history."""
    require(by, "practice.manage")
    practice = Practice.objects.select_for_update(of=("self",)).filter(id=here(by)).first()
    if practice is None:
        raise NotFound(_("There is no such practice."))
    backup = UUID(str(backup_id)) if backup_id else None
    if backup is not None and backup not in {one for one, _name in who_can_back_up(practice.id)}:
        raise BadInput(_("The backup person must work here and may act on alerts."), path="backup")
    wanted = {
        "watched": watched,
        "not_watched_on": not_watched_on,
        "outside_name": outside_name.strip(),
        "outside_number": outside_number.strip(),
        "backup_id": backup,
        "backup_phone": backup_phone.strip(),
    }
    changed = [name for name, value in wanted.items() if getattr(practice, name) != value]
    for name in changed:
        setattr(practice, name, wanted[name])
    if changed:
        practice.save(update_fields=[name.removesuffix("_id") for name in changed])
        record("practice.watch-changed", by=by, object_type="practice", object_id=practice.id, fields=changed)
    return practice
