"""What changes the register."""

from upwell.office.patients.actions.creating import Created, LooksLike, create_patient
from upwell.office.patients.actions.editing import Between, StaleDetails, edit_patient
from upwell.office.patients.actions.merging import merge_charts, undo_merge
from upwell.office.patients.actions.register_row import renew_search_keys

__all__ = [
    "Between",
    "Created",
    "LooksLike",
    "StaleDetails",
    "create_patient",
    "edit_patient",
    "merge_charts",
    "renew_search_keys",
    "undo_merge",
]
