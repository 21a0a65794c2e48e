"""What can be done to a practice: its details, staff, invitations and chairs."""

from upwell.office.practice.actions.chairs import add_chair, change_chair, restore_chair, retire_chair
from upwell.office.practice.actions.details import DETAILS, change_details, create_practice
from upwell.office.practice.actions.invitations import (
    create_user,
    invite,
    invite_patient,
    revoke_invitation,
    revoke_patient_invitation,
)
from upwell.office.practice.actions.staff import end_membership, restore_membership, set_roles

__all__ = [
    "DETAILS",
    "add_chair",
    "change_chair",
    "change_details",
    "create_practice",
    "create_user",
    "end_membership",
    "invite",
    "invite_patient",
    "restore_chair",
    "restore_membership",
    "retire_chair",
    "revoke_invitation",
    "revoke_patient_invitation",
    "set_roles",
]
