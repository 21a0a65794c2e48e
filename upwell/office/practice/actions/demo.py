"""The demo's people: log-ins without a password, in demo practices only."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.system import Purpose
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import NotPermitted
from upwell.office.practice.place import here
from upwell.people.models import Account, Membership, Patient, Practice


def add_demo_person(
    *, by: Actor, email: str, name: str, role: str, patient_id: UUID | None = None
) -> Account:
    """Make one of the demo's people. A patient comes with their chart, staff with a role."""
    practice = Practice.objects.get(id=here(by))
    if by.kind != "system" or by.purpose != Purpose.DEMO or not practice.is_demo:
        raise NotPermitted(_("Demo people live in a demo practice only."))
    account = Account.objects.create_user(email, None, name=name, is_demo=True)
    if patient_id is None:
        Membership.objects.create(account=account, practice=practice, roles=[role])
    else:
        patient = Patient.objects.select_for_update(of=("self",)).get(id=patient_id, practice=practice)
        patient.account, patient.version, patient.updated_at = account, patient.version + 1, now()
        patient.save(update_fields=["account", "version", "updated_at"])
    record("demo.person-added", by=by, patient_id=patient_id, object_type="account", object_id=account.id)
    return account
