"""Sealing with the installation's own key: what is kept elsewhere can be read here alone."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet
from django.conf import settings


def box(purpose: str) -> Fernet:
    """A box that only this installation opens; each purpose has a key of its own."""
    digest = hashlib.sha256(f"upwell.{purpose}:".encode() + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
