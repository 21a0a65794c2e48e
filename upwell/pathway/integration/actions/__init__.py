"""Writing integration: visits, practices for daily life, the journal."""

from upwell.pathway.integration.actions.habits import (
    HabitWords,
    add_habit,
    agree_habit,
    change_habit,
    move_habit,
    share_habit,
    tick,
)
from upwell.pathway.integration.actions.journal import (
    put_away,
    share_entry,
    take_entry_back,
    write_entry,
)
from upwell.pathway.integration.actions.visits import (
    VisitFields,
    add_addendum,
    mark_visit_wrong,
    save_visit,
)

__all__ = [
    "HabitWords",
    "VisitFields",
    "add_addendum",
    "add_habit",
    "agree_habit",
    "change_habit",
    "mark_visit_wrong",
    "move_habit",
    "put_away",
    "save_visit",
    "share_entry",
    "share_habit",
    "take_entry_back",
    "tick",
    "write_entry",
]
