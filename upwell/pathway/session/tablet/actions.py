"""Giving, using and withdrawing the right to write, and taking in what a tablet sealed."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.acting import acting_as
from upwell.access.roles import FROM_A_TABLET, may, require
from upwell.access.system import Purpose, system_actor
from upwell.access.who import staff_actor
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import NotFound, NotPermitted
from upwell.pathway.session.models import Session
from upwell.pathway.session.tablet.models import WritingPass
from upwell.people.models import Membership
from upwell.record.actions import refuse_other_practice

LASTS = timedelta(hours=24)  # longer than any session, its paperwork, and a night without a network
RENEWED_BELOW = timedelta(hours=12)


def hash_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def give_pass(
    *, by: Actor, session: Session, device: str = "", token: str = ""
) -> tuple[WritingPass, str | None]:
    """The right of one person to add observations to one session from one device, and its token.

    Whoever has a token that holds for long enough keeps it: then there is no new one.
    """
    require(by, "session.record")
    refuse_other_practice(by, session.practice_id)
    if by.account_id is None:
        raise NotPermitted(_("Only a person can write at the bedside."))
    at = now()
    if token:
        there = WritingPass.objects.filter(
            token_hash=hash_of(token),
            session_id=session.id,
            account_id=by.account_id,
            withdrawn_at__isnull=True,
            expires_at__gt=at + RENEWED_BELOW,
        ).first()
        if there is not None:
            return there, None
    fresh = secrets.token_urlsafe(32)
    made = WritingPass.objects.create(
        practice_id=session.practice_id,
        patient_id=session.patient_id,
        session=session,
        account_id=by.account_id,
        account_name=by.name,
        device=device[:200].replace("\0", ""),
        token_hash=hash_of(fresh),
        expires_at=at + LASTS,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
    )
    _audit(by, made, "session.pass-given")
    return made, fresh


def withdraw_pass(*, by: Actor, session_id: UUID, pass_id: UUID) -> WritingPass:
    """Take the right to write back, because a tablet was lost. What it sealed is then looked at by a person first."""
    require(by, "session.record")
    found = WritingPass.objects.select_for_update().filter(session_id=session_id, id=pass_id).first()
    if found is None:
        raise NotFound(_("There is no such tablet here."))
    refuse_other_practice(by, found.practice_id)
    if found.withdrawn_at is None:
        found.withdrawn_at, found.withdrawn_by_id = now(), by.account_id
        found.updated_at, found.updated_by_id = found.withdrawn_at, by.account_id
        found.save(update_fields=["withdrawn_at", "withdrawn_by_id", "updated_at", "updated_by_id"])
        _audit(by, found, "session.pass-withdrawn")
    return found


def pass_of(token: str, session_id: UUID) -> WritingPass | None:
    """The pass of a token, for the one session that it was given for, whether it still holds or not."""
    with acting_as(system_actor(Purpose.BEDSIDE)):
        return WritingPass.objects.filter(token_hash=hash_of(token), session_id=session_id).first()


def holder_of(found: WritingPass) -> Actor | None:
    """The person whose pass it is, able to add observations and nothing else; none who no longer works there."""
    with acting_as(system_actor(Purpose.BEDSIDE, found.practice_id)):
        membership = (
            Membership.objects.select_related("account")
            .filter(account_id=found.account_id, practice_id=found.practice_id, active=True)
            .first()
        )
        if membership is None or not membership.account.is_active:
            return None
        holder = staff_actor(membership, membership.account.name)
    limited = replace(holder, purpose=FROM_A_TABLET)
    return limited if may(limited, "session.record") else None


def _audit(by: Actor, found: WritingPass, action: str, **detail: Any) -> None:
    record(
        action,
        by=by,
        patient_id=found.patient_id,
        object_type="session",
        object_id=found.session_id,
        **{"pass": str(found.id), **detail},
    )
