"""What was not taken, where it stands, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from upwell.base.errors import BadInput

LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that was not taken. ``found`` is what the cell says: shown to whoever imports, kept nowhere."""

    file: str
    line: int
    reason: str
    column: str = ""
    found: str | None = None

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}"
        if self.column:
            place += f", column {self.column}"
        shown = "" if self.found is None else f" (found “{shorten(self.found)}”)"
        return f"{place}: {self.reason}{shown}"

    @property
    def path(self) -> str:
        """The place in short, for ``--json``: ``scores.csv:7:DPQ3``."""
        return ":".join(filter(None, (self.file, str(self.line), self.column)))

    def as_json(self) -> dict[str, Any]:
        """The refusal as the report prints it."""
        found = None if self.found is None else shorten(self.found)
        return self.as_kept() | {"found": found}

    def as_kept(self) -> dict[str, Any]:
        """The refusal as the run's row keeps it: places and reasons, nothing of what a person answered."""
        return {"file": self.file, "line": self.line, "column": self.column or None, "reason": self.reason}


class Refused(BadInput):
    """The import stopped at a row that can't be taken; nothing was imported."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(
            f"{refusal}. Nothing was imported. Mend it there, or use --keep-going to import the rest.",
            path=refusal.path,
        )


class Wrong(Exception):
    """A cell is not as it must be: which column, why, and what it says."""

    def __init__(self, reason: str, column: str = "", found: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column
        self.found = found


def shorten(text: str) -> str:
    """What a cell says, short enough for a message, without signs that move the cursor."""
    plain = "".join(char if char.isprintable() else "�" for char in text[: LONGEST_SHOWN + 1])
    return plain if len(plain) <= LONGEST_SHOWN else plain[:LONGEST_SHOWN] + "…"
