"""Staff: invited, given roles, ended and taken back; and the last admin stays."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.apps import apps
from django.core import mail

from tests.people import account_of, accounts
from upwell.access.acting import acting_as
from upwell.access.at_the_door import at_the_door
from upwell.access.kept import COOKIE
from upwell.access.system import system_actor
from upwell.audit.models import AuditEntry
from upwell.base.errors import BadInput, NotFound, NotPermitted, RefusedByRule
from upwell.office.practice.actions import (
    create_practice,
    create_user,
    end_membership,
    invite,
    restore_membership,
    set_roles,
)
from upwell.office.practice.rules import Staffing, leaves_no_admin
from upwell.people.models import Account, Invitation, Membership

pytestmark = pytest.mark.django_db
INVITE = {"name": "Nia Berg", "email": "nia@example.org", "roles": ["therapist", "monitor"]}


def membership(actor):
    return Membership.objects.get(account_id=actor.account_id, practice_id=actor.practice_id)


# who works here before | what changes | is the practice left without an admin?
LAST_ADMIN = [
    ("a admin, b therapist", "a therapist", True),
    ("a admin, b therapist", "a ended", True),
    ("a admin, b therapist", "a admin therapist", False),
    ("a admin, b therapist", "b ended", False),
    ("a admin, b admin", "a ended", False),
    ("a admin, b admin", "a monitor", False),
    ("a admin, b admin ended", "a ended", True),  # who was ended does not count
    ("a admin, b admin ended", "b", False),  # b is taken back
    ("b therapist", "b ended", False),  # there was none before
]


@pytest.mark.parametrize(("before", "change", "refused"), LAST_ADMIN)
def test_the_last_admin_stays(before, change, refused):
    ids = {"a": UUID(int=1), "b": UUID(int=2)}

    def read(text):
        who, *words = text.split()
        return Staffing(ids[who], frozenset(words) - {"ended"}, "ended" not in words)

    staff = [read(part.strip()) for part in before.split(",")]
    assert leaves_no_admin(staff, read(change)) is refused


def test_the_page_says_so(client_as, staff):
    admin = staff("admin", "therapist", name="Ada Lund")
    own = membership(admin)
    client = client_as(admin)
    response = client.post(f"/practice/staff/{own.id}/", {"roles": ["therapist"]})
    assert "Ada Lund is the practice&#x27;s last admin" in response.content.decode()
    response = client.post(f"/practice/staff/{own.id}/end/", follow=True)
    assert "Ada Lund is the practice&#x27;s last admin" in response.content.decode()
    own.refresh_from_db()
    assert (own.active, own.roles) == (True, ["admin", "therapist"])


def test_an_admin_whose_log_in_is_closed_does_not_count(staff):
    admin, other = staff("admin"), staff("admin")
    with at_the_door():
        Account.objects.filter(id=other.account_id).update(is_active=False)
    with acting_as(admin), pytest.raises(RefusedByRule):
        end_membership(by=admin, membership_id=membership(admin).id)


def test_inviting_shows_the_link_once(client_as, staff):
    client = client_as(staff("admin"))
    answer = client.post("/practice/staff/invite/", INVITE)
    assert COOKIE not in answer.cookies  # it is stored: nothing is said to wait for being sent again
    page = answer.content.decode()
    link = re.search(r'value="http://testserver(/invitation/[\w-]+/)"', page)
    assert link
    assert client.get(link[1]).status_code == 403  # signed in as somebody else
    assert link[1] not in client.get("/practice/staff/").content.decode()
    assert Invitation.objects.get().roles == ["monitor", "therapist"]
    assert mail.outbox == []  # no mail server is set up


def test_inviting_mails_the_link_where_mail_is_set_up(client_as, staff, settings, practice):
    settings.EMAIL_HOST = "mail.example.org"
    page = client_as(staff("admin")).post("/practice/staff/invite/", INVITE).content.decode()
    [message] = mail.outbox
    assert message.to == ["nia@example.org"]
    assert practice.name in message.subject
    assert re.search(r"http://testserver/invitation/[\w-]+/", message.body)[0] in page


def test_a_mail_server_that_fails_is_told(client_as, staff, settings):
    settings.EMAIL_HOST = "mail.example.org"
    settings.EMAIL_BACKEND = "tests.integration.office.test_practice_staff.FailingMail"
    page = client_as(staff("admin")).post("/practice/staff/invite/", INVITE).content.decode()
    assert "could not be sent" in page
    assert "/invitation/" in page


class FailingMail:
    def __init__(self, **_options):
        pass

    def send_messages(self, _messages):
        raise OSError("no route to host")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"email": "not an address"}, "valid email"),
        ({"email": ""}, "required"),
        ({"name": "  "}, "required"),
        ({"roles": []}, "at least one role"),
        ({"roles": ["patient"]}, "not one of the available choices"),
        ({"roles": ["owner"]}, "not one of the available choices"),
    ],
)
def test_an_invitation_that_makes_no_sense_is_refused(client_as, staff, change, says):
    page = client_as(staff("admin")).post("/practice/staff/invite/", INVITE | change).content.decode()
    assert says in page
    assert Invitation.objects.count() == 0


@pytest.mark.parametrize("roles", [[], ["patient"], ["owner"]])
def test_nor_from_the_command_line(staff, roles):
    admin = staff("admin")
    with acting_as(admin), pytest.raises(BadInput):
        invite(by=admin, email="nia@example.org", name="Nia", roles=roles)


def test_who_works_here_already_is_not_invited_again(client_as, staff):
    admin, therapist = staff("admin"), staff("therapist", name="Tom Reed")
    email = account_of(therapist).email.upper()
    client = client_as(admin)
    page = client.post("/practice/staff/invite/", INVITE | {"email": email}).content.decode()
    assert "Tom Reed works here already" in page
    Membership.objects.filter(account_id=therapist.account_id).update(active=False)
    page = client.post("/practice/staff/invite/", INVITE | {"email": email}).content.decode()
    assert "Tom Reed worked here before" in page


def test_roles_change_with_history_and_trail(client_as, staff):
    admin, therapist = staff("admin"), staff("therapist")
    own = membership(therapist)
    client = client_as(admin)
    assert client.post(f"/practice/staff/{own.id}/", {"roles": ["prescriber"]}).status_code == 302
    own.refresh_from_db()
    assert (own.roles, own.updated_by_id) == (["prescriber"], admin.account_id)
    event = apps.get_model("people", "MembershipEvent")
    assert event.objects.get(pgh_obj_id=own.id).roles == ["therapist"]
    with acting_as(system_actor("log-in")):
        row = AuditEntry.objects.get(action="membership.roles-changed")
    assert row.detail == {
        "account": str(therapist.account_id),
        "before": ["therapist"],
        "after": ["prescriber"],
    }


def test_ending_and_taking_back(client_as, staff):
    admin, therapist = staff("admin"), staff("therapist", name="Tom Reed")
    own = membership(therapist)
    client = client_as(admin)
    client.post(f"/practice/staff/{own.id}/end/")
    page = client.get("/practice/staff/").content.decode()
    assert "Worked here before" in page
    client.post(f"/practice/staff/{own.id}/restore/")
    own.refresh_from_db()
    assert (own.active, own.roles) == (True, ["therapist"])


def test_another_practices_staff_can_not_be_touched(staff, other_practice):
    admin, stranger = staff("admin"), staff("admin", "therapist", at=other_practice)
    theirs = membership(stranger)
    with acting_as(admin):
        for act in (end_membership, restore_membership):
            with pytest.raises(NotFound):
                act(by=admin, membership_id=theirs.id)
        with pytest.raises(NotFound):
            set_roles(by=admin, membership_id=theirs.id, roles=["monitor"])


@pytest.mark.parametrize("role", ["therapist", "prescriber", "monitor", "researcher"])
def test_only_an_admin_manages(staff, role):
    admin, actor = staff("admin"), staff(role)
    with acting_as(actor):
        with pytest.raises(NotPermitted):
            invite(by=actor, email="nia@example.org", name="Nia", roles=["admin"])
        with pytest.raises(NotPermitted):
            set_roles(by=actor, membership_id=membership(actor).id, roles=["admin"])
        with pytest.raises(NotPermitted):
            end_membership(by=actor, membership_id=membership(admin).id)


def test_the_first_admin_comes_by_the_command_line(client, db):
    operator = system_actor("set-up")
    with acting_as(operator):
        practice = create_practice(
            by=operator, name="New Clinic", time_zone="Europe/Berlin", jurisdiction="EU"
        )
        made = create_user(
            by=operator, email="Ada@Example.org", name="Ada Lund", practice_id=practice.id, roles=["admin"]
        )
    assert accounts() == []  # nobody's account exists before the link is used
    form = {"name": "Ada Lund", "password": "seven slow boats", "password_again": "seven slow boats"}
    assert client.post(made.path, form).status_code == 302
    assert client.get("/practice/staff/").status_code == 200
    assert [account.email for account in accounts()] == ["ada@example.org"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"name": " "}, "name"),
        ({"time_zone": "Middle/Earth"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"jurisdiction": "MOON"}, "jurisdiction"),
        ({"owner": "me"}, "owner"),
    ],
)
def test_a_practice_that_makes_no_sense_is_refused(db, change, path):
    operator = system_actor("set-up")
    with acting_as(operator), pytest.raises(BadInput) as refusal:
        create_practice(by=operator, **({"name": "New Clinic"} | change))
    assert refusal.value.path == path


def test_practices_are_not_made_by_staff(staff):
    admin = staff("admin")
    with acting_as(admin), pytest.raises(NotPermitted):
        create_practice(by=admin, name="Mine")
