"""A patient with a log-in, their browser, and a question that waits for them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from upwell.access.acting import acting_as
from upwell.access.who import patient_actor
from upwell.record.actions_requests import ask_patient


@pytest.fixture
def alex(patient_factory, account_factory):
    return patient_factory("Rivera", "Alex", account=account_factory("Alex Rivera"))


@pytest.fixture
def alex_acts(alex):
    return patient_actor(alex.account_id, "Alex Rivera", (alex.id,))


@pytest.fixture
def alex_browses(alex, client_as):
    return client_as(alex.account)


@pytest.fixture
def asked(staff, alex):
    with acting_as(staff("therapist", name="Toni Asks")) as therapist:
        return ask_patient(by=therapist, patient=alex, instrument="phq-9").request


@pytest.fixture
def count_queries():
    """How many statements something costs."""

    def count(do):
        with CaptureQueriesContext(connection) as captured:
            do()
        return len(captured)

    return count


from tests.integration.pathway.two_practices import *  # noqa: E402, F403 - a person in the care of two practices
