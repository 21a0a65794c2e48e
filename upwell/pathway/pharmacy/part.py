"""What the drug book tells and is told: a dose that is released, what the log of a session says."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from upwell.base.actor import Actor
from upwell.pathway.pharmacy.drawing import moves, put_back, set_aside, settle

if TYPE_CHECKING:
    from upwell.pathway.session.log import Folded
    from upwell.pathway.session.models import Session


def released(by: Actor, session: Session, log: Folded, go: bool) -> None:
    """A go sets the ordered dose aside, or is refused where it is not in stock; a hold puts it back."""
    if go:
        set_aside(by, session, log)
    else:
        put_back(by, session)


def logged(by: Actor, session: Session, log: Folded, types: Collection[str]) -> None:
    """What was given is drawn, what was corrected compensated, what was not given put back."""
    if moves(types):
        settle(by, session, log)
