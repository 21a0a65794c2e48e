"""Whether a practice doses people at home: off unless it signed for it, with the alert in sight."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.errors import NotPermitted, StaleState
from upwell.base.limits import LONGEST_NAME
from upwell.knowledge.gates.loader import knowledge_version
from upwell.knowledge.remote import load_remote
from upwell.pathway.own_words import own_words
from upwell.pathway.remote.models import RemoteSignature


def signed_at(practice_id: UUID) -> RemoteSignature | None:
    """The signature that counts; none where nobody ever signed."""
    rows = RemoteSignature.objects.filter(practice_id=practice_id)
    return rows.select_related("practice").order_by("-number").first()


def is_on(practice_id: UUID) -> bool:
    """Whether sessions at a distance may be opened here."""
    latest = signed_at(practice_id)
    return latest is not None and latest.on


def statement_for(practice: str, *, on: bool) -> str:
    """What is signed, word for word; the alert stands in it."""
    if not on:
        return _("%(practice)s does not dose people at home.") % {"practice": practice}
    words = _(
        "%(practice)s doses people at home, with racemic ketamine under the tongue alone, with an adult chaperone"
        " in the same home, blood pressure before and after, and a line that is answered day and night. I have read"
        " the alert: “%(alert)s”"
    )
    return words % {"practice": practice, "alert": load_remote().alert.words}


def sign(
    *, by: Actor, practice_id: UUID, practice: str, on: bool, reason: str, name: str, number: int
) -> None:
    """Switch sessions at a distance on or off. ``number`` is the one that the signature will be."""
    require(by, "remote.sign")
    if by.account_id is None or by.practice_id != practice_id:
        raise NotPermitted(_("Only a person of the practice can sign."))
    stale = StaleState(_("Somebody signed meanwhile. Look at what counts now, then decide again."))
    latest = signed_at(practice_id)
    if number != (latest.number if latest is not None else 0) + 1:
        raise stale
    row = RemoteSignature(
        practice_id=practice_id,
        number=number,
        on=on,
        reason=own_words(reason, path="reason", missing=_("Write down why.")),
        statement=statement_for(practice, on=on),
        knowledge_version=knowledge_version(),
        signed_by_id=by.account_id,
        signed_name=own_words(
            name, path="name", missing=_("Write your name as your signature."), longest=LONGEST_NAME
        ),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise stale from error
    record("remote.signed", by=by, object_type="remote", object_id=row.id, on=on)
