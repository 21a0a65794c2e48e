"""The modules of the bedside are asked for all at once: none is found only when another has come."""

from __future__ import annotations

import re
from pathlib import Path

import upwell

ROOT = Path(upwell.__file__).parent
STATIC = [ROOT / "pathway/session/static", ROOT / "web/static"]
PAGE = ROOT / "pathway/session/templates/session/scripts.html"


def found(name: str) -> Path:
    return next(folder / name for folder in STATIC if (folder / name).exists())


def imported(name: str) -> set[str]:
    """All modules that a module needs from the start."""
    folder = Path("/static") / Path(name).parent
    parts = re.findall(r'^import .* from "(\.[^"]+)";', found(name).read_text(), re.MULTILINE)
    here = {str((folder / part).resolve().relative_to("/static")) for part in parts}
    return here.union(*(imported(part) for part in here))


def test_every_module_is_asked_for_with_the_page() -> None:
    page = PAGE.read_text()
    asked = set(re.findall(r"modulepreload\" href=\"{% static '([^']+)'", page))
    assert asked == imported("session/session.js")
