"""Numbers that are arithmetic, not medicine."""

from __future__ import annotations

PERCENT = 100
DAYS_A_WEEK = 7
