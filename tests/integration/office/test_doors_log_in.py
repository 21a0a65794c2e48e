"""The log-in: who comes in, where they land, and what the log book says."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.people import account_of, accounts
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.audit.models import AuditEntry
from upwell.people.models import Membership

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def trail(**wanted):
    with acting_as(system_actor("log-in")):
        return list(AuditEntry.objects.filter(**wanted).order_by("id"))


def log_in(client, account, password=PASSWORD, **extra):
    return client.post("/accounts/login/", {"login": account.email, "password": password}, **extra)


def test_a_right_password_opens_the_start_page(client, staff, practice):
    actor = staff("therapist")
    response = log_in(client, account_of(actor))
    assert response.status_code == 302
    assert response["Location"] == "/"
    [row] = trail(action="log-in")
    assert (row.account_id, row.practice_id, row.purpose) == (actor.account_id, practice.id, "log-in")


def test_a_log_in_is_noted_at_every_practice_of_the_person(client, staff, practice, other_practice):
    actor = staff("therapist")
    Membership.objects.create(account_id=actor.account_id, practice=other_practice, roles=["therapist"])
    log_in(client, account_of(actor))
    assert {row.practice_id for row in trail(action="log-in")} == {practice.id, other_practice.id}


def test_a_patients_log_in_is_noted_at_their_chart(client, account_factory, patient_factory, practice):
    account = account_factory()
    chart = patient_factory(account=account)
    log_in(client, account)
    [row] = trail(action="log-in")
    assert (row.practice_id, row.patient_id) == (practice.id, chart.id)


def test_a_wrong_password_is_noted_without_the_password(client, staff, practice):
    actor = staff("therapist")
    response = log_in(client, account_of(actor), "not the password at all")
    assert response.status_code == 200
    [row] = trail(action="log-in.failed")
    assert (row.account_id, row.practice_id) == (actor.account_id, practice.id)
    assert "not the password" not in str(row.detail)


def test_an_unknown_address_is_noted_as_a_keyed_hash(client, db):
    typed = "My Secret Passphrase@example.org"
    client.post("/accounts/login/", {"login": typed.replace(" ", ""), "password": "x"})
    [row] = trail(action="log-in.failed")
    assert row.account_id is None
    assert len(row.detail["unknown_address"]) == 32
    assert "secret" not in str(row.detail).lower()


def test_failed_attempts_are_slowed_down(client, staff):
    account = account_of(staff("therapist"))
    for _ in range(5):
        log_in(client, account, "wrong wrong wrong")
    response = log_in(client, account)
    assert response.status_code == 200  # even the right password has to wait now
    assert "Too many failed" in response.content.decode()
    other = log_in(Client(), account_of(staff("monitor")))
    assert other.status_code == 302  # another person is not held up


def test_signing_out_is_noted(client_as, staff):
    actor = staff("therapist")
    client = client_as(actor)
    assert client.post("/accounts/logout/").status_code == 302
    assert [row.account_id for row in trail(action="log-out")] == [actor.account_id]
    assert client.get("/patients/").status_code == 302


@pytest.mark.parametrize(
    "name",
    [
        "account_signup",
        "account_email",
        "account_set_password",
        "account_confirm_login_code",
        "account_request_login_code",
        "account_email_verification_sent",
        "account_confirm_email",
        "mfa_signup_webauthn",
        "mfa_trust",
    ],
)
def test_pages_of_the_library_that_we_do_not_offer_do_not_exist(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize("path", ["/accounts/signup/", "/accounts/email/", "/accounts/confirm-email/"])
def test_nor_do_their_addresses(client, db, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("role", "lands_at"),
    [
        ("therapist", "/today/"),
        ("prescriber", "/today/"),
        ("monitor", "/today/"),
        ("admin", "/today/"),
        ("researcher", "/numbers/"),
    ],
)
def test_staff_land_where_their_work_is(client_as, staff, role, lands_at):
    assert client_as(staff(role)).get("/")["Location"] == lands_at


def test_a_patient_lands_on_their_own_page(client_as, account_factory, patient_factory):
    account = account_factory()
    patient_factory(account=account)
    assert client_as(account).get("/")["Location"] == "/me/"


def test_who_belongs_nowhere_is_told_whom_to_ask(client_as, account_factory):
    response = client_as(account_factory()).get("/")
    assert response.status_code == 200
    assert "belongs to no practice" in response.content.decode()


def test_a_stranger_is_sent_to_the_log_in(client, db):
    assert client.get("/")["Location"] == "/accounts/login/?next=/"


def test_somebody_deactivated_does_not_come_in(client, account_factory):
    response = log_in(client, account_factory(is_active=False))
    assert response["Location"] == "/accounts/inactive/"


def test_switching_the_practice(client_as, staff, practice, other_practice):
    actor = staff("therapist")
    Membership.objects.create(account_id=actor.account_id, practice=other_practice, roles=["admin"])
    client = client_as(actor)
    assert client.get("/practice/details/").status_code == 403
    assert client.post("/practice/switch/", {"practice": str(other_practice.id)})["Location"] == "/"
    assert client.get("/practice/details/").status_code == 200
    [row] = trail(action="practice.entered")
    assert row.practice_id == other_practice.id


def test_nobody_switches_to_a_practice_that_is_not_theirs(client_as, staff, other_practice):
    client = client_as(staff("therapist"))
    for chosen in (str(other_practice.id), "", "nonsense"):
        assert client.post("/practice/switch/", {"practice": chosen}).status_code == 403


def test_staff_who_are_patients_too_switch_to_their_own_care(
    client_as, staff, patient_factory, other_practice
):
    actor = staff("therapist")
    patient_factory(account_id=actor.account_id, at=other_practice)
    client = client_as(actor)
    assert 'value="self"' in client.get("/account/").content.decode()
    client.post("/practice/switch/", {"practice": "self"})
    assert client.get("/")["Location"] == "/me/"
    back = client.get("/account/").content.decode()
    assert f'value="{actor.practice_id}"' in back
    client.post("/practice/switch/", {"practice": str(actor.practice_id)})
    assert client.get("/")["Location"] == "/today/"


def test_who_is_no_patient_is_not_offered_their_own_care(client_as, staff):
    assert 'value="self"' not in client_as(staff("therapist")).get("/account/").content.decode()


def test_ended_work_ends_the_rights_at_the_next_click(client_as, staff):
    actor = staff("therapist")
    client = client_as(actor)
    assert client.get("/practice/").status_code == 200
    Membership.objects.filter(account_id=actor.account_id).update(active=False)
    assert client.get("/practice/").status_code == 403


def test_a_new_installation_has_no_account(db):
    assert accounts() == []


def test_many_tries_from_one_place_are_stopped_in_words(client, db):
    for number in range(40):
        response = client.post("/accounts/login/", {"login": f"p{number}@example.org", "password": "x"})
        if response.status_code == 429:
            break
    assert response.status_code == 429
    assert "Wait five minutes" in response.content.decode()
