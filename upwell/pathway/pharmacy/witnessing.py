"""The second person: whether one is asked for, and who it may be. Never oneself.

A witness confirms in one of two ways, and both say who they are by what only they have:

* at the same device, with their own password, and the code of their app where they have one (``confirmed_here``);
* at their own log-in, where what was said waits for them (``confirmed_there``).

A name that somebody else types proves nothing, so none is ever taken for a witness.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from upwell.access.roles import require, rulebook
from upwell.access.second_person import refuse_unproven
from upwell.access.two_persons import two_persons_at
from upwell.base.actor import Actor
from upwell.base.errors import BadInput, RefusedByRule
from upwell.pathway.pharmacy.chain import Witness
from upwell.people.models import Membership

HERE, THERE = "password at the same device", "own log-in"


def witness_is_asked_for(by: Actor) -> bool:
    """Whether this practice wants a second person for what is witnessed."""
    return by.practice_id is not None and two_persons_at(by.practice_id).witness


def require_witness(by: Actor, witness: Witness | None) -> None:
    """Refuse what needs a witness and has none, or has oneself."""
    if witness is None:
        if witness_is_asked_for(by):
            raise BadInput(_("This needs a witness: a second person who was there."), path="witness")
        return
    if witness.account_id == by.account_id:
        raise RefusedByRule(_("Nobody witnesses for themselves. It takes another person."))
    if witness.account_id not in dict(who_can_witness(by)):
        raise RefusedByRule(_("The witness has to work here, in a role that may witness."))


def who_can_witness(by: Actor) -> list[tuple[UUID, str]]:
    """Everybody at the practice who may witness for this person, by name."""
    if by.practice_id is None:
        return []
    roles = {name for name, role in rulebook().roles.items() if "ledger.witness" in role.permissions}
    rows = Membership.objects.filter(practice_id=by.practice_id, active=True).select_related("account")
    return [
        (row.account_id, row.account.name)
        for row in rows.order_by("account__name", "id")
        if roles & set(row.roles) and row.account_id != by.account_id
    ]


def confirmed_there(by: Actor) -> Witness:
    """The person who is signed in confirms by themselves, at their own log-in."""
    require(by, "ledger.witness")
    if by.account_id is None:
        raise RefusedByRule(_("Only a person can witness."))
    return Witness(by.account_id, by.name, THERE)


def confirmed_here(request: HttpRequest, by: Actor, account_id: str, password: str, code: str) -> Witness:
    """The person who was named proves at this device who they are."""
    people = {str(one): (one, name) for one, name in who_can_witness(by)}
    if account_id not in people:
        raise BadInput(_("Choose the witness."), path="witness")
    found, name = people[account_id]
    if not password:
        raise BadInput(_("The witness types their own password."), path="password")
    refuse_unproven(request, found, password, code)
    return Witness(found, name, HERE)
