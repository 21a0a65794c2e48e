"""An alert about a person in the care of two practices reaches both, once each, if that is open to the other."""

from __future__ import annotations

import pytest

from tests.integration.pathway.answers import SUICIDAL
from upwell.access.acting import acting_as
from upwell.access.sharing import end_to, link_charts, open_to
from upwell.access.system import system_actor
from upwell.base.ids import new_id
from upwell.record.actions import record_assessment
from upwell.record.linked_alerts import raise_alert_at_linked
from upwell.record.models import Alert

pytestmark = pytest.mark.django_db


@pytest.fixture
def there(patient_factory, other_practice, alex):
    """Alex's chart at the other practice, linked."""
    chart = patient_factory("Rivera", "Alex", at=other_practice, account=alex.account)
    with acting_as(system_actor("shared-care")) as both:
        link_charts(one=alex, other=chart, by=both)
    return chart


def answer(actor, patient):
    with acting_as(actor):
        return record_assessment(
            by=actor, patient=patient, instrument="phq-9", answers=SUICIDAL, submission_id=new_id()
        ).alert


def alerts_at(staff, practice):
    with acting_as(staff("therapist", at=practice)):
        return list(Alert.objects.filter(practice=practice))


def test_the_other_practice_is_alerted_while_questionnaires_are_open_to_it(
    alex, alex_acts, there, practice, other_practice, staff
):
    answer(alex_acts, alex)
    assert alerts_at(staff, other_practice) == []
    with acting_as(system_actor("shared-care")) as both:
        open_to(by=both, charts=[alex], to_practice_id=other_practice.id, kinds=["assessments"])
    alert = answer(alex_acts, alex)
    (copy,) = alerts_at(staff, other_practice)
    assert (copy.kind, copy.patient_id, copy.assessment_id) == (alert.kind, there.id, None)
    assert copy.finding["because"][-1] == {"fact": "raised at", "value": "Harbor Clinic", "at": None}
    with acting_as(alex_acts):
        assert raise_alert_at_linked(alert) == []  # once
    assert len(alerts_at(staff, other_practice)) == 1
    assert len(alerts_at(staff, practice)) == 2
    with acting_as(system_actor("shared-care")) as both:
        end_to(by=both, charts=[alex], to_practice_id=other_practice.id)
    answer(alex_acts, alex)
    assert len(alerts_at(staff, other_practice)) == 1


def test_what_staff_enter_reaches_the_other_practice_too(alex, there, practice, other_practice, staff):
    with acting_as(system_actor("shared-care")) as both:
        open_to(by=both, charts=[there], to_practice_id=practice.id, kinds=["assessments"])
    answer(staff("monitor", at=other_practice), there)
    assert [one.patient_id for one in alerts_at(staff, practice)] == [alex.id]
