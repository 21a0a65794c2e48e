"""Row security, asked of PostgreSQL itself: no list of ours can forget a table."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from upwell.access.acting import acting_as
from upwell.access.models import Release
from upwell.access.system import system_actor
from upwell.access.who import patient_actor
from upwell.base.clock import now
from upwell.people.models import Patient, PatientIdentifier
from upwell.record.models import Condition

pytestmark = pytest.mark.django_db

# Every table that is people_patient, has a column that names a patient, points at one (through any number of
# foreign keys), or keeps the history of such a table.
ABOUT_PATIENTS = """
WITH RECURSIVE about(oid) AS (
  (SELECT 'people_patient'::regclass::oid
   UNION
   SELECT a.attrelid FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
      AND a.attnum > 0 AND a.attname ~ '(^|_)patient(_id)?$')
  UNION
  SELECT e.oid FROM about JOIN pg_class c ON c.oid = about.oid
    JOIN pg_class e ON e.relkind IN ('r', 'p')
     AND (e.relname = c.relname || 'event'
          OR EXISTS (SELECT FROM pg_constraint k
                      WHERE k.contype = 'f' AND k.conrelid = e.oid AND k.confrelid = c.oid))
)
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
       (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid),
       pg_get_userbyid(c.relowner)
FROM about JOIN pg_class c USING (oid) WHERE c.relkind IN ('r', 'p') ORDER BY 1
"""


# What is left says nothing about a patient. Whatever is not named here has to be under row security (ADR 21).
OPEN = {
    "auth_group": "of Django, empty: rights come from roles at a practice",
    "auth_group_permissions": "of Django, empty",
    "auth_permission": "of Django: names of tables",
    "django_content_type": "of Django: names of tables",
    "django_migrations": "which steps of the schema were run",
    "people_chair": "places in a practice",
    "people_chairevent": "places in a practice, as they were",
    "people_invitation": "who was asked to join a practice's staff; patients are asked by people_patientinvitation",
    "people_membership": "who works where, in which roles",
    "people_membershipevent": "who worked where",
    "people_practice": "names and numbers of practices",
    "people_practiceevent": "names and numbers of practices, as they were",
    "pghistory_context": "of the history library, empty",
    "upwell_cache": "counts of tries at the door, by hashed address",
}


def catalogue():
    with connection.cursor() as cursor:
        cursor.execute(ABOUT_PATIENTS)
        return cursor.fetchall()


def test_every_table_about_patients_is_under_forced_row_security():
    tables = catalogue()
    assert len(tables) > 25
    unguarded = [name for name, on, forced, policies, _ in tables if not (on and forced and policies)]
    assert unguarded == []


def test_every_other_table_is_named_with_the_reason():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'm', 'f')"
            " AND relnamespace = 'public'::regnamespace AND NOT (relrowsecurity AND relforcerowsecurity)"
        )
        unguarded = {name for (name,) in cursor.fetchall()}
    assert unguarded == set(OPEN)


def test_the_application_owns_nothing_and_bypasses_nothing():
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("table", ["people_patient", "record_assessment", "record_alert", "audit_auditentry"])
def test_nothing_clinical_can_be_deleted(table):
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608


def test_the_audit_trail_cannot_be_rewritten(staff):
    from upwell.audit.actions import record

    with acting_as(staff("admin")) as actor:
        record("tested", by=actor)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE audit_auditentry SET action = 'other'")


def test_nobody_sees_nothing(patient_factory):
    patient_factory()
    assert Patient.objects.count() == 0


def test_the_actor_ends_with_the_transaction(patient_factory, staff):
    patient_factory()
    actor = staff("therapist")
    with acting_as(actor):
        assert Patient.objects.count() == 1
    assert Patient.objects.count() == 0


def test_a_nested_actor_gives_way_to_the_outer_one(patient_factory, staff, other_practice):
    patient_factory()
    with acting_as(staff("therapist")):
        with acting_as(staff("therapist", at=other_practice)):
            assert Patient.objects.count() == 0
        assert Patient.objects.count() == 1


def test_another_practice_sees_nothing_and_writes_nothing(patient_factory, staff, other_practice, practice):
    patient = patient_factory()
    with acting_as(staff("prescriber", at=other_practice)):
        assert Patient.objects.count() == 0
        assert Patient.objects.filter(id=patient.id).update(family_name="Changed") == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            PatientIdentifier.objects.create(practice=practice, patient=patient, value="1")


@pytest.mark.parametrize(
    ("role", "sees_patient", "sees_condition"),
    [
        ("therapist", True, True),
        ("prescriber", True, True),
        ("monitor", True, True),
        ("admin", True, False),  # the register, not the chart
        ("researcher", False, False),
    ],
)
def test_roles_open_compartments(patient_factory, staff, practice, role, sees_patient, sees_condition):
    patient = patient_factory()
    with acting_as(system_actor("import", practice.id)):
        Condition.objects.create(practice=practice, patient=patient, display="Migraine")
    with acting_as(staff(role)):
        assert Patient.objects.exists() is sees_patient
        assert Condition.objects.exists() is sees_condition


def test_process_notes_are_for_the_therapist_alone(patient_factory, staff, practice, account_factory):
    account = account_factory()
    patient = patient_factory(account=account)
    with acting_as(system_actor("import", practice.id)):
        Condition.objects.create(practice=practice, patient=patient, compartment="process-notes")
    seen = {}
    for role in ("therapist", "prescriber", "monitor", "admin"):
        with acting_as(staff(role)):
            seen[role] = Condition.objects.count()
    with acting_as(patient_actor(account.id, "Alex", (patient.id,))):
        seen["patient"] = Condition.objects.count()
    assert seen == {"therapist": 1, "prescriber": 0, "monitor": 0, "admin": 0, "patient": 0}


def test_a_patient_sees_their_own_chart_only(patient_factory, account_factory, practice):
    account = account_factory()
    own, other = patient_factory(account=account), patient_factory("Other")
    with acting_as(system_actor("import", practice.id)):
        for patient in (own, other):
            Condition.objects.create(practice=practice, patient=patient)
    with acting_as(patient_actor(account.id, "Alex", (own.id,))):
        assert [p.id for p in Patient.objects.all()] == [own.id]
        assert [c.patient_id for c in Condition.objects.all()] == [own.id]
        assert Patient.objects.filter(id=own.id).update(family_name="Mine") == 0


@pytest.mark.parametrize(
    ("kind", "starts_in_days", "ends_in_days", "opens"),
    [
        ("chart", -1, None, True),
        ("chart", -1, 1, True),
        ("chart", -2, -1, False),  # ended
        ("chart", 1, None, False),  # not begun
        ("assessments", -1, None, False),  # another kind
    ],
)
def test_a_release_opens_what_it_names_while_it_is_in_force(
    patient_factory, staff, practice, other_practice, kind, starts_in_days, ends_in_days, opens
):
    patient = patient_factory()
    with acting_as(system_actor("import", practice.id)):
        condition = Condition.objects.create(practice=practice, patient=patient)
        Release.objects.create(
            practice=practice,
            patient=patient,
            to_practice=other_practice,
            kind=kind,
            starts_at=now() + timedelta(days=starts_in_days),
            ends_at=None if ends_in_days is None else now() + timedelta(days=ends_in_days),
        )
    with acting_as(staff("therapist", at=other_practice)):
        assert Condition.objects.exists() is opens
        assert Condition.objects.filter(id=condition.id).update(display="x") == 0  # reading, never writing


@pytest.mark.parametrize("compartment", ["process-notes", "journal"])
def test_no_release_opens_private_notes_to_any_role(
    patient_factory, staff, practice, other_practice, compartment
):
    """A therapist may read process notes of their own practice; a release must not turn that on another's."""
    patient = patient_factory()
    with acting_as(system_actor("import", practice.id)):
        Condition.objects.create(practice=practice, patient=patient, compartment=compartment)
        Release.objects.create(
            practice=practice, patient=patient, to_practice=other_practice, kind="chart",
            starts_at=now() - timedelta(days=1),
        )  # fmt: skip
    for roles in (["therapist"], ["therapist", "prescriber", "monitor", "admin", "researcher"]):
        with acting_as(staff(*roles, at=other_practice)):
            assert not Condition.objects.exists()


def test_every_released_policy_keeps_private_notes_closed():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, qual FROM pg_policies WHERE policyname = 'released'")
        rows = cursor.fetchall()
    assert len(rows) > 15
    assert [table for table, qual in rows if "process-notes" not in qual or "journal" not in qual] == []
    assert [table for table, qual in rows if "FROM upwell_released() r" not in qual] == []


def test_what_is_released_is_not_read_from_a_table_in_front_of_the_true_one(
    patient_factory, staff, other_practice
):
    """Where somebody may make tables for the time of a connection all the same, one of that name opens nothing."""
    patient = patient_factory()
    with acting_as(staff("therapist", at=other_practice)):
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE access_release ON COMMIT DROP AS"
                " SELECT %s::uuid patient_id, %s::uuid to_practice_id, kind, now() - interval '1 day' starts_at,"
                " NULL::timestamptz ends_at FROM unnest(ARRAY['demographics', 'chart', 'assessments']) kind",
                [patient.id, other_practice.id],
            )
            cursor.execute("SELECT count(*) FROM access_release")
            assert cursor.fetchone() == (3,)
            cursor.execute("SELECT count(*) FROM upwell_released()")
            assert cursor.fetchone() == (0,)
        assert not Patient.objects.exists()


def test_functions_name_their_tables_with_the_schema():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname, c.relname FROM pg_proc p JOIN pg_class c ON c.relkind IN ('r', 'p')"
            " AND c.relnamespace = 'public'::regnamespace AND p.prosrc ~ ('(?<![.\\w])' || c.relname || '(?!\\w)')"
            " WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'upwell%'"
        )
        assert cursor.fetchall() == []


def test_history_is_as_closed_as_what_it_keeps(patient_factory, staff, other_practice):
    from django.apps import apps

    patient = patient_factory()
    event = apps.get_model("people", "PatientEvent")
    with acting_as(staff("therapist")):
        Patient.objects.filter(id=patient.id).update(family_name="Changed")
        assert [e.family_name for e in event.objects.all()] == ["Rivera"]
    with acting_as(staff("therapist", at=other_practice)):
        assert event.objects.count() == 0
