"""What a person has opened to another practice: kind by kind, at once, and ended at once."""

from __future__ import annotations

import pytest

from upwell.access.acting import acting_as
from upwell.access.links import is_released, linked_charts
from upwell.access.models import Release
from upwell.access.sharing import end_to, link_charts, open_to
from upwell.access.system import system_actor
from upwell.base.errors import BadInput
from upwell.people.models import Patient
from upwell.record.models import Assessment, Condition

pytestmark = pytest.mark.django_db


@pytest.fixture
def alex(patient_factory):
    return patient_factory("Rivera", "Alex")


@pytest.fixture
def there(patient_factory, other_practice):
    """The same person's chart at the other practice."""
    return patient_factory("Rivera", "Alex", at=other_practice)


@pytest.fixture
def house(practice):
    return system_actor("shared-care", practice.id)


@pytest.fixture
def sees(alex, practice, other_practice, staff):
    """What the other practice sees of Alex."""
    with acting_as(system_actor("import", practice.id)):
        Condition.objects.create(practice=practice, patient=alex, display="Migraine")
        Condition.objects.create(practice=practice, patient=alex, compartment="process-notes")
        Condition.objects.create(practice=practice, patient=alex, compartment="journal")
        Assessment.objects.create(
            practice=practice, patient=alex, instrument="phq-9", instrument_version="1", answers={},
            status="incomplete", result={}, effective_at=alex.created_at, origin="staff",
        )  # fmt: skip
    outsider = staff("therapist", at=other_practice)

    def look():
        with acting_as(outsider):
            return {
                "who": Patient.objects.filter(practice=practice).count(),
                "chart": Condition.objects.count(),
                "scores": Assessment.objects.count(),
            }

    return look


def test_each_kind_opens_its_own_rows_and_ends_at_once(sees, house, alex, other_practice):
    assert sees() == {"who": 0, "chart": 0, "scores": 0}
    with acting_as(house):
        opened = open_to(
            by=house, charts=[alex], to_practice_id=other_practice.id, kinds=["chart", "demographics"]
        )
    assert opened == ["demographics", "chart"]
    assert sees() == {"who": 1, "chart": 1, "scores": 0}  # neither process notes nor the journal
    with acting_as(house):
        assert end_to(by=house, charts=[alex], to_practice_id=other_practice.id, kinds=["chart"]) == ["chart"]
        assert not is_released([alex.id], other_practice.id, "chart")
    assert sees() == {"who": 1, "chart": 0, "scores": 0}
    with acting_as(house):
        assert end_to(by=house, charts=[alex], to_practice_id=other_practice.id) == ["demographics"]
    assert sees() == {"who": 0, "chart": 0, "scores": 0}


def test_opening_twice_is_one_release_and_again_after_an_end_a_new_one(house, alex, other_practice):
    with acting_as(house):
        for opened in (["chart"], []):
            assert (
                open_to(by=house, charts=[alex], to_practice_id=other_practice.id, kinds=["chart"]) == opened
            )
        end_to(by=house, charts=[alex], to_practice_id=other_practice.id)
        assert end_to(by=house, charts=[alex], to_practice_id=other_practice.id) == []
        open_to(by=house, charts=[alex], to_practice_id=other_practice.id, kinds=["chart"])
        assert Release.objects.count() == 2


def test_a_kind_that_is_not_known_is_refused(house, alex, other_practice):
    with acting_as(house), pytest.raises(BadInput, match="no such kind"):
        open_to(by=house, charts=[alex], to_practice_id=other_practice.id, kinds=["journal"])


def test_links_stand_at_both_practices_once(alex, there, staff, practice, other_practice):
    with acting_as(system_actor("shared-care")) as both:
        for _ in range(2):
            link_charts(one=alex, other=there, by=both)
    for at, own, other in ((practice, alex, there), (other_practice, there, alex)):
        with acting_as(staff("therapist", at=at)):
            assert [one.patient_id for one in linked_charts([own.id])] == [other.id]


def test_a_database_from_before_is_closed_by_the_migration(committed_db, databases):
    """Policies that an earlier version wrote let a release open process notes to another practice's therapist."""
    from importlib import import_module

    close = import_module("upwell.access.migrations.0004_private_notes_stay").CLOSE
    asked = (
        "SELECT count(*) FROM pg_policies WHERE policyname = 'released' AND qual NOT LIKE '%process-notes%'"
    )
    with databases.owner.on(committed_db).connect() as owner:
        owner.execute("DROP POLICY released ON record_condition")
        owner.execute(
            "CREATE POLICY released ON record_condition FOR SELECT"
            " USING (upwell_kind() = 'staff' OR patient_id IS NULL)"
        )
        assert owner.execute(asked).fetchone() == (1,)
        for _ in range(2):
            owner.execute(close)
            assert owner.execute(asked).fetchone() == (0,)
        where = "policyname = 'released' AND tablename = 'record_condition'"
        found = owner.execute(f"SELECT qual FROM pg_policies WHERE {where}").fetchone()[0]  # noqa: S608
    assert found.startswith("(((upwell_kind() = 'staff'::text) OR (patient_id IS NULL)) AND ")
    assert found.count("process-notes") == 1
