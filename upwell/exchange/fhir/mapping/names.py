"""Which of a person's names to show, and how to write it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from upwell.exchange.fhir.mapping.common import items, moment
from upwell.exchange.fhir.shapes import Json

_ORDER = ("official", "usual", None, "temp", "nickname", "anonymous", "old", "maiden")


def best_name(names: Any) -> Json | None:
    """The name to show: official before usual, old ones last; only one that says something."""
    found = [name for name in items(names) if full_name(name)]
    return min(found, key=_rank, default=None)


def _rank(name: Json) -> tuple[bool, int]:
    ended: datetime | None = moment((name.get("period") or {}).get("end"))
    return ended is not None, _ORDER.index(name.get("use"))


def given(name: Json) -> str:
    """The given names, in their order."""
    return " ".join(str(part).strip() for part in items(name.get("given")) if part).strip()


def family(name: Json) -> str:
    """The family name."""
    return str(name.get("family") or "").strip()


def full_name(name: Json) -> str:
    """Prefix, given names, family name, suffix; or the name as its source wrote it."""
    prefix, suffix = (" ".join(map(str, items(name.get(part)))) for part in ("prefix", "suffix"))
    parts = [part for part in (given(name), family(name)) if part]
    if not parts:
        return str(name.get("text") or "").strip()
    return " ".join(part for part in (prefix, *parts, suffix) if part)
