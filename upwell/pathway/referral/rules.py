"""What may be shared when a person is referred, and what is proposed. Pure."""

from __future__ import annotations

from collections.abc import Iterable

WHO = "demographics"  # whose the rest is: a referral without a name is none
TO_THEM = ("demographics", "chart", "assessments", "integration")  # what the asked practice may be shown
BACK = (
    "demographics",
    "course",
    "assessments",
    "sessions",
    "integration",
)  # what the referring practice may be shown


def shared_to_them(kinds: Iterable[str]) -> list[str]:
    """The kinds that the referring practice opens, in order; who the person is always belongs to it."""
    asked = {*kinds, WHO}
    return [kind for kind in TO_THEM if kind in asked]


def shared_back(kinds: Iterable[str]) -> list[str]:
    """The kinds that the asked practice opens to the referring one, in order; with any of them, who the person is."""
    asked = set(kinds)
    asked |= {WHO} if asked else set()
    return [kind for kind in BACK if kind in asked]
