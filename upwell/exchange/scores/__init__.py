"""Scores from tables (CSV): answers to a questionnaire, one row for one person at one time."""

from upwell.exchange.scores.columns import ColumnMap
from upwell.exchange.scores.refusals import Refusal, Refused
from upwell.exchange.scores.report import ScoresReport
from upwell.exchange.scores.run import import_scores

__all__ = ["ColumnMap", "Refusal", "Refused", "ScoresReport", "import_scores"]
