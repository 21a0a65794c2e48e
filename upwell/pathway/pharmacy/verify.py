"""Checking a drug book against itself and against its anchor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from upwell.access.acting import acting_as
from upwell.access.system import Purpose, system_actor
from upwell.base.errors import RefusedByRule
from upwell.pathway.pharmacy import anchor as anchors
from upwell.pathway.pharmacy.anchor import Anchor, AnchorBroken, Line
from upwell.pathway.pharmacy.chain import content_of, entries_of
from upwell.pathway.pharmacy.models import LedgerEntry
from upwell.pathway.pharmacy.rules import Break, Link, Mark, Verdict, hash_of, walk


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found at one practice."""

    practice_id: UUID
    verdict: Verdict
    anchor: Anchor
    fault: str = ""  # of the anchor itself

    @property
    def is_whole(self) -> bool:
        return self.verdict.broken is None and not self.fault

    @property
    def not_anchored(self) -> int:
        """Entries that came after the anchor was written last."""
        return max(self.verdict.head.position - self.anchor.head, 0)


def links_of(practice_id: UUID) -> Iterable[Link]:
    """The book as links, in its order."""
    for row in entries_of(practice_id):
        yield Link(row.position, row.previous, row.hash, hash_of(content_of(row)))


def check(practice_id: UUID, expected: Mark | None = None) -> Checked:
    """Walk the book of a practice. ``expected`` is a position and hash that somebody kept elsewhere."""
    fault, known = "", Anchor()
    try:
        known = anchors.read_anchor(practice_id)
    except AnchorBroken as error:
        fault = error.message
    marks = known.marks + ([expected] if expected is not None else [])
    verdict = walk(links_of(practice_id), marks)
    if verdict.entries and not known.exists and not fault:
        fault = (
            "The book has entries and no anchor. If this home is new or was restored by other means, look at the"
            " book, and begin an anchor with: upwell ledger anchor --begin"
        )
    return Checked(practice_id, verdict, known, fault)


def books() -> list[UUID]:
    """Every practice that has a book, or had one by its anchor."""
    rows = LedgerEntry.objects.order_by("practice_id").values_list("practice_id", flat=True).distinct()
    return sorted({*rows, *anchors.practices_anchored()}, key=str)


def begin_again(practice_id: UUID, kind: str, words: str) -> Line:
    """Note that the book stands where it stands from now on: after a restore, or in a home without an anchor.

    The former lines stay, and are read as what was before.
    """
    with anchors.opened(practice_id) as file, acting_as(system_actor(Purpose.JOB, practice_id)):
        known = anchors.read_anchor(practice_id)
        verdict = walk(links_of(practice_id))
        if verdict.broken is not None:
            raise RefusedByRule(f"The book is broken at position {verdict.broken.position}: see verify.")
        line = Line(
            kind, verdict.head.position, verdict.head.hash if verdict.entries else "", anchors.moment(), words
        )
        anchors.append_lines(practice_id, known, [line], file)
    return line


def how(broken: Break) -> str:
    """The break in words."""
    return {
        "changed": f"Position {broken.position} does not say any more what it said when it was entered.",
        "missing": f"Position {broken.position} is missing.",
        "inserted": f"Something was put in at position {broken.position}.",
        "rewritten": f"From position {broken.position} on the book is not the one that was anchored or chained.",
        "cut": f"The book ends before position {broken.position}, and the anchor knows that it went on.",
    }[broken.what]
