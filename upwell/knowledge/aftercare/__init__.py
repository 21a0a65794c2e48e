"""After a session: what each ending asks for, and the call on the next day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from upwell.knowledge.edition import kept, text_of
from upwell.knowledge.gates.build import provenance_at
from upwell.knowledge.provenance import Provenance
from upwell.knowledge.schemas import load_schema
from upwell.knowledge.toml_file import read_knowledge

NAME = "aftercare/aftercare.toml"


class Due(StrEnum):
    """By when something is to be done, in the words of the practice's own day."""

    AT_ONCE = "at-once"
    SAME_DAY = "same-day"
    NEXT_DAY = "next-day"


@dataclass(frozen=True, slots=True)
class Ending:
    """What one ending asks for. ``asks``: capacity, called, follow-up, reason."""

    id: str
    asks: tuple[str, ...]
    task: str
    due: Due
    alerts: bool
    goes_home: bool
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Call:
    """The call on the next day."""

    due: Due
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Aftercare:
    """All of it."""

    endings: Mapping[str, Ending]
    call: Call
    version: str


@kept
def load_aftercare() -> Aftercare:
    """What is in force."""
    return parse_aftercare(text_of(NAME), name=NAME)


def parse_aftercare(text: str, *, name: str) -> Aftercare:
    """What the text of a file says; ``name`` is for its errors, which carry the line."""
    file = read_knowledge(text, name=name, kind="aftercare")
    known = load_schema("session-event")["$defs"]["ended"]["properties"]["disposition"]["enum"]
    found: dict[str, Ending] = {}
    for place, raw in enumerate(file.content["endings"]):
        path = ("endings", place)
        if raw["id"] not in known:
            raise file.error(f"no session ends as “{raw['id']}”", (*path, "id"))
        if raw["id"] in found:
            raise file.error(f"the ending “{raw['id']}” stands here twice", (*path, "id"))
        found[raw["id"]] = Ending(
            id=raw["id"],
            asks=tuple(raw["asks"]),
            task=raw["task"],
            due=Due(raw["due"]),
            alerts=raw["alerts"],
            goes_home=raw["goes_home"],
            provenance=provenance_at(file, raw, path),
        )
    if missing := [one for one in known if one not in found]:
        raise file.error(f"endings without a word here: {', '.join(missing)}", ("endings",))
    raw_call = file.content["call"]
    call = Call(Due(raw_call["due"]), provenance_at(file, raw_call, ("call",)))
    return Aftercare(found, call, file.version)
