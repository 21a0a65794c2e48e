"""Log-ins, their addresses, second steps and sessions: PostgreSQL itself shows each to those whom it concerns."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from tests.people import account_of, accounts, make_account
from upwell.access.acting import acting_as
from upwell.access.at_the_door import at_the_door
from upwell.access.models import CareLink, Release, Session
from upwell.access.system import Purpose, system_actor
from upwell.access.who import patient_actor
from upwell.base.clock import now
from upwell.people.models import Account, Membership, Patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(staff, account_factory, patient_factory, other_practice):
    """By first name: Toni and Ana work at one practice, Otis at the other; Pat and Quinn are patients of each."""
    found = {
        "toni": staff("therapist", name="Toni"),
        "ana": staff("admin", name="Ana"),
        "rae": staff("researcher", name="Rae"),
        "otis": staff("prescriber", name="Otis", at=other_practice),
    }
    for name, at in (("pat", None), ("quinn", other_practice)):
        account = account_factory(name.title())
        chart = patient_factory(name.title(), account=account, **({"at": at} if at else {}))
        found[name] = patient_actor(account.id, account.name, (chart.id,))
    return found


def seen_by(actor):
    with acting_as(actor):
        return {name.lower() for name in Account.objects.values_list("name", flat=True)}


def release(people, practice, other_practice, kind="demographics"):
    with acting_as(system_actor("set-up", practice.id)):
        Release.objects.create(
            practice=practice,
            patient_id=people["pat"].patient_ids[0],
            to_practice=other_practice,
            kind=kind,
            starts_at=now() - timedelta(hours=1),
        )


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("toni", {"toni", "ana", "rae", "pat"}),
        ("ana", {"toni", "ana", "rae", "pat"}),  # the front desk keeps the register
        ("rae", {"toni", "ana", "rae"}),  # a researcher sees no patient
        ("otis", {"otis", "quinn"}),
        ("pat", {"pat", "toni", "ana", "rae"}),  # "who looked at my record" has names
        ("quinn", {"quinn", "otis"}),
    ],
)
def test_who_sees_whose_log_in(people, who, sees):
    assert seen_by(people[who]) == sees


def test_nobody_sees_none(people):
    assert Account.objects.count() == 0
    assert len(accounts()) == len(people)


def test_a_release_shows_the_two_practices_to_each_other(people, practice, other_practice):
    release(people, practice, other_practice)
    assert seen_by(people["otis"]) == {"otis", "quinn", "toni", "ana", "rae", "pat"}
    assert seen_by(people["toni"]) == {"toni", "ana", "rae", "pat", "otis"}  # and not its patients
    assert seen_by(people["pat"]) == {"pat", "toni", "ana", "rae", "otis"}
    assert seen_by(people["quinn"]) == {"quinn", "otis"}


def test_caring_together_shows_the_two_practices_to_each_other(people, practice, other_practice):
    pat, quinn = people["pat"].patient_ids[0], people["quinn"].patient_ids[0]
    for own, chart, other, theirs in (
        (practice, pat, other_practice, quinn),
        (other_practice, quinn, practice, pat),
    ):
        with acting_as(system_actor("set-up", own.id)):
            CareLink.objects.create(
                practice=own, patient_id=chart, other_practice=other, other_patient_id=theirs
            )
    assert seen_by(people["otis"]) == {"otis", "quinn", "toni", "ana", "rae"}
    assert seen_by(people["toni"]) == {"toni", "ana", "rae", "pat", "otis"}
    assert seen_by(people["pat"]) == {"pat", "toni", "ana", "rae", "otis"}


def test_a_release_of_something_else_names_no_patient(people, practice, other_practice):
    release(people, practice, other_practice, kind="assessments")
    assert "pat" not in seen_by(people["otis"])


def test_who_left_is_still_named_on_what_they_did(people):
    Membership.objects.filter(account_id=people["ana"].account_id).update(active=False)
    assert "ana" in seen_by(people["toni"])
    assert "ana" in seen_by(people["pat"])


@pytest.mark.parametrize(
    ("purpose", "sees_all"), [("log-in", True), ("set-up", True), ("demo", True), ("count", False)]
)
def test_the_system_sees_log_ins_for_coming_in_and_setting_up_alone(people, purpose, sees_all):
    assert (len(seen_by(system_actor(purpose))) == len(people)) is sees_all
    assert bool(seen_by(system_actor(purpose))) is sees_all


def test_a_job_of_a_practice_sees_the_people_of_that_practice(people, practice):
    assert seen_by(system_actor(Purpose.JOB, practice.id)) == {"toni", "ana", "rae", "pat"}


@pytest.mark.parametrize("who", ["toni", "ana", "pat"])
def test_a_person_changes_their_own_log_in_and_nobody_elses(people, who):
    actor = people[who]
    with acting_as(actor):
        assert Account.objects.exclude(id=actor.account_id).update(name="Mallory") == 0
        assert Account.objects.filter(id=actor.account_id).update(name="Me") == 1
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Account.objects.create_user("new@example.org", None, name="New")


def test_at_the_door_there_are_log_ins_and_no_charts(people):
    with at_the_door():
        assert Account.objects.count() == len(people)
        assert Patient.objects.count() == 0


def test_second_steps_and_addresses_are_ones_own(people):
    pat, toni = people["pat"], people["toni"]
    with at_the_door():
        Authenticator.objects.create(user_id=pat.account_id, type="totp", data={"secret": "x"})
        EmailAddress.objects.create(user_id=pat.account_id, email="pat@example.org")
    for actor, sees in ((pat, 1), (toni, 0), (people["quinn"], 0)):
        with acting_as(actor):
            assert Authenticator.objects.count() == sees
            assert EmailAddress.objects.count() == sees
            assert Authenticator.objects.filter(user_id=pat.account_id).update(data={}) == sees
    assert Authenticator.objects.count() == EmailAddress.objects.count() == 0


def test_sessions_name_whose_they_are_and_are_seen_by_nobody(people, client_as):
    client_as(people["pat"])
    with at_the_door():
        assert [kept.account_id for kept in Session.objects.all()] == [people["pat"].account_id]
    for actor in (people["pat"], people["toni"], system_actor("count")):
        with acting_as(actor):
            assert Session.objects.count() == 0
            assert Session.objects.filter(account_id=people["pat"].account_id).delete()[0] == 0


def test_the_statement_that_lets_in_leaves_nobody_in(people, client_as):
    browser = client_as(people["pat"])
    key = browser.cookies["sessionid"].value
    with connection.cursor() as cursor:
        cursor.execute("SELECT (account).name, works, charts FROM upwell_enter(%s, now())", [key])
        assert cursor.fetchone() == ("Pat", False, list(people["pat"].patient_ids))
        cursor.execute("SELECT upwell_kind(), upwell_account()")
        assert cursor.fetchone() == ("", None)
    assert Account.objects.count() == Patient.objects.count() == 0
    with acting_as(people["otis"]), connection.cursor() as cursor:
        cursor.execute("SELECT FROM upwell_enter(%s, now())", [key])
        cursor.execute("SELECT upwell_kind(), upwell_account()")
        assert cursor.fetchone() == ("staff", people["otis"].account_id)


def test_whoever_works_somewhere_finds_their_own_charts_as_themselves(people, client_as, patient_factory):
    """Coming in, they are staff; their own charts are asked for when they look at their own care."""
    ana = account_of(people["ana"])
    chart = patient_factory("Ana", account=ana)
    browser = client_as(people["ana"])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT works, charts FROM upwell_enter(%s, now())", [browser.cookies["sessionid"].value]
        )
        assert cursor.fetchone() == (True, None)
    assert browser.get("/me/").status_code == 403
    browser.post(reverse("practice_switch"), {"practice": "self"})
    assert browser.get("/me/").status_code == 200
    with acting_as(patient_actor(ana.id, ana.name, (chart.id,))):
        assert Patient.objects.get().id == chart.id


@pytest.mark.parametrize(
    "key", ["", "x", "z" * 32, '"aaaaaaaaaaaa\\000"', "' OR 1=1 --", "é" * 40, "a" * 9000]
)
def test_a_session_key_of_no_session_is_nobody(db, key):
    browser = Client()
    browser.cookies["sessionid"] = key
    assert browser.get("/")["Location"].startswith("/accounts/login/")


def test_sessions_that_ended_do_not_stay(people, client_as):
    client_as(people["pat"])
    with at_the_door(), connection.cursor() as cursor:
        cursor.execute("UPDATE access_session SET expire_date = now() - interval '1 minute'")
    browser = client_as(people["toni"])
    with at_the_door():
        assert [kept.account_id for kept in Session.objects.all()] == [people["toni"].account_id]
    assert browser.get("/patients/").status_code == 200


def test_a_closed_log_in_and_a_changed_password_end_the_session(people, client_as):
    for change in ({"is_active": False}, {"password": "!other"}):
        toni = make_account(
            f"t{len(change)}{next(iter(change))}@example.org", "correct horse battery", name="T"
        )
        browser = client_as(toni)
        assert browser.get("/account/").status_code == 200
        with at_the_door():
            Account.objects.filter(id=toni.id).update(**change)
        assert browser.get("/account/").status_code == 302
    assert account_of(people["toni"]).is_active
