"""Who works here, in which roles."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.roles import require, rulebook
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, RefusedByRule
from upwell.office.practice.place import here
from upwell.office.practice.rules import Staffing, leaves_no_admin
from upwell.people.models import Membership, Practice


def checked_roles(roles: Collection[str]) -> list[str]:
    """The roles, sorted, or a refusal that names the one that can't be given."""
    known = rulebook().roles
    for role in sorted(roles):
        if role not in known or not known[role].invitable:
            choice = ", ".join(r.id for r in known.values() if r.invitable)
            raise BadInput(
                _("%(role)s is not a role that can be given. Choose from: %(choice)s.")
                % {"role": role, "choice": choice},
                path="roles",
            )
    if not roles:
        raise BadInput(_("Choose at least one role."), path="roles")
    return sorted(set(roles))


def set_roles(*, by: Actor, membership_id: UUID, roles: Collection[str]) -> Membership:
    """Give a member of staff these roles, in place of the ones they had."""
    membership = _locked(by, membership_id)
    wanted = checked_roles(roles)
    _keep_an_admin(membership, Staffing(membership.id, frozenset(wanted), membership.active))
    if wanted != sorted(membership.roles):
        before, membership.roles = sorted(membership.roles), wanted
        _save(membership, by, "membership.roles-changed", before=before, after=wanted)
    return membership


def end_membership(*, by: Actor, membership_id: UUID) -> Membership:
    """End somebody's work here. Their log-in stays, and so does everything that they did."""
    membership = _locked(by, membership_id)
    _keep_an_admin(membership, Staffing(membership.id, frozenset(membership.roles), active=False))
    if membership.active:
        membership.active = False
        _save(membership, by, "membership.ended")
    return membership


def restore_membership(*, by: Actor, membership_id: UUID) -> Membership:
    """Take somebody back, in the roles that they had."""
    membership = _locked(by, membership_id)
    if not membership.active:
        membership.active = True
        _save(membership, by, "membership.restored")
    return membership


def _locked(by: Actor, membership_id: UUID) -> Membership:
    """The membership, with the practice locked: two admins can't remove each other at the same time."""
    require(by, "practice.manage")
    Practice.objects.select_for_update().get(id=here(by))
    found = (
        Membership.objects.select_related("account").filter(id=membership_id, practice_id=here(by)).first()
    )
    if found is None:
        raise NotFound(_("There is no such member of staff here."))
    return found


def _keep_an_admin(membership: Membership, changed: Staffing) -> None:
    working = Membership.objects.filter(practice_id=membership.practice_id, account__is_active=True)
    staff = [
        Staffing(id, frozenset(roles), active)
        for id, roles, active in working.values_list("id", "roles", "active")
    ]
    if leaves_no_admin(staff, changed):
        raise RefusedByRule(
            _("%s is the practice's last admin. Make somebody else an admin first.") % membership.account.name
        )


def _save(membership: Membership, by: Actor, action: str, **detail: Any) -> None:
    membership.updated_at, membership.updated_by_id = now(), by.account_id
    membership.save(update_fields=["roles", "active", "updated_at", "updated_by_id"])
    record(
        action,
        by=by,
        object_type="membership",
        object_id=membership.id,
        account=str(membership.account_id),
        **detail,
    )
