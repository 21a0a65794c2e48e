"""What changes the register."""

from upwell.office.patients.actions.creating import Created, LooksLike, create_patient
from upwell.office.patients.actions.editing import Between, StaleDetails, edit_patient
from upwell.office.patients.actions.merging import merge_charts, undo_merge

__all__ = [
    "Between",
    "Created",
    "LooksLike",
    "StaleDetails",
    "create_patient",
    "edit_patient",
    "merge_charts",
    "undo_merge",
]
