"""Keeping the anchor of a drug book up to what the book says."""

from __future__ import annotations

import logging
from uuid import UUID

from upwell.access.acting import acting_as
from upwell.access.system import Purpose, system_actor
from upwell.base.errors import RefusedByRule
from upwell.pathway.pharmacy import anchor as anchors
from upwell.pathway.pharmacy.anchor import Line
from upwell.pathway.pharmacy.models import LedgerEntry
from upwell.pathway.pharmacy.rules import Mark

log = logging.getLogger(__name__)


def keep_up(practice_id: UUID) -> None:
    """Write what the book has gained since; called after each commit. A fault here never undoes an entry."""
    try:
        catch_up(practice_id)
    except Exception:  # the entry is durable; verify says how far the anchor reaches
        log.exception("the anchor of the drug book could not be written")


def catch_up(practice_id: UUID) -> int:
    """Bring the anchor up to the end of the book, unless what it knows is not what the book says. How many lines."""
    with anchors.opened(practice_id) as file, acting_as(system_actor(Purpose.JOB, practice_id)):
        known = anchors.read_end(practice_id)
        head = known.marks[-1] if known.marks else Mark(0, "")
        _refuse_other(practice_id, head)
        rows = LedgerEntry.objects.filter(practice_id=practice_id, position__gt=head.position)
        said = rows.order_by("position").values_list("position", "hash")
        lines = [Line(anchors.ENTRY, position, kept, anchors.moment()) for position, kept in said]
        anchors.append_lines(practice_id, known, lines, file)
    return len(lines)


def _refuse_other(practice_id: UUID, head: Mark) -> None:
    """What the anchor knows last has to be in the book: a changed book is never sealed anew."""
    if not head.position:
        return
    at_head = LedgerEntry.objects.filter(practice_id=practice_id, position=head.position)
    if list(at_head.values_list("hash", flat=True)) != [head.hash]:
        raise RefusedByRule(
            f"The book does not hold position {head.position} as the anchor knows it. See: upwell ledger verify"
        )
