"""Response: measurement when relief happens: what is asked when, scores over time, what to make of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from upwell.pathway.response.offering import FIRST, asked_of_patients, entered_by_staff
from upwell.pathway.response.scored import Scored
from upwell.pathway.response.scores import FIRST_CONSTRUCT, ScoreCard, ScoreRow, score_cards

if TYPE_CHECKING:
    from upwell.pathway.response.planning import plan_measures

__all__ = [
    "FIRST",
    "FIRST_CONSTRUCT",
    "ScoreCard",
    "ScoreRow",
    "Scored",
    "asked_of_patients",
    "entered_by_staff",
    "plan_measures",
    "score_cards",
]


def __getattr__(name: str) -> Any:
    """What writes rows is loaded when it is used: tables are there only after every step is."""
    if name == "plan_measures":
        from upwell.pathway.response.planning import plan_measures

        return plan_measures
    raise AttributeError(name)
