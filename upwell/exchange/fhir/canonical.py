"""One fingerprint for one content, whatever the order of its members or the white space between them."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson


def content_hash(resource: dict[str, Any]) -> bytes:
    """SHA-256 over the resource as canonical JSON (members sorted, no white space)."""
    return hashlib.sha256(orjson.dumps(resource, option=orjson.OPT_SORT_KEYS)).digest()
