"""What the practice's own pages show: staff, invitations, chairs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.access.trail import looked_at
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import NotFound
from upwell.office.practice.place import here
from upwell.people.models import Chair, Invitation, Membership, Patient, PatientInvitation, Practice
from upwell.people.name_order import NameOrder
from upwell.web.role_words import role_titles


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A member of staff, as the list shows them."""

    id: UUID
    account_id: UUID
    name: str
    email: str
    roles: str
    active: bool
    is_self: bool


def practice_of(actor: Actor) -> Practice:
    """The practice that the actor works at."""
    require(actor, "practice.read")
    return Practice.objects.get(id=here(actor))


def staff(actor: Actor) -> list[StaffRow]:
    """Everybody who works or worked here, those who work here first."""
    require(actor, "practice.read")
    found = Membership.objects.filter(practice_id=here(actor)).select_related("account")
    return [_row(membership, actor) for membership in found.order_by("-active", NameOrder("account__name"))]


def member(actor: Actor, membership_id: UUID) -> tuple[StaffRow, list[str]]:
    """One member of staff, and the ids of their roles."""
    require(actor, "practice.manage")
    found = Membership.objects.filter(id=membership_id, practice_id=here(actor)).select_related("account")
    if (membership := found.first()) is None:
        raise NotFound(_("There is no such member of staff here."))
    return _row(membership, actor), list(membership.roles)


def _row(membership: Membership, actor: Actor) -> StaffRow:
    return StaffRow(
        id=membership.id,
        account_id=membership.account_id,
        name=membership.account.name,
        email=membership.account.email,
        roles=role_titles(membership.roles),
        active=membership.active,
        is_self=membership.account_id == actor.account_id,
    )


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An open invitation to the staff."""

    id: UUID
    name: str
    email: str
    roles: str
    expires_at: datetime
    expired: bool


def open_invitations(actor: Actor) -> list[InvitationRow]:
    """Who was asked to join and has not come yet, the newest first."""
    require(actor, "practice.manage")
    found = Invitation.objects.filter(practice_id=here(actor), accepted_at=None, revoked_at=None)
    moment = now()
    return [
        InvitationRow(i.id, i.name, i.email, role_titles(i.roles), i.expires_at, i.expires_at <= moment)
        for i in found.order_by("-created_at")
    ]


def chairs(actor: Actor) -> list[Chair]:
    """The chairs, those in use first."""
    require(actor, "practice.read")
    return list(Chair.objects.filter(practice_id=here(actor)).order_by("-active", "name"))


def chair(actor: Actor, chair_id: UUID) -> Chair:
    """One chair."""
    require(actor, "practice.manage")
    found = Chair.objects.filter(id=chair_id, practice_id=here(actor)).first()
    if found is None:
        raise NotFound(_("There is no such chair here."))
    return found


def patient_to_invite(actor: Actor, patient_id: UUID) -> tuple[Patient, list[PatientInvitation]]:
    """A patient and the open invitations to their own pages."""
    require(actor, "patient.edit")
    found = Patient.objects.filter(id=patient_id, practice_id=here(actor)).select_related("account").first()
    if found is None:
        raise NotFound(_("There is no such patient here."))
    looked_at([found.id])
    waiting = found.invitations.filter(accepted_at=None, revoked_at=None, expires_at__gt=now())
    return found, list(waiting.order_by("-created_at"))
