"""Signing for how second checks and witnesses are handled."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.access.two_persons import second_persons
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.errors import BadInput, NotPermitted, RefusedByRule, StaleState
from upwell.base.limits import LONGEST_NAME, LONGEST_WORDS
from upwell.office.practice.place import here
from upwell.people.models import Practice, TwoPersons


def statement_for(practice: str, *, solo: bool) -> str:
    """What is signed, word for word."""
    if solo:
        return _(
            "One person alone works at the chair at %(practice)s. I know that no second person then checks an order,"
            " and that nobody witnesses waste. I answer for both. When somebody else begins to work here, second"
            " checks and witnesses are asked for again."
        ) % {"practice": practice}
    return _(
        "At %(practice)s a second person checks each order, and witnesses waste and explained discrepancies."
    ) % {"practice": practice}


def sign_two_persons(*, by: Actor, solo: bool, reason: str, name: str, number: int) -> TwoPersons:
    """Sign: with a second person, or, where one person alone works, without. ``number`` is the one it will be."""
    require(by, "two-persons.sign")
    if by.account_id is None:
        raise NotPermitted(_("Only a person can sign."))
    practice = Practice.objects.get(id=here(by))
    if solo and len(second_persons(practice.id)) > 1:
        raise RefusedByRule(
            _("More than one person works at the chair here. Working alone is for a practice of one.")
        )
    latest = TwoPersons.objects.filter(practice=practice).order_by("-number").first()
    stale = StaleState(_("Somebody signed meanwhile. Look at what counts now, then decide again."))
    if number != (latest.number if latest is not None else 0) + 1:
        raise stale
    row = TwoPersons(
        practice=practice,
        number=number,
        second_check=not solo,
        witness=not solo,
        reason=_words(reason, "reason", _("Write down why."), LONGEST_WORDS),
        statement=statement_for(practice.name, solo=solo),
        signed_by_id=by.account_id,
        signed_name=_words(name, "name", _("Write your name as your signature."), LONGEST_NAME),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise stale from error
    record("two-persons.signed", by=by, object_type="two-persons", object_id=row.id, solo=solo)
    return row


def _words(text: str, path: str, missing: str, longest: int) -> str:
    words = text.replace("\0", "").strip()
    if not words:
        raise BadInput(missing, path=path)
    if len(words) > longest:
        raise BadInput(_("This is longer than %(n)d characters. Shorten it.") % {"n": longest}, path=path)
    return words
