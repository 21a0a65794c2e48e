"""What a restore does to drug books: their anchors learn of it, and what was lost becomes a discrepancy."""

from __future__ import annotations

from uuid import UUID

from upwell.access.acting import acting_as
from upwell.access.system import Purpose, system_actor
from upwell.pathway.pharmacy.anchor import RESTORED, AnchorBroken, read_anchor
from upwell.pathway.pharmacy.chain import Draft, add
from upwell.pathway.pharmacy.rules import Kind
from upwell.pathway.pharmacy.verify import begin_again, books, check


def note_restore(backup: str) -> list[str]:
    """Called once after a restore, on the restored database. Says what there is to say of each book.

    Where the anchor knows more than the restored book, it is told that the book went back, and the book that entries
    are missing. A book that is broken for another reason is left as it is: verify says so.
    """
    with acting_as(system_actor(Purpose.JOB)):
        found = books()
    return [words for one in found if (words := _note(one, backup))]


def _note(practice_id: UUID, backup: str) -> str:
    with acting_as(system_actor(Purpose.JOB)):
        found = check(practice_id)
    broken = found.verdict.broken
    if broken is not None and broken.what != "cut":
        return f"The drug book of {practice_id} is not whole: see upwell ledger verify."
    try:
        lost_to = read_anchor(practice_id).head
    except AnchorBroken:
        return f"The anchor of the drug book of {practice_id} is not as it was written: see upwell ledger verify."
    head = found.verdict.head.position
    begin_again(practice_id, RESTORED, f"backup of {backup}")
    if lost_to <= head:
        return ""
    actor = system_actor(Purpose.JOB, practice_id)
    more = {"why": "restored", "lost_from": str(head + 1), "lost_to": str(lost_to)}
    with acting_as(actor):
        add(actor, practice_id, [Draft(Kind.DISCREPANCY, words=f"backup of {backup}", more=more)])
    return (
        f"The drug book of {practice_id} went back to position {head}. Positions {head + 1} to {lost_to} are in the"
        " database that was put aside; the book holds a discrepancy that says so."
    )
