"""The practice's own pages."""

from upwell.office.practice.views.audit import audit_trail
from upwell.office.practice.views.chairs import chair, chair_new, chair_restore, chair_retire, chairs
from upwell.office.practice.views.closed_days import closed_days
from upwell.office.practice.views.invitations import (
    invitation_revoke,
    patient_invite,
    patient_invite_revoke,
    staff_invite,
)
from upwell.office.practice.views.practice import details, overview
from upwell.office.practice.views.staff import staff, staff_end, staff_member, staff_restore
from upwell.office.practice.views.two_persons import two_persons
from upwell.office.practice.views.watch import watch

__all__ = [
    "audit_trail",
    "chair",
    "chair_new",
    "chair_restore",
    "chair_retire",
    "chairs",
    "closed_days",
    "details",
    "invitation_revoke",
    "overview",
    "patient_invite",
    "patient_invite_revoke",
    "staff",
    "staff_end",
    "staff_invite",
    "staff_member",
    "staff_restore",
    "two_persons",
    "watch",
]
