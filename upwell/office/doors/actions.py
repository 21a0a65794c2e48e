"""One's own log-in; and coming in by invitation, with a new log-in or with the one a person has."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from upwell.access.acting import acting_as
from upwell.access.linked_log_in import pass_log_in_on
from upwell.access.system import Purpose, system_actor
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import NotFound, NotPermitted, StaleState
from upwell.base.one_line import tidy
from upwell.office.doors.queries import AnyInvitation, account_with, invitation_of
from upwell.office.doors.rules import LinkState, link_state, same_address
from upwell.people.charts import chart_ids, kept_chart
from upwell.people.models import (
    Account,
    Invitation,
    Membership,
    Patient,
    PatientInvitation,
    PatientMerge,
)


def change_own_details(*, by: Actor, name: str, language: str) -> Account:
    """Change one's own name, or the language of the pages."""
    if by.account_id is None:
        raise NotPermitted(_("Only a person has details of their own."))
    account = Account.objects.select_for_update().get(pk=by.account_id)
    given = {"name": tidy(name), "language": language}
    changed = [field for field, text in given.items() if getattr(account, field) != text]
    for field in changed:
        setattr(account, field, given[field])
    if changed:
        account.save(update_fields=changed)
        record("account.changed", by=by, object_type="account", object_id=account.id, fields=changed)
    return account


def password_link(*, by: Actor, email: str) -> str:
    """A link with which a person chooses a new password, for the operator to hand over. Good for three days."""
    if by.kind != "system":
        raise NotPermitted(_("Such a link is made by whoever runs this installation, on its command line."))
    account = account_with(email)
    if account is None or account.is_demo:
        raise NotFound(_("There is no log-in with this e-mail address."))
    record("password.link-made", by=by, object_type="account", object_id=account.id)
    key = default_token_generator.make_token(account)
    return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(account), key])


def state_of(invitation: AnyInvitation) -> LinkState:
    """What has become of the link, now."""
    return link_state(
        accepted_at=invitation.accepted_at,
        revoked_at=invitation.revoked_at,
        expires_at=invitation.expires_at,
        at=now(),
    )


def closed_words(state: LinkState) -> str:
    """Why a link does not work any more, and what to do."""
    return {
        LinkState.USED: _("This invitation was already used. If that was you, sign in."),
        LinkState.REVOKED: _("This invitation was taken back. Ask the practice if you still need it."),
        LinkState.EXPIRED: _("This invitation is too old. Ask the practice for a new one."),
    }.get(state, "")


def accept_with_new_log_in(*, token: str, name: str, password: str) -> Account:
    """Make a log-in for whoever holds the link, and let it in."""
    with acting_as(system_actor(Purpose.LOG_IN)) as system:
        invitation = _take(token)
        taken = StaleState(_("There is a log-in with this e-mail address by now. Sign in with it to go on."))
        if account_with(invitation.email) is not None:
            raise taken
        try:
            with transaction.atomic():
                account = Account.objects.create_user(invitation.email, password, name=name)
        except IntegrityError as error:
            raise taken from error
        _let_in(invitation, account, by=system)
    return account


def accept_with_own_log_in(*, token: str, account: Account) -> None:
    """Join with the log-in that a person has. Its address must be the invited one."""
    with acting_as(system_actor(Purpose.LOG_IN)) as system:
        invitation = _take(token)
        if not same_address(invitation.email, account.email):
            raise NotPermitted(
                _("This invitation is for another e-mail address than the one you signed in with.")
            )
        if account.is_demo:
            raise NotPermitted(_("A demo person can't accept invitations."))
        _let_in(invitation, account, by=system)


def _take(token: str) -> AnyInvitation:
    """The invitation under a lock: of two who come at the same time, the second finds it used."""
    invitation = invitation_of(token, locked=True)
    if invitation is None:
        raise NotFound(_("This link leads nowhere. Copy the whole link, or ask the practice for a new one."))
    if (state := state_of(invitation)) is not LinkState.OPEN:
        raise StaleState(closed_words(state))
    return invitation


def _let_in(invitation: AnyInvitation, account: Account, *, by: Actor) -> None:
    who = Actor(
        kind=by.kind,
        purpose=by.purpose,
        account_id=account.id,
        practice_id=invitation.practice_id,
        name=account.name,
    )
    if isinstance(invitation, PatientInvitation):
        _open_chart(invitation, account, by=who)
    else:
        _open_practice(invitation, account, by=who)
    invitation.accepted_at, invitation.accepted_by = now(), account
    invitation.save(update_fields=["accepted_at", "accepted_by"])


def _open_practice(invitation: Invitation, account: Account, *, by: Actor) -> None:
    membership, made = Membership.objects.select_for_update().get_or_create(
        account=account,
        practice_id=invitation.practice_id,
        defaults={
            "roles": sorted(invitation.roles),
            "created_by_id": account.id,
            "updated_by_id": account.id,
        },
    )
    if not made:
        kept = set(membership.roles) if membership.active else set()
        membership.roles, membership.active = sorted(kept | set(invitation.roles)), True
        membership.updated_at, membership.updated_by_id = now(), account.id
        membership.save()
    record(
        "invitation.accepted",
        by=by,
        object_type="membership",
        object_id=membership.id,
        invitation=str(invitation.id),
        roles=membership.roles,
    )


def _open_chart(invitation: PatientInvitation, account: Account, *, by: Actor) -> None:
    # The chart may have been joined to another since the invitation: the log-in goes on each of them.
    kept = kept_chart(invitation.patient_id) or invitation.patient_id
    family = Patient.objects.select_for_update(of=("self",)).filter(id__in=chart_ids(kept)).order_by("id")
    charts = list(family)
    patient = next(chart for chart in charts if chart.id == kept)
    if patient.entered_in_error or any(chart.account_id not in {None, account.id} for chart in charts):
        raise StaleState(_("This chart already has a log-in, or is closed. Ask the practice."))
    for chart in charts:
        chart.account, chart.version = account, chart.version + 1
        chart.updated_at, chart.updated_by_id = now(), account.id
        chart.save(update_fields=["account", "version", "updated_at", "updated_by_id"])
    _note_passed_on(invitation.patient_id, [chart.id for chart in charts])
    pass_log_in_on(by=by, family=[chart.id for chart in charts], account_id=account.id)
    record(
        "invitation.accepted",
        by=by,
        patient_id=patient.id,
        object_type="patient",
        object_id=patient.id,
        invitation=str(invitation.id),
    )


def _note_passed_on(invited: UUID, family: Collection[UUID]) -> None:
    """Which side of each merge got the log-in without being invited: parted again, it has none."""
    merges = PatientMerge.objects.filter(merged_id__in=family, undone_at__isnull=True)
    for merge in merges:
        merge.account_moved_to = (
            merge.patient_id if invited in chart_ids(merge.merged_id) else merge.merged_id
        )
        merge.save(update_fields=["account_moved_to"])
