"""Whether a second person is asked for at a practice: by default yes; a practice of one can sign that it works alone.

Who signed to work alone is held to it: as soon as a second person works there who may write in a session, the
signature counts no more, and both second checks and witnesses are asked for again.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from upwell.access.roles import rulebook
from upwell.people.models import Membership, TwoPersons

AT_THE_CHAIR = "session.record"  # who holds it can be the second person for another


@dataclass(frozen=True, slots=True)
class Rule:
    """What is asked for now, and the signature that it rests on."""

    second_check: bool = True
    witness: bool = True
    signed: TwoPersons | None = None
    lapsed: bool = False  # signed for working alone, but more than one works here now

    @property
    def is_solo(self) -> bool:
        """Neither is asked for: one person works here, and has signed for it."""
        return not self.second_check and not self.witness


def two_persons_at(practice_id: UUID) -> Rule:
    """The rule of a practice. Two queries, one where nothing was ever signed."""
    signed = TwoPersons.objects.filter(practice_id=practice_id).order_by("-number").first()
    if signed is None:
        return Rule()
    less = not (signed.second_check and signed.witness)
    if less and len(second_persons(practice_id)) > 1:
        return Rule(signed=signed, lapsed=True)
    return Rule(signed.second_check, signed.witness, signed)


def second_persons(practice_id: UUID) -> list[UUID]:
    """The accounts of everybody who works here at the chair."""
    roles = {name for name, role in rulebook().roles.items() if AT_THE_CHAIR in role.permissions}
    rows = Membership.objects.filter(practice_id=practice_id, active=True)
    return [row.account_id for row in rows.order_by("id") if roles & set(row.roles)]
