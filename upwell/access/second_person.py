"""A second person proves at the same device who they are: with their password, and their code where they use one.

What proves it is what opens their own log-in, no less: tries are counted together with those at the door, and noted in
the trail. Who comes in with a passkey alone confirms at their own log-in instead.
"""

from __future__ import annotations

from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from upwell.access.at_the_door import at_the_door
from upwell.base.errors import BadInput
from upwell.people.models import Account


def refuse_unproven(request: HttpRequest, account_id: UUID, password: str, code: str) -> None:
    """Refuse whoever does not prove to be this person. The page must answer without undoing: tries are counted."""
    with at_the_door():
        wrong = _what_is_wrong(request, account_id, password, code)
    if wrong is not None:  # said after the transaction at the door, which keeps the count
        raise BadInput(wrong[0], path=wrong[1])


def _what_is_wrong(
    request: HttpRequest, account_id: UUID, password: str, code: str
) -> tuple[str, str] | None:
    account = Account.objects.filter(id=account_id).first()
    if account is None or not account.is_active or (account.is_demo and not settings.DEMO):
        return _("This person can't confirm here."), "password"
    if not account.has_usable_password():
        return _("They have no password. They confirm at their own log-in."), "password"
    try:
        user = get_adapter(request).authenticate(request, email=account.email, password=password)
    except ValidationError:
        return _("Too many tries. Wait a few minutes."), "password"
    if user is None or user.pk != account.pk:
        return _("That is not their password."), "password"
    return _what_is_wrong_with(account, code)


def _what_is_wrong_with(account: Account, code: str) -> tuple[str, str] | None:
    """Whoever has a second step at the door has it here."""
    steps = list(Authenticator.objects.filter(user_id=account.id))
    apps = [one for one in steps if one.type == Authenticator.Type.TOTP]
    if not steps:
        return None
    if not apps:
        return _("They sign in with a passkey. They confirm at their own log-in."), "password"
    if not code.strip():
        return _("The code of their app is needed, too."), "code"
    try:
        forget_tries = check_rate_limit(account)
    except ValidationError:
        return _("Too many tries. Wait a few minutes."), "code"
    if not any(one.wrap().validate_code(code.strip()) for one in apps):
        return _("That is not the code of their app now."), "code"
    forget_tries()
    return None
