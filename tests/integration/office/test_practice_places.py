"""The practice's details, its chairs, and inviting its patients."""

from __future__ import annotations

import re

import pytest
from django.apps import apps

from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.audit.models import AuditEntry
from upwell.base.errors import BadInput, NotFound, RefusedByRule, StaleState
from upwell.office.doors.actions import accept_with_new_log_in
from upwell.office.practice.actions import (
    add_chair,
    change_chair,
    change_details,
    create_practice,
    create_user,
    invite_patient,
    retire_chair,
    revoke_patient_invitation,
)
from upwell.people.models import Chair, Patient, PatientInvitation, Practice

pytestmark = pytest.mark.django_db
DETAILS = {
    "name": "Harbor Clinic",
    "phone": "312-555-0100",
    "crisis_line": "",
    "staffed_hours": "Monday to Friday, 8 am to 6 pm",
    "time_zone": "America/Chicago",
    "jurisdiction": "US",
}


def test_details_are_changed_with_history_and_trail(client_as, staff, practice):
    assert client_as(staff("admin")).post("/practice/details/", DETAILS).status_code == 302
    practice.refresh_from_db()
    assert practice.phone == "312-555-0100"
    event = apps.get_model("people", "PracticeEvent")
    assert [e.phone for e in event.objects.filter(pgh_obj_id=practice.id)] == [""]
    with acting_as(system_actor("log-in")):
        row = AuditEntry.objects.get(action="practice.changed")
    assert row.detail == {"fields": ["phone", "staffed_hours"]}


@pytest.mark.parametrize("change", [{"name": ""}, {"time_zone": "Mars/Base"}, {"jurisdiction": "MOON"}])
def test_details_that_make_no_sense_are_refused(client_as, staff, practice, change):
    client_as(staff("admin")).post("/practice/details/", DETAILS | change)
    practice.refresh_from_db()
    assert (practice.name, practice.phone) == ("Harbor Clinic", "")


def test_counting_record_numbers_writes_no_history(practice):
    Practice.objects.filter(id=practice.id).update(next_record_number=7)
    assert apps.get_model("people", "PracticeEvent").objects.count() == 0


def test_details_of_another_practice_stay(staff, practice, other_practice):
    admin = staff("admin")
    with acting_as(admin):
        change_details(by=admin, name="Mine")
    other_practice.refresh_from_db()
    assert other_practice.name == "Tidewater Therapy"


def test_a_name_from_the_command_line_is_tidied_or_too_long(practice):
    by = system_actor("set-up")
    with acting_as(by):
        made = create_practice(by=by, name=" Quay\x1b[31m\u202e  Clinic ")
        assert made.name == "Quay [31m Clinic"
        invited = create_user(
            by=by, email="a@example.org", name="A\x1b\tB", practice_id=made.id, roles=["admin"]
        )
        assert invited.invitation.name == "A B"
        with pytest.raises(BadInput, match="200"):
            create_practice(by=by, name="x" * 201)
        with pytest.raises(BadInput, match="200"):
            create_user(by=by, email="b@example.org", name="x" * 201, practice_id=made.id, roles=["admin"])


def test_a_chair_is_added_renamed_and_retired(client_as, staff, practice):
    client = client_as(staff("admin"))
    client.post("/practice/chairs/new/", {"name": "By the window", "note": ""})
    chair = Chair.objects.get()
    client.post(f"/practice/chairs/{chair.id}/", {"name": "Window", "note": "reclines fully"})
    chair.refresh_from_db()
    assert (chair.name, chair.note, chair.active) == ("Window", "reclines fully", True)
    client.post(f"/practice/chairs/{chair.id}/retire/")
    assert "Out of use" in client.get("/practice/chairs/").content.decode()
    client.post(f"/practice/chairs/{chair.id}/restore/")
    chair.refresh_from_db()
    assert chair.active
    with acting_as(system_actor("log-in")):
        actions = AuditEntry.objects.filter(action__startswith="chair.").order_by("id")
        assert [a.action for a in actions] == [
            "chair.added",
            "chair.changed",
            "chair.retired",
            "chair.restored",
        ]


def test_a_name_is_taken_once_per_practice(client_as, staff, other_practice):
    admin, other = staff("admin"), staff("admin", at=other_practice)
    with acting_as(admin):
        add_chair(by=admin, name="Window")
    with acting_as(other):
        add_chair(by=other, name="Window")
    page = client_as(admin).post("/practice/chairs/new/", {"name": "WINDOW", "note": ""}).content.decode()
    assert "a chair of that name already" in page
    assert Chair.objects.count() == 2


def test_another_practices_chair_can_not_be_touched(staff, other_practice):
    admin, other = staff("admin"), staff("admin", at=other_practice)
    with acting_as(other):
        chair = add_chair(by=other, name="Window")
    with acting_as(admin):
        with pytest.raises(NotFound):
            retire_chair(by=admin, chair_id=chair.id)
        with pytest.raises(NotFound):
            change_chair(by=admin, chair_id=chair.id, name="Mine")
        with pytest.raises(BadInput):
            add_chair(by=admin, name="  ")


def test_inviting_a_patient_shows_the_link_once(client_as, staff, patient_factory):
    patient = patient_factory()
    client = client_as(staff("therapist"))
    path = f"/patients/{patient.id}/invite/"
    page = client.post(path, {"email": "Alex@Example.org"}).content.decode()
    assert re.search(r'value="http://testserver/invitation/[\w-]+/"', page)
    waiting = client.get(path).content.decode()
    assert "alex@example.org" in waiting
    assert "/invitation/" not in waiting


def test_a_patients_invitation_is_taken_back(client, client_as, staff, patient_factory):
    therapist, patient = staff("therapist"), patient_factory()
    with acting_as(therapist):
        made = invite_patient(by=therapist, patient_id=patient.id, email="alex@example.org")
    path = f"/patients/{patient.id}/invite/{made.invitation.id}/revoke/"
    assert client_as(therapist).post(path).status_code == 302
    assert client.get(made.path).status_code == 410


def test_an_accepted_invitation_is_not_taken_back(staff, patient_factory):
    therapist, patient = staff("therapist"), patient_factory()
    with acting_as(therapist):
        made = invite_patient(by=therapist, patient_id=patient.id, email="alex@example.org")
    accept_with_new_log_in(token=made.token, name="Alex", password="seven slow boats")
    with acting_as(therapist), pytest.raises(StaleState):
        revoke_patient_invitation(by=therapist, patient_id=patient.id, invitation_id=made.invitation.id)


@pytest.mark.parametrize("closed", [{"deceased": True}, {"entered_in_error": True}, {"account": True}])
def test_nobody_is_invited_to_a_closed_chart(staff, patient_factory, account_factory, closed):
    therapist = staff("therapist")
    patient = patient_factory(**({"account": account_factory()} if "account" in closed else closed))
    with acting_as(therapist), pytest.raises(RefusedByRule):
        invite_patient(by=therapist, patient_id=patient.id, email="alex@example.org")


def test_another_practices_patient_can_not_be_invited(client_as, staff, patient_factory, other_practice):
    patient = patient_factory(at=other_practice)
    response = client_as(staff("therapist")).post(
        f"/patients/{patient.id}/invite/", {"email": "m@example.org"}
    )
    assert response.status_code == 404
    with acting_as(system_actor("log-in")):
        assert PatientInvitation.objects.count() == 0
        assert Patient.objects.get(id=patient.id).account_id is None
