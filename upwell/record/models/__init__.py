"""What the chart holds: one file per noun."""

from upwell.record.models.alert import Alert
from upwell.record.models.assessment import Assessment, AssessmentRequest
from upwell.record.models.clinical import (
    AllergyIntolerance,
    Condition,
    Encounter,
    Observation,
)
from upwell.record.models.medication import MedicationRequest, MedicationStatement
from upwell.record.models.origin import OriginIdentifier, OriginParty
from upwell.record.models.task import Task
from upwell.record.models.treatment import DepressiveEpisode, TreatmentTrial

__all__ = [
    "Alert",
    "AllergyIntolerance",
    "Assessment",
    "AssessmentRequest",
    "Condition",
    "DepressiveEpisode",
    "Encounter",
    "MedicationRequest",
    "MedicationStatement",
    "Observation",
    "OriginIdentifier",
    "OriginParty",
    "Task",
    "TreatmentTrial",
]
