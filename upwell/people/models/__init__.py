"""Who there is: one file per noun."""

from upwell.people.models.account import Account
from upwell.people.models.identifier import PatientIdentifier, PatientSearchKey
from upwell.people.models.invitation import Invitation, PatientInvitation
from upwell.people.models.knowledge import Adoption, ItemText, KnowledgeEdition, KnowledgeText
from upwell.people.models.membership import Membership
from upwell.people.models.merge import PatientMerge
from upwell.people.models.patient import Patient
from upwell.people.models.practice import Chair, Practice
from upwell.people.models.two_persons import TwoPersons

__all__ = [
    "Account",
    "Adoption",
    "Chair",
    "Invitation",
    "ItemText",
    "KnowledgeEdition",
    "KnowledgeText",
    "Membership",
    "Patient",
    "PatientIdentifier",
    "PatientInvitation",
    "PatientMerge",
    "PatientSearchKey",
    "Practice",
    "TwoPersons",
]
