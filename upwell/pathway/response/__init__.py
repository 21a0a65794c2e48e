"""Response: measurement when relief happens: questionnaires, their scores over time, what to make of them."""

from upwell.pathway.response.offering import FIRST, asked_of_patients, entered_by_staff
from upwell.pathway.response.scores import FIRST_CONSTRUCT, ScoreCard, Scored, ScoreRow, score_cards

__all__ = [
    "FIRST",
    "FIRST_CONSTRUCT",
    "ScoreCard",
    "ScoreRow",
    "Scored",
    "asked_of_patients",
    "entered_by_staff",
    "score_cards",
]
