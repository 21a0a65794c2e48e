"""Fixtures that make practices, staff and patients, and clients that are signed in as them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import count
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from upwell.access.acting import acting_as
from upwell.access.at_the_door import at_the_door
from upwell.access.sessions import SessionStore
from upwell.access.system import system_actor
from upwell.access.who import staff_actor
from upwell.base.actor import Actor
from upwell.people.models import Account, Membership, Patient, Practice

__all__ = [
    "account_factory",
    "client_as",
    "other_practice",
    "patient_factory",
    "practice",
    "staff",
]
_numbers = count(1)


def account_of(actor: Actor) -> Account:
    """The log-in of somebody who acts."""
    with at_the_door():
        return Account.objects.get(id=actor.account_id)


def accounts(**wanted: Any) -> list[Account]:
    """The log-ins that there are."""
    with at_the_door():
        return list(Account.objects.filter(**wanted))


def reload(account: Account) -> None:
    """What the database says of a log-in now."""
    with at_the_door():
        account.refresh_from_db()


def make_account(email: str, password: str | None = None, **fields: Any) -> Account:
    """A log-in, made where no fixture can make it."""
    with at_the_door():
        return Account.objects.create_user(email, password, **fields)


@pytest.fixture
def practice(db: None) -> Practice:
    return Practice.objects.create(name="Harbor Clinic", time_zone="America/Chicago")


@pytest.fixture
def other_practice(db: None) -> Practice:
    return Practice.objects.create(name="Tidewater Therapy", time_zone="America/New_York")


@pytest.fixture
def account_factory(db: None) -> Callable[..., Account]:
    """Makes log-ins with the password ``correct horse battery``."""

    def make(name: str = "Robin Doe", **fields: Any) -> Account:
        email = fields.pop("email", f"person{next(_numbers)}@example.org")
        return make_account(email, "correct horse battery", name=name, **fields)

    return make


@pytest.fixture
def staff(practice: Practice, account_factory: Callable[..., Account]) -> Callable[..., Actor]:
    """``staff("prescriber")`` makes a member of staff and returns the actor."""

    def make(*roles: str, at: Practice = practice, name: str = "") -> Actor:
        account = account_factory(name or f"Sam {roles[0].title()}")
        membership = Membership.objects.create(account=account, practice=at, roles=list(roles))
        return staff_actor(membership, account.name)

    return make


@pytest.fixture
def patient_factory(practice: Practice) -> Callable[..., Patient]:
    """Makes a chart; ``at`` names the practice, ``account`` the patient's log-in."""

    def make(family_name: str = "Rivera", given_names: str = "Alex", **fields: Any) -> Patient:
        home = fields.pop("at", practice)
        fields.setdefault("birth_date", date(1980, 5, 2))
        fields.setdefault("record_number", f"T-{next(_numbers):06d}")
        with acting_as(system_actor("set-up", home.id)):
            return Patient.objects.create(
                practice=home, family_name=family_name, given_names=given_names, **fields
            )

    return make


@pytest.fixture
def client_as(client: Client) -> Callable[[Actor | Account], Client]:
    """A browser that is signed in as this person; the door itself, and what it notes, has tests of its own."""

    def sign_in(person: Actor | Account) -> Client:
        account = person if isinstance(person, Account) else account_of(person)
        session = SessionStore()
        session[SESSION_KEY] = str(account.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = account.get_session_auth_hash()
        session.save()
        own = Client()
        own.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        return own

    return sign_in
