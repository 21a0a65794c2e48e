"""Links that work once: the token in them, and how long they are good for."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse

from upwell.people.models import Invitation, PatientInvitation

GOOD_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation just made. Its token is here and in the link, and nowhere else."""

    invitation: Invitation | PatientInvitation
    token: str

    @property
    def path(self) -> str:
        """The link, without the host."""
        return reverse("invitation", args=[self.token])


def new_token() -> str:
    """A token that nobody guesses: 256 random bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()
