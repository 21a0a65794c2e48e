"""The doors' log book: who came in, who could not, who left, and what changed about how they come in."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import Signal
from django.utils.crypto import salted_hmac

from upwell.access.acting import acting_as
from upwell.access.at_the_door import at_the_door
from upwell.access.system import Purpose, system_actor
from upwell.audit.actions import record
from upwell.base.clock import now
from upwell.office.doors.queries import account_with, places_of
from upwell.people.models import Account


def note(action: str, account: Account, **detail: Any) -> None:
    """Write what a person did at the door: one row for each place where they belong."""
    with acting_as(system_actor(Purpose.LOG_IN)):
        for actor, chart_id in places_of(account):
            record(
                action, by=actor, patient_id=chart_id, object_type="account", object_id=account.id, **detail
            )


def note_failed(email: str) -> None:
    """Write that somebody did not get in, and with which address.

    An address that nobody has is kept as a keyed hash: people type their password into that field.
    """
    with acting_as(system_actor(Purpose.LOG_IN)) as system:
        account = account_with(email) if email else None
        if account is not None:
            note("log-in.failed", account)
            return
        mark = salted_hmac("upwell.log-in.failed", email.strip().lower(), algorithm="sha256").hexdigest()
        record("log-in.failed", by=system, object_type="account", unknown_address=mark[:32])


def _on(signal: Signal, action: str) -> None:
    def handler(*, user: Any = None, authenticator: Any = None, **_rest: Any) -> None:
        if isinstance(user, Account):
            note(action, user, **({"kind": str(authenticator.type)} if authenticator is not None else {}))

    signal.connect(handler, weak=False, dispatch_uid=f"upwell.doors.{action}")


def _failed(*, credentials: dict[str, Any], **_rest: Any) -> None:
    note_failed(str(credentials.get("email") or credentials.get("username") or ""))


def _came_in(*, user: Any = None, **_rest: Any) -> None:
    """What Django itself would write, here where row security lets it."""
    with at_the_door():
        Account.objects.filter(pk=user.pk).update(last_login=now())


def open_logbook() -> None:
    """Listen to the log-in library."""
    user_logged_in.disconnect(dispatch_uid="update_last_login")
    user_logged_in.connect(_came_in, weak=False, dispatch_uid="upwell.doors.came-in")
    user_login_failed.connect(_failed, weak=False, dispatch_uid="upwell.doors.log-in.failed")
    _on(user_logged_in, "log-in")
    _on(user_logged_out, "log-out")
    _on(authentication_failed, "log-in.second-step-failed")
    _on(password_changed, "password.changed")
    _on(password_set, "password.changed-first")
    _on(password_reset, "password.reset")
    _on(authenticator_added, "second-step.added")
    _on(authenticator_removed, "second-step.removed")
    _on(authenticator_reset, "second-step.renewed")
