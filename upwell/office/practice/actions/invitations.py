"""Inviting people: staff to the practice, patients to their own pages. By a link that works once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, RefusedByRule, StaleState
from upwell.base.limits import LONGEST_PERSON
from upwell.base.one_line import tidy
from upwell.office.practice.actions.staff import checked_roles
from upwell.office.practice.links import GOOD_FOR, Invited, new_token, token_hash
from upwell.office.practice.place import here
from upwell.people.models import Invitation, Membership, Patient, PatientInvitation, Practice


def invite(*, by: Actor, email: str, name: str, roles: Collection[str]) -> Invited:
    """Invite somebody to the staff. A former open invitation to the same address is taken back."""
    require(by, "practice.manage")
    email, name, wanted = checked_email(email), checked_name(name), checked_roles(roles)
    Practice.objects.select_for_update().get(id=here(by))
    _refuse_staff(by, email)
    _open(Invitation).filter(practice_id=here(by), email__iexact=email).update(revoked_at=now())
    token = new_token()
    made = Invitation.objects.create(
        practice_id=here(by),
        email=email,
        name=name,
        roles=wanted,
        token_sha256=token_hash(token),
        invited_by_id=by.account_id,
        expires_at=now() + GOOD_FOR,
    )
    record("invitation.made", by=by, object_type="invitation", object_id=made.id, roles=wanted)
    return Invited(made, token)


def create_user(*, by: Actor, email: str, name: str, practice_id: UUID, roles: Collection[str]) -> Invited:
    """Invite somebody from the command line: so the first admin of a practice comes in."""
    practice = Practice.objects.filter(id=practice_id).first()
    if practice is None:
        raise NotFound(_("There is no such practice."))
    return invite(by=replace(by, practice_id=practice.id), email=email, name=name, roles=roles)


def revoke_invitation(*, by: Actor, invitation_id: UUID) -> Invitation:
    """Take an invitation back: its link stops working."""
    require(by, "practice.manage")
    found = Invitation.objects.select_for_update().filter(id=invitation_id, practice_id=here(by)).first()
    if found is None:
        raise NotFound(_("There is no such invitation here."))
    _revoke(found)
    record("invitation.revoked", by=by, object_type="invitation", object_id=found.id)
    return found


def invite_patient(*, by: Actor, patient_id: UUID, email: str) -> Invited:
    """Invite a patient to their own pages. A former open invitation is taken back."""
    require(by, "patient.edit")
    patient = _own_patient(by, patient_id)
    if patient.account_id is not None:
        raise RefusedByRule(_("%s has a log-in already.") % patient.display_name)
    if patient.merged_into_id is not None or patient.entered_in_error or patient.deceased:
        raise RefusedByRule(_("Nobody can be invited to this chart: it was joined to another, or is closed."))
    email = checked_email(email)
    _open(PatientInvitation).filter(patient_id=patient.id).update(revoked_at=now())
    token = new_token()
    made = PatientInvitation.objects.create(
        practice_id=patient.practice_id,
        patient=patient,
        email=email,
        name=patient.display_name,
        token_sha256=token_hash(token),
        invited_by_id=by.account_id,
        expires_at=now() + GOOD_FOR,
    )
    record(
        "patient-invitation.made",
        by=by,
        patient_id=patient.id,
        object_type="patientinvitation",
        object_id=made.id,
    )
    return Invited(made, token)


def revoke_patient_invitation(*, by: Actor, patient_id: UUID, invitation_id: UUID) -> PatientInvitation:
    """Take a patient's invitation back: its link stops working."""
    require(by, "patient.edit")
    _own_patient(by, patient_id)
    found = PatientInvitation.objects.select_for_update(of=("self",)).filter(
        id=invitation_id, patient_id=patient_id
    )
    invitation = found.first()
    if invitation is None:
        raise NotFound(_("There is no such invitation here."))
    _revoke(invitation)
    record(
        "patient-invitation.revoked",
        by=by,
        patient_id=patient_id,
        object_type="patientinvitation",
        object_id=invitation.id,
    )
    return invitation


def checked_email(email: str) -> str:
    """The address, trimmed and in small letters, or a refusal."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise BadInput(_("%s is not an e-mail address.") % (email.strip() or "–"), path="email") from error
    return address


def checked_name(name: str) -> str:
    """The name, tidied, or a refusal."""
    tidied = tidy(name)
    if not tidied:
        raise BadInput(_("Write the person's name."), path="name")
    if len(tidied) > LONGEST_PERSON:
        words = _("This is longer than %(n)d characters. Shorten it.")
        raise BadInput(words % {"n": LONGEST_PERSON}, path="name")
    return tidied


def _own_patient(by: Actor, patient_id: UUID) -> Patient:
    found = (
        Patient.objects.select_for_update(of=("self",)).filter(id=patient_id, practice_id=here(by)).first()
    )
    if found is None:
        raise NotFound(_("There is no such patient here."))
    return found


def _refuse_staff(by: Actor, email: str) -> None:
    works = Membership.objects.filter(practice_id=here(by), account__email__iexact=email)
    membership = works.select_related("account").first()
    if membership is None:
        return
    name = membership.account.name
    if membership.active:
        raise BadInput(_("%s works here already. Change their roles on the staff page.") % name, path="email")
    raise BadInput(_("%s worked here before. Take them back on the staff page.") % name, path="email")


def _open(model: type[Invitation] | type[PatientInvitation]) -> Any:
    return model.objects.filter(accepted_at=None, revoked_at=None)


def _revoke(invitation: Invitation | PatientInvitation) -> None:
    if invitation.accepted_at is not None:
        raise StaleState(_("This invitation was accepted already."))
    if invitation.revoked_at is None:
        invitation.revoked_at = now()
        invitation.save(update_fields=["revoked_at"])
