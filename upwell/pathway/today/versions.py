"""A version of what rules run on that waits for the medical director stands on their Today, and on an admin's."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from upwell.base.actor import Actor
from upwell.pathway.parts import Urgency, Waiting
from upwell.people.editions import version_waiting

TOLD = frozenset({"medical-director", "admin"})


def versions(actor: Actor) -> list[Waiting]:
    """One line, or none. One query, for those alone who are told."""
    if not actor.is_staff or actor.practice_id is None or not actor.roles & TOLD:
        return []
    found = version_waiting(actor.practice_id)
    if found is None:
        return []
    if found.is_first:
        what = _("Sign for what rules run on: nobody has yet")
    elif found.is_own:
        what = _("Look at the version that this practice proposes, and sign")
    else:
        what = _("Look at what came with a new version of Upwell, and sign")
    return [
        Waiting(
            owners=TOLD,
            practice_id=actor.practice_id,
            patient_id=None,
            patient_name=_("What rules run on"),
            what=what,
            url=reverse("knowledge_version", args=[found.version]),
            since=found.since,
            urgency=Urgency.WAITING,
            detail=found.note,
            icon="scale",
        )
    ]
