"""Envelopes: what a tablet sealed to a session's public key, and only this installation can open.

ECDH on P-256 with a key that the tablet throws away, HKDF-SHA256, AES-256-GCM: what every browser has. The session's
private key is worked out from the installation's secret, so that it is stored nowhere.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils.translation import gettext as _

from upwell.base.errors import BadInput

VERSION = 1
CURVE = ec.SECP256R1()
INFO = b"upwell outbox 1"
MOST_SEALED = 400_000  # letters of one envelope
_POINT, _IV, _TAG = 65, 12, 16


@dataclass(frozen=True, slots=True)
class Envelope:
    """A sealed entry, and what is written on its outside."""

    id: UUID
    session_id: UUID
    point: bytes
    iv: bytes
    sealed: bytes

    @property
    def outside(self) -> bytes:
        """What the seal holds together with its content."""
        return f"{VERSION}:{self.session_id}:{self.id}".encode()


@lru_cache(maxsize=256)
def _private_key(secret: str, session_id: UUID) -> ec.EllipticCurvePrivateKey:
    drawn = HKDF(SHA256(), 48, salt=None, info=b"upwell.session-key:" + session_id.bytes).derive(
        secret.encode()
    )
    return ec.derive_private_key(int.from_bytes(drawn) % (CURVE.group_order - 1) + 1, CURVE)


def private_key(session_id: UUID) -> ec.EllipticCurvePrivateKey:
    """The key that opens what was sealed for a session."""
    return _private_key(settings.SECRET_KEY, session_id)


def public_key(session_id: UUID) -> str:
    """The key to seal with, as a browser takes it: the raw point."""
    point = private_key(session_id).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.b64encode(point).decode()


def read_envelope(document: Any) -> Envelope:
    """An envelope as it was sent, or a refusal that says what is wrong with it."""
    if not isinstance(document, Mapping) or document.get("v") != VERSION:
        raise BadInput(_("This is no sealed entry that this version knows."), path="envelope")
    try:
        envelope = Envelope(
            UUID(str(document.get("id"))),
            UUID(str(document.get("session"))),
            *(_bytes(document.get(name)) for name in ("point", "iv", "sealed")),
        )
    except (ValueError, binascii.Error):
        raise BadInput(_("The outside of this sealed entry can't be read."), path="envelope") from None
    if len(envelope.point) != _POINT or len(envelope.iv) != _IV or len(envelope.sealed) < _TAG:
        raise BadInput(_("The outside of this sealed entry can't be read."), path="envelope")
    return envelope


def open_envelope(envelope: Envelope) -> dict[str, Any]:
    """What was sealed. It can be opened here alone, and only as the entry that it was sealed as."""
    try:
        other = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, envelope.point)
        shared = private_key(envelope.session_id).exchange(ec.ECDH(), other)
        key = HKDF(SHA256(), 32, salt=envelope.point, info=INFO).derive(shared)
        plain = AESGCM(key).decrypt(envelope.iv, envelope.sealed, envelope.outside)
        content = json.loads(plain)
    except (InvalidTag, ValueError):
        content = None
    if not isinstance(content, dict):
        raise BadInput(
            _("This entry was sealed for another installation, or is damaged. It stays on the device."),
            path="envelope",
        )
    return content


def _bytes(text: Any) -> bytes:
    if not isinstance(text, str) or len(text) > MOST_SEALED:
        raise ValueError
    return base64.b64decode(text, validate=True)
