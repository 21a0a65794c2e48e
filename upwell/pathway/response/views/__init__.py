"""The pages of questionnaires: for staff, and for the patient."""

from upwell.pathway.response.views.measures import course_measures, measure_follow_up
from upwell.pathway.response.views.patient import answer, answered, looks
from upwell.pathway.response.views.staff import ask, assess, cancel
from upwell.pathway.response.views.stored import assessment, mark_in_error

__all__ = [
    "answer", "answered", "ask", "assess", "assessment", "cancel", "course_measures", "looks", "mark_in_error",
    "measure_follow_up",
]  # fmt: skip
