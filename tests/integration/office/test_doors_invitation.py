"""Invitations: with a new log-in or one's own, once, and by one of two at the same time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from tests.people import accounts
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.access.who import patient_actor
from upwell.audit.models import AuditEntry
from upwell.base.clock import now
from upwell.base.errors import NotFound, NotPermitted, StaleState
from upwell.office.doors.actions import accept_with_new_log_in, accept_with_own_log_in
from upwell.office.patients.actions import merge_charts, undo_merge
from upwell.office.practice.actions import invite, invite_patient, revoke_invitation
from upwell.people.models import Invitation, Membership, Patient, PatientInvitation, PatientMerge

pytestmark = pytest.mark.django_db
PASSWORD = "seven slow green boats"
FORM = {"name": "Nia Berg", "password": PASSWORD, "password_again": PASSWORD}


@pytest.fixture
def admin(staff):
    return staff("admin")


def invited(admin, email="nia@example.org", roles=("therapist",)):
    with acting_as(admin):
        return invite(by=admin, email=email, name="Nia Berg", roles=roles)


def test_a_new_person_comes_in(client, admin, practice):
    made = invited(admin)
    page = client.get(made.path)
    assert page.status_code == 200
    assert practice.name in page.content.decode()
    response = client.post(made.path, FORM)
    assert response["Location"] == "/account/?joined"
    [account] = accounts(email="nia@example.org")
    assert account.check_password(PASSWORD)
    assert Membership.objects.get(account=account).roles == ["therapist"]
    assert client.get("/")["Location"] == "/today/"
    assert "make your log-in safer" in client.get("/account/?joined").content.decode()
    with acting_as(system_actor("log-in")):
        row = AuditEntry.objects.get(action="invitation.accepted")
    assert (row.account_id, row.practice_id) == (account.id, practice.id)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"password": "short", "password_again": "short"}, "too short"),
        ({"password_again": "something else entirely"}, "not the same"),
        ({"password": "nia@example.org", "password_again": "nia@example.org"}, "too similar"),
        ({"name": ""}, "required"),
    ],
)
def test_a_weak_or_mistyped_password_is_refused(client, admin, change, says):
    made = invited(admin)
    response = client.post(made.path, FORM | change)
    assert response.status_code == 200
    assert says in response.content.decode()
    assert not accounts(email="nia@example.org")


def test_a_link_works_once(client, admin):
    made = invited(admin)
    assert client.post(made.path, FORM).status_code == 302
    again = Client().post(made.path, FORM)
    assert again.status_code == 410
    assert "already used" in again.content.decode()
    assert client.post(made.path, FORM)["Location"] == "/"  # the same person, sent twice


def test_an_old_link_does_not_work(client, admin):
    made = invited(admin)
    Invitation.objects.update(expires_at=now() - timedelta(seconds=1))
    response = client.get(made.path)
    assert response.status_code == 410
    assert "too old" in response.content.decode()
    with pytest.raises(StaleState):
        accept_with_new_log_in(token=made.token, name="Nia", password=PASSWORD)


def test_a_link_taken_back_does_not_work(client, admin):
    made = invited(admin)
    with acting_as(admin):
        revoke_invitation(by=admin, invitation_id=made.invitation.id)
    response = client.get(made.path)
    assert response.status_code == 410
    assert "taken back" in response.content.decode()


@pytest.mark.parametrize("token", ["x", "a" * 43, "..%2f"])
def test_a_made_up_link_leads_nowhere(client, db, token):
    response = client.get(f"/invitation/{token}/")
    assert response.status_code == 404
    with pytest.raises(NotFound):
        accept_with_new_log_in(token=token, name="Nia", password=PASSWORD)


def test_only_the_hash_of_the_token_is_kept(admin):
    made = invited(admin)
    kept = bytes(Invitation.objects.get().token_sha256)
    assert made.token.encode() not in kept
    assert len(kept) == 32


def test_an_existing_log_in_is_asked_to_sign_in_first(client, admin, account_factory):
    account = account_factory(email="Nia@Example.org")
    made = invited(admin)
    page = client.get(made.path).content.decode()
    assert f"/accounts/login/?next={made.path.replace('/', '%2F')}" in page
    assert client.post(made.path, FORM).status_code == 200  # no second account, no new password
    assert len(accounts(email__iexact=account.email)) == 1
    assert account.memberships.count() == 0


def test_an_existing_log_in_joins(client_as, admin, account_factory):
    account = account_factory(email="nia@example.org")
    made = invited(admin)
    client = client_as(account)
    assert client.get(made.path).status_code == 200
    assert account.memberships.count() == 0  # looking is not accepting
    assert client.post(made.path)["Location"] == "/"
    assert account.memberships.get().roles == ["therapist"]


def test_the_invitation_is_not_for_another_log_in(client_as, admin, account_factory):
    other = account_factory(email="other@example.org")
    made = invited(admin)
    assert client_as(other).post(made.path).status_code == 403
    with pytest.raises(NotPermitted):
        accept_with_own_log_in(token=made.token, account=other)
    assert other.memberships.count() == 0


def test_who_comes_back_has_the_invited_roles_only(admin, account_factory, practice):
    account = account_factory(email="nia@example.org")
    former = Membership.objects.create(account=account, practice=practice, roles=["admin"], active=True)
    made = Invitation.objects.create(
        practice=practice,
        email=account.email,
        name="Nia",
        roles=["monitor"],
        token_sha256=b"x" * 32,
        expires_at=now() + timedelta(days=1),
    )
    former.active = False
    former.save()
    from upwell.office.practice.links import token_hash

    Invitation.objects.filter(id=made.id).update(token_sha256=token_hash("t"))
    accept_with_own_log_in(token="t", account=account)
    former.refresh_from_db()
    assert (former.active, former.roles) == (True, ["monitor"])


def test_a_new_invitation_takes_the_former_one_back(client, admin):
    first, second = invited(admin), invited(admin, email="NIA@example.org")
    assert client.get(first.path).status_code == 410
    assert client.get(second.path).status_code == 200


def test_a_patient_comes_to_their_own_chart(client, staff, patient_factory):
    therapist, patient = staff("therapist"), patient_factory()
    with acting_as(therapist):
        made = invite_patient(by=therapist, patient_id=patient.id, email="alex@example.org")
    assert client.post(made.path, FORM).status_code == 302
    [account] = accounts(email="alex@example.org")
    assert account.memberships.count() == 0
    with acting_as(patient_actor(account.id, account.name)):
        own = Patient.objects.get(account=account)
    assert own.id == patient.id
    assert own.version == patient.version + 1
    assert client.get("/")["Location"] == "/me/"


def test_the_link_follows_a_chart_that_was_joined_to_another(staff, patient_factory, practice):
    prescriber, patient, kept = staff("prescriber"), patient_factory(), patient_factory()
    with acting_as(prescriber):
        made = invite_patient(by=prescriber, patient_id=patient.id, email="alex@example.org")
        Patient.objects.filter(id=patient.id).update(merged_into=kept)
        PatientMerge.objects.create(practice=practice, patient=kept, merged=patient, reason="the same person")
    account = accept_with_new_log_in(token=made.token, name="Alex", password=PASSWORD)
    with acting_as(prescriber):
        assert set(Patient.objects.filter(account=account)) == {kept, patient}
        merge = PatientMerge.objects.get()
        assert merge.account_moved_to == kept.id
        undo_merge(by=prescriber, merge_id=merge.id, reason="two people after all")
        assert list(Patient.objects.filter(account=account)) == [patient]  # who was invited, nobody else


def test_every_chart_of_a_family_is_opened_and_one_taken_by_somebody_else_stops_it(
    staff, patient_factory, account_factory
):
    prescriber, charts = staff("prescriber"), [patient_factory() for _ in range(3)]
    first, second, kept = charts
    with acting_as(prescriber):
        merge_charts(by=prescriber, kept_id=second.id, merged_id=first.id, reason="same")
        merge_charts(by=prescriber, kept_id=kept.id, merged_id=second.id, reason="same")
        made = invite_patient(by=prescriber, patient_id=kept.id, email="alex@example.org")
        Patient.objects.filter(id=first.id).update(account=account_factory())
    with pytest.raises(StaleState):
        accept_with_new_log_in(token=made.token, name="Alex", password=PASSWORD)
    with acting_as(prescriber):
        Patient.objects.filter(id=first.id).update(account=None)
    account = accept_with_new_log_in(token=made.token, name="Alex", password=PASSWORD)
    with acting_as(prescriber):
        assert set(Patient.objects.filter(account=account)) == set(charts)


def test_a_chart_that_has_a_log_in_is_not_taken_over(staff, patient_factory, account_factory):
    therapist, patient = staff("therapist"), patient_factory()
    with acting_as(therapist):
        made = invite_patient(by=therapist, patient_id=patient.id, email="alex@example.org")
        Patient.objects.filter(id=patient.id).update(account=account_factory())
    with pytest.raises(StaleState):
        accept_with_new_log_in(token=made.token, name="Mallory", password=PASSWORD)
    assert not accounts(email="alex@example.org")


def test_invitations_of_patients_are_seen_by_their_practice_only(staff, patient_factory, other_practice):
    therapist, patient = staff("therapist"), patient_factory()
    with acting_as(therapist):
        invite_patient(by=therapist, patient_id=patient.id, email="alex@example.org")
        assert PatientInvitation.objects.count() == 1
    assert PatientInvitation.objects.count() == 0
    for other in (staff("therapist", at=other_practice), staff("researcher")):
        with acting_as(other):
            assert PatientInvitation.objects.count() == 0
