"""What the codes of a second step are checked with: sealed where it is stored, taken away by the operator alone."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.utils.translation import gettext as _

from upwell.access.at_the_door import at_the_door
from upwell.access.sealing import box
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.errors import NotFound, NotPermitted, Unavailable
from upwell.office.doors.queries import account_with

SEALED = "sealed:"  # no secret of the library begins so: they are letters and digits
PURPOSE = "second-step"
CODES = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}


def seal(text: str) -> str:
    """The secret as it is stored."""
    return SEALED + box(PURPOSE).encrypt(text.encode()).decode()


def unseal(stored: str) -> str:
    """The secret as codes are worked out from it. One from before secrets were sealed is read as it is."""
    if not stored.startswith(SEALED):
        return stored
    try:
        return box(PURPOSE).decrypt(stored.removeprefix(SEALED).encode()).decode()
    except InvalidToken:
        raise Unavailable(
            _(
                "Codes can't be checked here: they were sealed with another key. Use a passkey if you have one, "
                "or ask whoever runs this installation."
            )
        ) from None


def seal_open_ones() -> int:
    """Seal what was stored before secrets were sealed; says how many there were."""
    count = 0
    with at_the_door():
        for one in Authenticator.objects.select_for_update().filter(type__in=CODES):
            place = CODES[Authenticator.Type(one.type)]
            stored = one.data.get(place)
            if isinstance(stored, str) and not stored.startswith(SEALED):
                one.data[place] = seal(stored)
                one.save(update_fields=["data"])
                count += 1
    return count


def forget_codes(*, by: Actor, email: str) -> int:
    """Take a person's app and recovery codes away, when neither can be used any more. Passkeys stay."""
    if by.kind != "system":
        raise NotPermitted(_("This is done by whoever runs this installation, on its command line."))
    with at_the_door():
        account = account_with(email)
        if account is None or account.is_demo:
            raise NotFound(_("There is no log-in with this e-mail address."))
        taken: int
        taken, _kinds = Authenticator.objects.filter(user_id=account.id, type__in=CODES).delete()
        if taken:
            record("second-step.removed", by=by, object_type="account", object_id=account.id)
    return taken
