"""Roles and permissions, as data with a plain sentence each (``permissions.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from upwell.base.actor import Actor, Compartment
from upwell.base.errors import NotPermitted

OPEN_TO_ALL = frozenset({"public", "demo.enter"})
FROM_A_TABLET = "bedside-pass"  # the purpose of whoever writes with a tablet's pass instead of a log-in
NOT_BY_PASS = frozenset({"session.order", "session.discharge"})  # what is decided, not observed


@dataclass(frozen=True, slots=True)
class Role:
    """What a person in this role may do, and which compartments of a chart they may open."""

    id: str
    title: str
    sentence: str
    permissions: frozenset[str]
    compartments: frozenset[Compartment]
    invitable: bool


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All permissions with their sentences, and all roles."""

    sentences: dict[str, str]
    roles: dict[str, Role]


@cache
def rulebook() -> Rulebook:
    """The rulebook as shipped. A role that names an unknown permission is an error at start."""
    data = tomllib.loads((Path(__file__).parent / "permissions.toml").read_text("utf-8"))
    sentences: dict[str, str] = data["permissions"]
    roles = {}
    for key, entry in data["roles"].items():
        unknown = set(entry["permissions"]) - set(sentences)
        if unknown:
            raise ValueError(f"permissions.toml: role {key} names unknown permissions: {sorted(unknown)}")
        roles[key] = Role(
            id=key,
            title=entry["title"],
            sentence=entry["sentence"],
            permissions=frozenset(entry["permissions"]),
            compartments=frozenset(Compartment(c) for c in entry["compartments"]),
            invitable=entry["invitable"],
        )
    return Rulebook(sentences=sentences, roles=roles)


def permissions_of(actor: Actor) -> frozenset[str]:
    """Everything that this actor may do."""
    granted = set(OPEN_TO_ALL)
    if actor.account_id is not None:
        granted.add("signed-in")
    for role in actor.roles:
        granted |= rulebook().roles[role].permissions
    return frozenset(granted - NOT_BY_PASS if actor.purpose == FROM_A_TABLET else granted)


def compartments_of(roles: Iterable[str]) -> frozenset[Compartment]:
    """The compartments that these roles open, together."""
    found: set[Compartment] = set()
    for role in roles:
        found |= rulebook().roles[role].compartments
    return frozenset(found)


def may(actor: Actor, permission: str) -> bool:
    """Whether the actor holds a permission. The system may do what its code does; row security still binds it."""
    if permission not in rulebook().sentences:
        raise ValueError(f"unknown permission {permission!r}")
    return actor.kind == "system" or permission in permissions_of(actor)


def require(actor: Actor, permission: str) -> None:
    """Refuse, in words, whoever does not hold the permission."""
    if not may(actor, permission):
        sentence = rulebook().sentences[permission]
        raise NotPermitted(f"Your role does not allow this: {sentence[0].lower()}{sentence[1:]}.")
