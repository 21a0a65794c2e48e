"""The pages of questionnaires: for staff, and for the patient."""

from upwell.pathway.response.views.patient import answer, answered, looks, me
from upwell.pathway.response.views.staff import ask, assess, cancel
from upwell.pathway.response.views.stored import assessment, mark_in_error

__all__ = ["answer", "answered", "ask", "assess", "assessment", "cancel", "looks", "mark_in_error", "me"]
