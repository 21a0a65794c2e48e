"""A therapist's practice and a prescriber's, and a person whom the one refers to the other."""

from __future__ import annotations

import pytest

from upwell.access.acting import acting_as
from upwell.pathway.referral.actions import Letter, accept, refer_patient
from upwell.pathway.referral.rules import BACK, TO_THEM
from upwell.pathway.referral.states import Agreed

__all__ = ["alex_referred", "prescriber", "refer", "therapist"]


@pytest.fixture
def therapist(staff):
    """At Harbor Clinic, where Alex is a patient."""
    return staff("therapist", name="Toni Therapist")


@pytest.fixture
def prescriber(staff, other_practice):
    """At Tidewater Therapy, which gives the treatment."""
    return staff("prescriber", at=other_practice, name="Dr. Pat Tide")


@pytest.fixture
def refer(therapist, prescriber, other_practice, alex):
    """Refers Alex from Harbor Clinic to Tidewater Therapy."""

    def write(agreed=Agreed.ORAL, *, patient=alex, by=therapist, to=other_practice, **more):
        letter = Letter(
            reason=more.pop("reason", "Two trials failed."),
            question=more.pop("question", "Is ketamine an option?"),
            shared=more.pop("shared", TO_THEM),
            shared_back=more.pop("shared_back", BACK),
        )
        with acting_as(by):
            return refer_patient(by=by, patient=patient, to_practice=to, letter=letter, agreed=agreed, **more)

    return write


@pytest.fixture
def alex_referred(refer, prescriber):
    """Alex, referred and accepted: both practices care for them."""
    made = refer()
    with acting_as(prescriber):
        return accept(by=prescriber, referral_id=made.id)
