"""Dosing protocols: each file is checked once and then kept. Adding a protocol is adding a file."""

from __future__ import annotations

from pathlib import Path

from upwell.base.errors import NotFound
from upwell.knowledge.edition import file_of, kept, names_in, text_of
from upwell.knowledge.gates.loader import load_monitoring
from upwell.knowledge.gates.model import MinimumObservation
from upwell.knowledge.protocols.build import build_protocol, problems
from upwell.knowledge.protocols.model import (
    Between,
    Device,
    DoseClass,
    DoseRange,
    Frequency,
    Protocol,
    Unknown,
)
from upwell.knowledge.toml_file import read_knowledge

__all__ = [
    "Between", "Device", "DoseClass", "DoseRange", "Frequency", "Protocol", "Unknown",
    "known_protocols", "load_protocol", "minimum_observation", "parse_protocol", "protocols_for",
]  # fmt: skip


def known_protocols() -> list[str]:
    """The ids of all protocols that come with the product."""
    return names_in("protocols")


@kept
def load_protocol(protocol_id: str) -> Protocol:
    """A protocol by its id, such as ``esketamine-trd``; raises ``NotFound`` that lists the known ones."""
    if protocol_id not in known_protocols():
        known = ", ".join(known_protocols())
        raise NotFound(f"There is no protocol “{protocol_id}”. Known: {known}.", path="protocol")
    name = f"protocols/{protocol_id}.toml"
    return parse_protocol(text_of(name), name=name)


def parse_protocol(text: str, *, name: str) -> Protocol:
    """A protocol from the text of a file; ``name`` is for its errors, which carry the line."""
    file = read_knowledge(text, name=name, kind="protocol")
    for place, message in problems(file):
        raise file.error(message, place)
    raw = file.content
    if Path(name).stem != raw["id"]:
        raise file.error(f"the id should be “{Path(name).stem}”, as the file is called", ("id",))
    if raw["monitoring"] not in _monitoring_schedules():
        raise file.error(f"there is no schedule of monitoring “{raw['monitoring']}”", ("monitoring",))
    if "maintenance" in raw and raw["maintenance"] not in known_protocols():
        raise file.error(f"there is no protocol “{raw['maintenance']}”", ("maintenance",))
    return build_protocol(file)


def minimum_observation(protocol: Protocol) -> MinimumObservation | None:
    """The shortest time under observation after it; None where none is printed."""
    for one in load_monitoring().minimums:
        if one.substance in (None, protocol.substance) and (not one.routes or protocol.route in one.routes):
            return one
    return None


@kept
def _monitoring_schedules() -> frozenset[str]:
    content = file_of("gates/monitoring.toml", "monitoring").content
    return frozenset(one["id"] for one in content["schedule"])


def protocols_for(substance: str, route: str) -> list[Protocol]:
    """The protocols for a substance by a route."""
    every = (load_protocol(one) for one in known_protocols())
    return [one for one in every if (one.substance, one.route) == (substance, route)]
