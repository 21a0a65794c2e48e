"""Where in the input something stands, and what is wrong with it there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A file, a line in it and, inside a Bundle, which entry (all counted from 1)."""

    file: str
    line: int = 0
    entry: int = 0

    def __str__(self) -> str:
        words = [self.file]
        if self.entry:
            words.append(f"entry {self.entry}")
        if self.line:
            words.append(f"line {self.line}")
        return ", ".join(words)

    @property
    def path(self) -> str:
        """The short form for ``--json``: ``Patient.ndjson:7`` or ``bundle.json:120#3``."""
        entry = f"#{self.entry}" if self.entry else ""
        line = f":{self.line}" if self.line else ""
        return f"{self.file}{line}{entry}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A resource that was not taken, where it stands and why. Names ids and fields, never what they say."""

    place: Place
    reason: str
    resource: str = ""  # Type/id, as far as it is known
    field: str = ""

    def __str__(self) -> str:
        about = " ".join(part for part in (self.resource, self.field) if part)
        return f"{self.place}: {about}: {self.reason}" if about else f"{self.place}: {self.reason}"

    def as_json(self) -> dict[str, Any]:
        """The refusal as the report prints it."""
        return {
            "file": self.place.file,
            "line": self.place.line or None,
            "entry": self.place.entry or None,
            "resource": self.resource or None,
            "field": self.field or None,
            "reason": self.reason,
        }


class Wrong(Exception):
    """Something in a resource is not as FHIR R4 has it: which field, and why."""

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field

    def under(self, name: str) -> Wrong:
        """The same, seen from the element that holds it."""
        joint = "" if not self.field or self.field.startswith("[") else "."
        self.field = f"{name}{joint}{self.field}"
        return self
