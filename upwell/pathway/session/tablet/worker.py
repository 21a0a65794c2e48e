"""The service worker as it is served: its script, with what it keeps, under a version made of both."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse

SCRIPT = Path(__file__).parent / "worker.js"
SHEETS = tuple(f"upwell/css/{name}" for name in ("every-page", "session", "cockpit"))
KEPT = (*SHEETS, "upwell/js/", "upwell/img/", "session/", "tablet/")
ENDS = (".css", ".js", ".svg", ".woff2")


@cache
def worker_script() -> str:
    """The whole script. It changes with every file that it keeps, and only then."""
    script, assets = SCRIPT.read_text("utf-8"), _assets()
    version = hashlib.sha256(json.dumps([script, assets]).encode()).hexdigest()[:16]
    told = {"VERSION": version, "SHELL": reverse("bedside_offline"), "ASSETS": assets}
    head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in told.items())
    return head + script


def _assets() -> list[str]:
    storage: Any = staticfiles_storage
    names = set(getattr(storage, "hashed_files", {})) or {
        name for finder in finders.get_finders() for name, _ in finder.list([])
    }
    kept = sorted(name for name in names if name.startswith(KEPT) and name.endswith(ENDS))
    return sorted({storage.url(name) for name in kept})
