"""Saying on which days offices are closed: what is due in business days does not count them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.errors import NotFound
from upwell.office.practice.place import here
from upwell.people.models import Practice


def say_closed_days(*, by: Actor, closed_days: Sequence[dict[str, Any]]) -> Practice:
    """Keep the list. Former lists stay in the practice's history."""
    require(by, "practice.manage")
    practice = Practice.objects.select_for_update(of=("self",)).filter(id=here(by)).first()
    if practice is None:
        raise NotFound(_("There is no such practice."))
    if practice.closed_days != list(closed_days):
        practice.closed_days = list(closed_days)
        practice.save(update_fields=["closed_days"])
        record(
            "practice.closed-days-changed",
            by=by,
            object_type="practice",
            object_id=practice.id,
            days=len(practice.closed_days),
        )
    return practice
