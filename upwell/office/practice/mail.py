"""Mailing an invitation, where a mail server is set up."""

from __future__ import annotations

from enum import StrEnum
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from upwell.people.models import Invitation, PatientInvitation

PATIENCE_S = 10  # a page waits for the mail server no longer than this


class Mailed(StrEnum):
    """What became of the mail."""

    SENT = "sent"
    NOT_SET_UP = "not-set-up"
    FAILED = "failed"


def send_invitation(invitation: Invitation | PatientInvitation, link: str) -> Mailed:
    """Mail the link. Whatever becomes of it, the page shows the link to be handed over."""
    if not settings.EMAIL_HOST:
        return Mailed.NOT_SET_UP
    context = {
        "name": invitation.name,
        "practice": invitation.practice.name,
        "link": link,
        "expires_at": invitation.expires_at,
        "for_patient": isinstance(invitation, PatientInvitation),
        "time_zone": invitation.practice.time_zone,
    }
    message = EmailMessage(
        subject=_("%s invites you") % " ".join(invitation.practice.name.split()),
        body=render_to_string("practice/invitation_mail.txt", context),
        to=[invitation.email],
        connection=get_connection(timeout=PATIENCE_S),
    )
    try:
        message.send()
    except (SMTPException, OSError):
        return Mailed.FAILED
    return Mailed.SENT
