"""Roles in words."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext

from upwell.access.roles import rulebook


def role_titles(roles: Iterable[str]) -> str:
    """``Therapist, Practice admin``, in the order of the rulebook."""
    held = set(roles)
    return ", ".join(gettext(role.title) for role in rulebook().roles.values() if role.id in held)
