"""The pages of integration."""

from upwell.pathway.integration.views.habits import (
    my_practice,
    my_practice_new,
    my_practice_tick,
    my_practices,
)
from upwell.pathway.integration.views.journal import journal, journal_entry, journal_new
from upwell.pathway.integration.views.own_visit import my_visit
from upwell.pathway.integration.views.visits import integration, integration_new, integration_visit

__all__ = [
    "integration",
    "integration_new",
    "integration_visit",
    "journal",
    "journal_entry",
    "journal_new",
    "my_practice",
    "my_practice_new",
    "my_practice_tick",
    "my_practices",
    "my_visit",
]
