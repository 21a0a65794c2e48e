"""The pages of a screening."""

from upwell.pathway.screening.views.deciding import begin, decide_page, exception, opinion
from upwell.pathway.screening.views.filling import history, lists, plan, trials
from upwell.pathway.screening.views.measuring import suicide, vitals, vitals_error
from upwell.pathway.screening.views.page import past, screening
from upwell.pathway.screening.views.treatments import treatments, treatments_edit

__all__ = [
    "begin", "decide_page", "exception", "history", "lists", "opinion", "past", "plan", "screening", "suicide",
    "treatments", "treatments_edit", "trials", "vitals", "vitals_error",
]  # fmt: skip
