"""Dosing at a distance: how often the chaperone looks, what they confirm, and the alert that a practice signs under."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from upwell.knowledge.edition import kept, text_of
from upwell.knowledge.gates.build import provenance_at
from upwell.knowledge.provenance import Provenance
from upwell.knowledge.toml_file import read_knowledge

NAME = "remote/remote.toml"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence with its source."""

    id: str
    words: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class RemoteSessions:
    """What counts where somebody is dosed at home. ``late_after`` is counted from when a look was due."""

    every: timedelta
    late_after: timedelta
    looks: Provenance
    alert: Said
    attests: tuple[Said, ...]
    version: str


@kept
def load_remote() -> RemoteSessions:
    """What is in force."""
    return parse_remote(text_of(NAME), name=NAME)


def parse_remote(text: str, *, name: str) -> RemoteSessions:
    """What the text of a file says; ``name`` is for its errors, which carry the line."""
    file = read_knowledge(text, name=name, kind="remote-sessions")
    looks, alert = file.content["looks"], file.content["alert"]
    attests: dict[str, Said] = {}
    for place, raw in enumerate(file.content["attests"]):
        path = ("attests", place)
        if raw["id"] in attests:
            raise file.error(f"“{raw['id']}” stands here twice", (*path, "id"))
        attests[raw["id"]] = Said(raw["id"], raw["words"], provenance_at(file, raw, path))
    return RemoteSessions(
        every=timedelta(minutes=looks["every_min"]),
        late_after=timedelta(minutes=looks["late_after_min"]),
        looks=provenance_at(file, looks, ("looks",)),
        alert=Said(alert["title"], alert["text"], provenance_at(file, alert, ("alert",))),
        attests=tuple(attests.values()),
        version=file.version,
    )
