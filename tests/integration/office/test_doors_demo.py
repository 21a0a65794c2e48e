"""One click into the demo; and outside the demo, no such door."""

from __future__ import annotations

import pytest

from tests.people import accounts, make_account, reload
from upwell.access.acting import acting_as
from upwell.access.at_the_door import at_the_door
from upwell.access.system import system_actor
from upwell.audit.models import AuditEntry
from upwell.base.errors import NotPermitted
from upwell.office.practice.actions.demo import add_demo_person
from upwell.people.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo_person(practice):
    account = make_account("robin@harbor.invalid", None, name="Robin Vale", is_demo=True)
    Membership.objects.create(account=account, practice=practice, roles=["therapist"])
    return account


@pytest.fixture
def demo_patient(patient_factory):
    account = make_account("maya@harbor.invalid", None, name="Maya Ferreira", is_demo=True)
    patient_factory("Ferreira", "Maya", account=account)
    return account


def test_the_log_in_page_offers_the_demo_people(client, settings, demo_person, demo_patient, practice):
    settings.DEMO = True
    page = client.get("/accounts/login/").content.decode()
    for words in (practice.name, "Robin Vale", "Therapist", "Maya Ferreira", "Patient"):
        assert words in page
    assert page.index("Maya Ferreira") < page.index("Robin Vale")  # in the order of the rulebook


def test_one_click_enters(client, settings, demo_person):
    settings.DEMO = True
    assert client.post("/demo/enter/", {"person": str(demo_person.id)})["Location"] == "/"
    assert client.get("/")["Location"] == "/today/"
    with acting_as(system_actor("log-in")):
        assert AuditEntry.objects.get(action="log-in").account_id == demo_person.id


def test_one_click_leads_back_to_the_page_whose_log_in_had_ended(client, settings, demo_person):
    settings.DEMO = True
    assert (
        '<input type="hidden" name="next" value="/tasks/">'
        in client.get("/tasks/", follow=True).content.decode()
    )
    sent = {"person": str(demo_person.id), "next": "/tasks/"}
    assert client.post("/demo/enter/", sent)["Location"] == "/tasks/"
    assert client.post("/demo/enter/", sent | {"next": "https://elsewhere.example/"})["Location"] == "/"


def test_from_one_demo_person_to_another(client, settings, demo_person, demo_patient):
    settings.DEMO = True
    client.post("/demo/enter/", {"person": str(demo_person.id)})
    client.post("/demo/enter/", {"person": str(demo_patient.id)})
    assert client.get("/")["Location"] == "/me/"


def test_outside_the_demo_there_is_no_such_door(client, settings, demo_person):
    settings.DEMO = False
    page = client.get("/accounts/login/").content.decode()
    assert "Robin Vale" not in page
    assert "demo" not in page.lower()
    assert client.post("/demo/enter/", {"person": str(demo_person.id)}).status_code == 404
    assert client.get("/")["Location"].startswith("/accounts/login/")


def test_nor_does_a_demo_person_come_in_by_password(client, settings, demo_person):
    settings.DEMO = False
    demo_person.set_password("correct horse battery")
    with at_the_door():
        demo_person.save()
    response = client.post(
        "/accounts/login/", {"login": demo_person.email, "password": "correct horse battery"}
    )
    assert response["Location"] == "/accounts/inactive/"


@pytest.mark.parametrize("named", ["", "x", "00000000-0000-0000-0000-000000000000", "real"])
def test_only_demo_people_can_be_entered_as(client, settings, account_factory, named):
    settings.DEMO = True
    person = str(account_factory().id) if named == "real" else named
    assert client.post("/demo/enter/", {"person": person}).status_code == 404
    assert client.get("/")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    "path", ["/accounts/password/change/", "/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/"]
)
def test_demo_people_stay_as_they_are(client_as, settings, demo_person, path):
    settings.DEMO = True
    client = client_as(demo_person)
    assert client.get("/account/").status_code == 200
    assert client.get(path).status_code == 403
    assert client.post("/account/", {"name": "Mallory", "language": "en"}).status_code == 403
    reload(demo_person)
    assert demo_person.name == "Robin Vale"


def test_no_demo_person_comes_into_a_real_practice(practice, staff):
    admin = staff("admin")
    with acting_as(admin), pytest.raises(NotPermitted):
        add_demo_person(by=admin, email="x@example.invalid", name="X", role="admin")
    demo = system_actor("demo", practice.id)
    with acting_as(demo), pytest.raises(NotPermitted):
        add_demo_person(by=demo, email="x@example.invalid", name="X", role="admin")
    assert not accounts(is_demo=True)
