"""From a log-in to an actor: in which practice and roles a person acts right now."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest

from upwell.access.own import OwnCare
from upwell.access.roles import compartments_of
from upwell.access.signed_in import entered_by
from upwell.base.actor import ANONYMOUS, Actor, ActorKind
from upwell.base.kept_query import kept_query
from upwell.people.models import Membership

PRACTICE_KEY = "upwell_practice"  # in the session: the practice chosen, or "self" for one's own care
OWN_CARE = "self"


def memberships_of(account_id: UUID) -> list[Membership]:
    """Where a person works now, first by name of the practice."""
    return _at_work(account_id)


@kept_query(UUID)
def _at_work(account_id: UUID) -> QuerySet[Membership]:
    rows = Membership.objects.filter(account_id=account_id, active=True, roles__len__gt=0)
    return rows.select_related("practice").order_by("practice__name")


def staff_actor(membership: Membership, name: str) -> Actor:
    """A member of staff, acting at one practice."""
    roles = frozenset(membership.roles)
    return Actor(
        kind=ActorKind.STAFF,
        purpose="care",
        account_id=membership.account_id,
        practice_id=membership.practice_id,
        roles=roles,
        compartments=compartments_of(roles),
        name=name,
    )


def patient_actor(account_id: UUID, name: str, patient_ids: tuple[UUID, ...] = ()) -> Actor:
    """A person looking after their own care; their charts are found once the actor is in the transaction."""
    roles = frozenset({"patient"})
    return Actor(
        kind=ActorKind.PATIENT,
        purpose="self",
        account_id=account_id,
        roles=roles,
        compartments=compartments_of(roles),
        patient_ids=patient_ids,
        name=name,
    )


def actor_of(request: HttpRequest) -> Actor:
    """Who makes this request. Sets ``request.memberships`` and ``request.practice`` for the page's frame.

    For a patient ``request.own`` is what the session's statement knows of their charts, if it does.
    """
    scope: Any = request
    scope.memberships, scope.practice = [], None
    user: Any = request.user
    if not user.is_authenticated:
        return ANONYMOUS
    chosen = request.session.get(PRACTICE_KEY, "")
    entered = entered_by(request)
    scope.memberships = memberships_of(user.id) if entered is None else entered.places
    if not scope.memberships or chosen == OWN_CARE:
        # Of somebody who works somewhere, the charts are asked for when the actor is in the transaction.
        known = (
            OwnCare(entered.charts, entered.time_zone) if entered is not None and not entered.places else None
        )
        scope.own = known
        return patient_actor(user.id, user.name, known.patient_ids if known is not None else ())
    membership = next((m for m in scope.memberships if str(m.practice_id) == chosen), scope.memberships[0])
    scope.practice = membership.practice
    return staff_actor(membership, user.name)
