"""The audit trail page: what it shows, to whom, and how it is asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from upwell.access.acting import acting_as
from upwell.audit.actions import record
from upwell.base.clock import now
from upwell.base.errors import NotPermitted
from upwell.office.practice.audit_queries import PAGE, AuditFilter, audit_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(staff):
    return staff("admin", name="Ada Lund")


def rows(actor, **wanted):
    with acting_as(actor):
        return audit_page(actor, AuditFilter(**wanted)).rows


def test_a_look_and_a_change_are_told_in_words(client_as, admin, staff, patient_factory):
    patient = patient_factory("Rivera", "Alex")
    client_as(staff("therapist", name="Tom Reed")).get(f"/patients/{patient.id}/invite/")
    client_as(admin).post("/practice/chairs/new/", {"name": "Window", "note": ""})
    page = client_as(admin).get("/practice/audit/").content.decode()
    for words in ("Tom Reed", "Therapist", "Looked at", "Alex Rivera", "Ada Lund", "Added a chair"):
        assert words in page


def test_another_practices_trail_is_not_shown(admin, staff, other_practice):
    other = staff("admin", at=other_practice)
    with acting_as(other):
        record("chair.added", by=other)
    assert rows(admin) == []
    assert len(rows(other)) == 1


@pytest.mark.parametrize("role", ["therapist", "prescriber", "monitor", "researcher"])
def test_only_an_admin_reads_it(staff, role):
    actor = staff(role)
    with acting_as(actor), pytest.raises(NotPermitted):
        audit_page(actor, AuditFilter())


def test_filters(admin, staff, patient_factory, practice):
    therapist, patient, other = staff("therapist"), patient_factory(), patient_factory()
    with acting_as(therapist):
        record("page", by=therapist, patient_id=patient.id, object_type="chart")
        record(
            "page", by=therapist, object_type="patients", patients=[str(patient.id), str(other.id)], shown=2
        )
        record("refused", by=therapist, object_type="practice_details")
        record("log-in", by=therapist)
    with acting_as(admin):
        record("chair.added", by=admin)
        record("patient.created", by=admin, patient_id=other.id)

    def what(**wanted):
        return sorted(row.what for row in rows(admin, **wanted))

    assert len(what()) == 6
    assert what(person=admin.account_id) == ["Added a chair", "Added a patient"]
    assert len(what(patient=patient.id)) == 2  # the chart, and the list that showed it
    assert len(what(patient=other.id)) == 2
    assert what(kind="changes") == ["Added a chair", "Added a patient"]
    assert what(kind="door") == ["Signed in"]
    assert len(what(kind="looks")) == 2
    assert len(what(kind="refused")) == 1
    assert what(system_only=True) == []
    assert what(until=now() - timedelta(days=1)) == []


def test_pages_by_time_show_every_row_once(admin):
    with acting_as(admin):
        for n in range(2 * PAGE + 3):
            with time_machine.travel(now() - timedelta(seconds=n // 3), tick=False):  # several in one instant
                record("chair.added", by=admin, number=n)
        seen, before = [], None
        for _ in range(3):
            page = audit_page(admin, AuditFilter(before=before))
            seen += [row.id for row in page.rows]
            before = page.older
    assert before is None
    assert len(seen) == len(set(seen)) == 2 * PAGE + 3


@pytest.mark.parametrize(
    "query",
    [
        "patient=nobody",
        "person=nobody",
        "person=00000000-0000-0000-0000-000000000000",
        "kind=everything",
        "until=yesterday",
        "before=x",
        "before=00000000-0000-0000-0000-000000000000",
        "until=9999-12-31",
        "until=0001-01-01",
        "patient=%00",
    ],
)
def test_a_question_that_makes_no_sense_breaks_nothing(client_as, admin, query):
    assert client_as(admin).get(f"/practice/audit/?{query}").status_code == 200


def test_a_patient_is_found_by_record_number(client_as, admin, patient_factory):
    patient = patient_factory("Rivera", "Alex", record_number="H-000017")
    with acting_as(admin):
        record("patient.created", by=admin, patient_id=patient.id)
        record("chair.added", by=admin)
    page = client_as(admin).get("/practice/audit/?patient=h-000017").content.decode()
    assert "Alex Rivera" in page
    assert "Added a chair" not in page


def test_the_number_of_questions_to_the_database_does_not_grow(
    admin, patient_factory, django_assert_max_num_queries
):
    with acting_as(admin):
        patients = [patient_factory() for _ in range(20)]
    with acting_as(admin):
        for patient in patients:
            record("patient.created", by=admin, patient_id=patient.id)
        with django_assert_max_num_queries(2):
            assert len(audit_page(admin, AuditFilter()).rows) == 20
