"""Where an actor acts."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from upwell.base.actor import Actor
from upwell.base.errors import NotPermitted


def here(actor: Actor) -> UUID:
    """The practice that the actor works at right now, or a refusal."""
    if actor.practice_id is None:
        raise NotPermitted(_("Choose a practice first."))
    return actor.practice_id
