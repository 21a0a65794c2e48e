"""What is asked in every request goes by an index: row security must not make the database read a whole table."""

from __future__ import annotations

import pytest
from django.db import connection

from upwell.access.acting import acting_as
from upwell.access.who import patient_actor
from upwell.base.clock import now

pytestmark = pytest.mark.django_db
READ_WHOLE = "SELECT coalesce(sum(seq_scan), 0) FROM pg_stat_xact_user_tables WHERE relname = ANY (%s)"


def asked(sql, params, *tables):
    """How often one of the tables was read from end to end, where there was any other way."""
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")
        cursor.execute(
            "SET LOCAL enable_seqscan = off"
        )  # these tables are small: an index has to be worth it
        cursor.execute(READ_WHOLE, [list(tables)])
        before = cursor.fetchone()[0]
        cursor.execute(sql, params)
        answer = cursor.fetchone()
        cursor.execute(READ_WHOLE, [list(tables)])
        return answer, cursor.fetchone()[0] - before


@pytest.fixture
def pat(account_factory, patient_factory):
    account = account_factory("Pat")
    chart = patient_factory("Pat", account=account)
    return patient_actor(account.id, "Pat", (chart.id,))


def test_what_is_in_force_for_a_person_in_care(pat, practice):
    with acting_as(pat):
        (told,), whole = asked("SELECT upwell_knowledge()", [], "people_patient")
        assert (told[0], whole) == (str(practice.id), 0)
        (own,), whole = asked("SELECT upwell_own_practices()", [], "people_patient")
        assert (own, whole) == ([practice.id], 0)


def test_whose_name_a_person_in_care_sees(pat, staff):
    toni = staff("therapist", name="Toni")
    with acting_as(pat):
        answer, whole = asked(
            "SELECT upwell_sees_log_in(%s)", [toni.account_id], "people_patient", "people_membership"
        )
    assert (answer, whole) == ((True,), 0)


def test_what_nobody_has_taken_on_at_the_practice(staff):
    with acting_as(staff("therapist")):
        answer, whole = asked("SELECT n FROM upwell_unheard(%s)", [now()], "record_alert")
    assert (answer, whole) == ((0,), 0)
