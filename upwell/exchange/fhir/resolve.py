"""Finding what a reference means: first in this input, then in what the practice has from this source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from upwell.exchange.fhir.references import (
    ById,
    ByIdentifier,
    ByUrl,
    Contained,
    Nowhere,
    Pointer,
    base_of,
    contained_in,
    pointers,
)
from upwell.exchange.fhir.shapes import Json
from upwell.exchange.fhir.spool import Key, Spool
from upwell.exchange.fhir.validate import STORED, USED

CHART = "chart"  # a patient known by Upwell's own id, not by one of this source

ABSENT = "is not in this input nor known in this practice"
AMBIGUOUS = "could mean several; none was chosen"


class Known(Protocol):
    """What the practice has already."""

    def prime(self, keys: Iterable[Key]) -> None:
        """Look many up at once."""

    def holds(self, key: Key) -> bool:
        """Whether a resource came from this source before."""

    def by_identifier(self, kind: str, system: str | None, value: str) -> set[Key]:
        """Parties of this source, and patients of the practice, that carry a number."""


@dataclass(frozen=True, slots=True)
class Found:
    """The resource that a reference means; ``inside`` where it is contained."""

    key: Key
    inside: Json | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """A reference that leads nowhere: to which type, and why; ``unused`` where that type is not read."""

    target: str
    why: str
    unused: bool = False


Outcome = Found | Lost


@dataclass(slots=True)
class Bases:
    """The servers' addresses that occur in the input: an id on another server is another resource."""

    of_entries: set[str] = field(default_factory=set)
    of_subjects: set[str] = field(default_factory=set)

    def note_entry(self, full_url: str) -> None:
        """Remember the server that an entry came from."""
        if base := base_of(full_url):
            self.of_entries.add(base)

    def note_subject(self, pointer: Pointer) -> None:
        """Remember the server that a patient is said to be on."""
        if isinstance(pointer, ById) and pointer.base:
            self.of_subjects.add(pointer.base)

    def ours(self, base: str) -> bool:
        """Whether an absolute reference speaks of the server that this input came from."""
        if not base:
            return True
        return base in self.of_entries if self.of_entries else len(self.of_subjects | {base}) == 1


class Resolver:
    """Resolves references of one import."""

    def __init__(self, spool: Spool, known: Known, bases: Bases) -> None:
        self._spool = spool
        self._known = known
        self._bases = bases

    def prime(self, found: Iterable[Pointer]) -> None:
        """Ask the practice at once for whatever the input does not hold."""
        keys = {(p.type, p.id) for p in found if isinstance(p, ById) and p.type in STORED}
        self._known.prime(key for key in keys if not self._spool.holds(key))

    def resolve(self, reference: Json, element: str, scope: int, resource: Json) -> Outcome:
        """What a reference means; of several ways to say it, the first that leads somewhere."""
        lost: list[Lost] = []
        for pointer in pointers(reference, element):
            outcome = self._follow(pointer, scope, resource)
            if isinstance(outcome, Found):
                return outcome
            lost.append(outcome)
        return lost[0]

    def patient(self, reference: Json, scope: int) -> Outcome:
        """The patient whose chart a resource belongs to. A contained one counts by its identifiers alone."""
        inner = contained_in(reference, str(reference.get("reference") or "")[1:])
        ways = [reference] if inner is None else [{"identifier": i} for i in inner.get("identifier") or ()]
        outcome: Outcome = Lost("Patient", "is contained in it and has no number to be known by")
        for way in ways:
            outcome = self.resolve(way, "subject", scope, reference)
            if isinstance(outcome, Found) and outcome.key[0] not in ("Patient", CHART):
                outcome = Lost("Patient", "is not a patient")
            if isinstance(outcome, Found):
                break
        return outcome

    def _follow(self, pointer: Pointer, scope: int, resource: Json) -> Outcome:
        match pointer:
            case ById():
                return self._by_id(pointer, scope)
            case ByUrl():
                return self._by_url(pointer, scope)
            case ByIdentifier():
                return self._by_identifier(pointer)
            case Contained():
                inside = contained_in(resource, pointer.id) if pointer.id else resource
                if inside is None:
                    return Lost("contained", "is not among the contained resources")
                return Found((str(inside.get("resourceType")), pointer.id), inside)
            case Nowhere():
                return Lost("(unknown)", pointer.why)

    def _by_id(self, pointer: ById, scope: int) -> Outcome:
        if pointer.base:
            full = self._spool.by_full_url(f"{pointer.base}/{pointer.type}/{pointer.id}", scope)
            if len(full) == 1:
                return Found(full.pop())
        if pointer.type not in USED:
            return Lost(pointer.type, "is of a type that is not used", unused=True)
        if not self._bases.ours(pointer.base):
            return Lost(pointer.type, "is on another server")
        key = (pointer.type, pointer.id)
        return Found(key) if self._has(key) else Lost(pointer.type, ABSENT)

    def _by_url(self, pointer: ByUrl, scope: int) -> Outcome:
        found = self._spool.by_full_url(pointer.url, scope)
        if not found and pointer.bare_id:
            keys = [(kind, pointer.bare_id) for kind in pointer.types or STORED]
            self._known.prime(key for key in keys if not self._spool.holds(key))
            found = {key for key in keys if self._has(key)}
        return _only(found, pointer.types[0] if pointer.types else "(unknown)")

    def _by_identifier(self, pointer: ByIdentifier) -> Outcome:
        types = [kind for kind in pointer.types if kind in USED]
        if not types:
            return Lost(pointer.types[0], "is of a type that is not used", unused=True)
        found = {
            (kind, ident)
            for kind in types
            for ident in self._spool.by_identifier(kind, pointer.system, pointer.value)
        }
        if not found:
            found = {
                key
                for kind in types
                for key in self._known.by_identifier(kind, pointer.system, pointer.value)
            }
        return _only(found, types[0] if len(types) == 1 else "(by identifier)")

    def _has(self, key: Key) -> bool:
        return self._spool.holds(key) or (key[0] in STORED and self._known.holds(key))


def _only(found: set[Key], target: str) -> Outcome:
    if len(found) == 1:
        return Found(next(iter(found)))
    return Lost(target, AMBIGUOUS if found else ABSENT)
