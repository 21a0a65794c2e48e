"""The forms of a screening, one for each piece that is saved by itself."""

from upwell.pathway.screening.forms.deciding import DecisionForm, ExceptionForm, OpinionForm
from upwell.pathway.screening.forms.history import HistoryForm
from upwell.pathway.screening.forms.lists import ListsForm
from upwell.pathway.screening.forms.plan import PlanForm
from upwell.pathway.screening.forms.trials import EpisodeForm, TrialForm, TrialForms
from upwell.pathway.screening.forms.vitals import VitalsForm

__all__ = [
    "DecisionForm", "EpisodeForm", "ExceptionForm", "HistoryForm", "ListsForm", "OpinionForm", "PlanForm", "TrialForm",
    "TrialForms", "VitalsForm",
]  # fmt: skip
