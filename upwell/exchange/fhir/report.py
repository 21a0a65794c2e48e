"""What an import did, in numbers and places: nothing of what the records say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from upwell.exchange.fhir.oddities import WORDS
from upwell.exchange.fhir.places import Place, Refusal

EXAMPLES = 5


@dataclass(slots=True)
class Counts:
    """What became of the resources of one type."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    repeated: int = 0  # the very same resource once more in the same input
    superseded: int = 0  # an older version of a resource that is also there in a newer one
    refused: int = 0

    def as_json(self) -> dict[str, int]:
        """All six numbers."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class Tally:
    """How often something was seen, and the first places."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, example: str) -> None:
        """Count one more."""
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(example)

    def as_json(self) -> dict[str, Any]:
        """The count and its examples."""
        return {"count": self.count, "examples": self.examples}


@dataclass(slots=True)
class FileReport:
    """What was found in one file."""

    name: str
    size: int
    read: int = 0
    not_used: int = 0
    refused: int = 0

    def as_json(self) -> dict[str, Any]:
        """The file's line in the report."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class ImportReport:
    """The result of one import."""

    practice_id: UUID
    source: str
    label: str
    run_id: UUID | None = None
    files: dict[str, FileReport] = field(default_factory=dict)
    ignored_files: tuple[str, ...] = ()
    counts: dict[str, Counts] = field(default_factory=dict)
    not_used: dict[str, int] = field(default_factory=dict)
    read_for_codes: int = 0  # Medication resources: read for their code, not kept as rows
    unresolved: dict[str, Tally] = field(default_factory=dict)  # by the type that is spoken of
    to_unused_types: dict[str, int] = field(default_factory=dict)  # references to what is not read
    notices: dict[str, Tally] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    in_batches: bool = False
    resumed_after: int = 0  # resources that an interrupted run had stored already
    seconds: float = 0.0

    def of(self, kind: str) -> Counts:
        """The counts of a type."""
        return self.counts.setdefault(kind, Counts())

    def leave_aside(self, kind: str, place: Place) -> None:
        """Count something that is not used."""
        self.not_used[kind] = self.not_used.get(kind, 0) + 1
        self.files[place.file].not_used += 1

    def refuse(self, refusal: Refusal) -> None:
        """Note a refusal."""
        self.refusals.append(refusal)
        if refusal.place.file in self.files:
            self.files[refusal.place.file].refused += 1
        kind = refusal.resource.partition("/")[0]
        if kind:
            self.of(kind).refused += 1

    def notice(self, kind: str, place: Place, resource: str, element: str = "") -> None:
        """Note something that was taken but should be looked at."""
        self.notices.setdefault(kind, Tally()).add(" ".join(filter(None, (f"{place}: {resource}", element))))

    def lose(self, target: str, place: Place, resource: str, path: str, why: str) -> None:
        """Note a reference that leads nowhere."""
        self.unresolved.setdefault(target, Tally()).add(f"{place}: {resource} {path}: {why}")

    def total(self, name: str) -> int:
        """One of the counts over all types."""
        return sum(getattr(counts, name) for counts in self.counts.values())

    def as_json(self) -> dict[str, Any]:
        """The report as ``--json`` prints it."""
        return {
            "run": str(self.run_id) if self.run_id else None,
            "practice": str(self.practice_id),
            "source": self.source,
            "input": self.label,
            "counts": {kind: counts.as_json() for kind, counts in sorted(self.counts.items())},
            "totals": {name: self.total(name) for name in Counts.__slots__} | {"refused": len(self.refusals)},
            "not_used": dict(sorted(self.not_used.items())),
            "read_for_codes": {"Medication": self.read_for_codes},
            "unresolved": {target: tally.as_json() for target, tally in sorted(self.unresolved.items())},
            "references_to_types_not_used": dict(sorted(self.to_unused_types.items())),
            "notices": {
                kind: {"what": WORDS.get(kind, kind)} | tally.as_json()
                for kind, tally in sorted(self.notices.items())
            },
            "files": [file.as_json() for file in self.files.values()],
            "ignored_files": list(self.ignored_files),
            "refusals": [refusal.as_json() for refusal in self.refusals],
            "in_batches": self.in_batches,
            "resumed_after": self.resumed_after,
            "seconds": round(self.seconds, 3),
        }
