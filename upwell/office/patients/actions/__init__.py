"""What changes the register."""

from upwell.office.patients.actions.merging import merge_charts, undo_merge
from upwell.office.patients.actions.registering import (
    Between,
    Created,
    LooksLike,
    StaleDetails,
    create_patient,
    edit_patient,
)

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
