"""In whose name a sealed entry is stored, and what stands against taking it as it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.roles import may
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import UpwellError
from upwell.pathway.session.tablet.actions import holder_of, pass_of
from upwell.pathway.session.tablet.models import WritingPass


class SignInFirst(UpwellError):
    """The pass holds no longer: somebody of the team has to be signed in to deliver what it sealed."""

    status, code = 401, "sign-in"


@dataclass(frozen=True, slots=True)
class Standing:
    """Who writes; and why a person has to look first, where one has to."""

    by: Actor
    doubt: str = ""


def standing_of(token: str, session_id: UUID, captured_at: datetime | None, here: Actor) -> Standing:
    """A pass that holds needs nobody signed in. For one that ended, whoever is signed in here delivers."""
    found = pass_of(token, session_id)
    holder = holder_of(found) if found is not None else None
    if found is not None and holder is not None and found.withdrawn_at is None and found.expires_at > now():
        return Standing(holder)
    if here.account_id is None or not may(here, "session.record"):
        raise SignInFirst(_("Sign in to send what this device has kept."))
    if found is None:
        return Standing(here, _("It came from a device that this installation gave no right to write."))
    return _late(found, holder, captured_at, here)


def _late(found: WritingPass, holder: Actor | None, captured_at: datetime | None, here: Actor) -> Standing:
    written_by = {"name": found.account_name}
    if found.withdrawn_at is not None:
        words = _("The right of this device to write, for %(name)s, had been withdrawn. Check who wrote it.")
        return Standing(here, words % written_by)
    if holder is None:
        words = _("It was written by %(name)s, who may not write here any more. Check it.")
        return Standing(here, words % written_by)
    if captured_at is None or captured_at > found.expires_at:
        words = _(
            "It was written after the right of this device to write, for %(name)s, had ended. Check it."
        )
        return Standing(here, words % written_by)
    return Standing(holder)
