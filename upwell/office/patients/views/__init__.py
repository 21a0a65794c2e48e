"""The pages of registration."""

from upwell.office.patients.views.entering import patient_edit, patient_new
from upwell.office.patients.views.history import patient_history
from upwell.office.patients.views.listing import patients
from upwell.office.patients.views.merging import patient_merge, patient_merge_pair, patient_merge_undo

__all__ = [
    "patient_edit",
    "patient_history",
    "patient_merge",
    "patient_merge_pair",
    "patient_merge_undo",
    "patient_new",
    "patients",
]
