"""Response: measurement when relief happens: questionnaires, their scores over time, what to make of them."""

from upwell.pathway.response.scores import FIRST_CONSTRUCT, ScoreCard, Scored, ScoreRow, score_cards

__all__ = ["FIRST_CONSTRUCT", "ScoreCard", "ScoreRow", "Scored", "score_cards"]
