"""Numbers that are arithmetic, not medicine."""

from __future__ import annotations

PERCENT = 100
