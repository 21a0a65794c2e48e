"""A tablet as its browser is: it has a pass, seals what is written down, and delivers it."""

from __future__ import annotations

import base64
import json
import os
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from upwell.base.clock import now
from upwell.base.ids import new_id

VITALS = {"bp_systolic_mmhg": "124", "bp_diastolic_mmhg": "79", "heart_rate_bpm": "71"}


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def seal(public_key: str, session: str, number: str, content: dict) -> dict:
    """An envelope, made independently of the product's own code as WebCrypto makes it."""
    curve = ec.SECP256R1()
    own = ec.generate_private_key(curve)
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    other = ec.EllipticCurvePublicKey.from_encoded_point(curve, base64.b64decode(public_key))
    key = HKDF(SHA256(), 32, salt=point, info=b"upwell outbox 1").derive(own.exchange(ec.ECDH(), other))
    iv = os.urandom(12)
    sealed = AESGCM(key).encrypt(iv, json.dumps(content).encode(), f"1:{session}:{number}".encode())
    return {
        "v": 1,
        "id": number,
        "session": session,
        "point": b64(point),
        "iv": b64(iv),
        "sealed": b64(sealed),
    }


class Tablet:
    """One tablet at a chair; ``client`` is its browser. Its clock is so many minutes off."""

    def __init__(self, client, session_id, minutes_off=0.0):
        self.client, self.session = client, str(session_id)
        self.off = timedelta(minutes=minutes_off)
        self.knows_clock = True
        self.token = ""

    def open(self):
        answer = self.client.post(
            f"/sessions/{self.session}/pass/",
            {"device": "tablet-2", "token": self.token},
            content_type="application/json",
        )
        self.given = answer.json()
        self.token = self.given["token"] or self.token
        return answer

    def clock(self, moment: datetime | None = None) -> str:
        return ((moment or now()) + self.off).isoformat()

    def write(self, what="vitals", fields=None, ago=0.0, number="", **more):
        content = {
            "token": self.token,
            "what": what,
            "fields": fields or VITALS,
            "device_at": self.clock(now() - timedelta(minutes=ago)),
            "clock_off_ms": self.off.total_seconds() * 1000 if self.knows_clock else None,
            "device": "tablet-2",
            **more,
        }
        return seal(self.given["public_key"], self.session, number or str(new_id()), content)

    def deliver(self, envelope, client=None):
        return (client or self.client).post(
            "/sessions/deliver/",
            {"envelope": envelope, "sent_at": self.clock()},
            content_type="application/json",
        )
