"""Integration on record: visits, practices for daily life, the private journal."""

from upwell.pathway.integration.models.habit import DailyPractice, PracticeDay
from upwell.pathway.integration.models.journal import JournalEntry, SharedEntry
from upwell.pathway.integration.models.visit import IntegrationVisit, ProcessNote, VisitAddendum

__all__ = [
    "DailyPractice",
    "IntegrationVisit",
    "JournalEntry",
    "PracticeDay",
    "ProcessNote",
    "SharedEntry",
    "VisitAddendum",
]
