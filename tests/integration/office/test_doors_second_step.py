"""Codes, recovery codes and new passwords. Passkeys need a browser: see the journeys."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.test import Client

from tests.people import account_of, make_account, reload
from upwell.access.acting import acting_as
from upwell.access.at_the_door import at_the_door
from upwell.access.system import system_actor
from upwell.audit.models import AuditEntry
from upwell.base.errors import NotFound, NotPermitted
from upwell.office.doors.actions import password_link
from upwell.office.doors.second_steps import SEALED, forget_codes, seal_open_ones, unseal

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
NEW = "seven slow green boats"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def account(staff):
    return account_of(staff("therapist"))


def actions():
    with acting_as(system_actor("log-in")):
        return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


def code(secret: str) -> str:
    """RFC 6238, by hand."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def set_up_app(client):
    """Through the page that asks for the password once more, then the one with the secret."""
    path = "/accounts/2fa/totp/activate/"
    asked = client.get(path)
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert "Is it you?" in client.get(asked["Location"]).content.decode()
    assert client.post(asked["Location"], {"password": PASSWORD})["Location"] == path
    page = client.get(path).content.decode()
    assert "data:image/svg+xml" in page
    secret = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', page)[1]
    assert client.post(path, {"code": code(secret)}).status_code == 302
    return secret


def test_an_app_is_asked_for_after_the_password(
    client, client_as, account, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        secret = set_up_app(client_as(account))
    with at_the_door():
        assert Authenticator.objects.filter(user=account, type="totp").count() == 1
    asked = client.post("/accounts/login/", {"login": account.email, "password": PASSWORD})
    assert asked["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/patients/").status_code == 302  # not in yet
    page = client.get("/accounts/2fa/authenticate/").content.decode()
    assert "Use a passkey" not in page  # there is none
    assert "Lost them all?" in page
    wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "Incorrect code" in wrong.content.decode()
    cache.clear()  # a code works once; let this one count as a new one
    client.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    assert client.get("/account/").status_code == 200
    assert {"second-step.added", "log-in", "log-in.second-step-failed"} <= set(actions())


def test_a_recovery_code_lets_in_once(client, client_as, account):
    signed_in = client_as(account)
    set_up_app(signed_in)
    page = signed_in.get("/accounts/2fa/recovery-codes/").content.decode()
    codes = re.findall(r"<code>(\d{8})</code>", page)
    assert len(codes) == 10
    for expected in (302, 200):
        client.post("/accounts/login/", {"login": account.email, "password": PASSWORD})
        cache.clear()
        response = client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert response.status_code == expected
        client.post("/accounts/logout/")


def stored_secrets(account) -> list[str]:
    with at_the_door():
        rows = Authenticator.objects.filter(user=account).order_by("type").values_list("data", flat=True)
        return [row.get("seed") or row["secret"] for row in rows]


def test_secrets_are_stored_sealed(client_as, account):
    secret = set_up_app(client_as(account))
    seed, sealed = stored_secrets(account)
    assert sealed.startswith(SEALED)
    assert seed.startswith(SEALED)
    assert secret not in sealed
    assert unseal(sealed) == secret


def test_what_was_stored_open_still_works_and_is_sealed_once(client, client_as, account):
    secret = set_up_app(client_as(account))
    with at_the_door():
        Authenticator.objects.filter(user=account, type="totp").update(data={"secret": secret})
    assert stored_secrets(account)[1] == secret
    client.post("/accounts/login/", {"login": account.email, "password": PASSWORD})
    cache.clear()
    client.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    assert client.get("/account/").status_code == 200
    assert seal_open_ones() == 1
    assert seal_open_ones() == 0
    assert unseal(stored_secrets(account)[1]) == secret


def test_under_another_key_the_page_says_so_and_the_operator_helps(client, client_as, account, settings):
    secret = set_up_app(client_as(account))
    settings.SECRET_KEY = "another installation"
    client.post("/accounts/login/", {"login": account.email, "password": PASSWORD})
    cache.clear()
    page = client.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    assert page.status_code == 503
    assert "another key" in page.content.decode()
    by = system_actor("set-up")
    assert forget_codes(by=by, email=account.email) == 2
    assert forget_codes(by=by, email=account.email) == 0
    assert actions().count("second-step.removed") == 1
    again = Client()
    came_in = again.post("/accounts/login/", {"login": account.email, "password": PASSWORD})
    assert came_in["Location"] == "/", came_in
    assert again.get("/account/").status_code == 200


def test_only_the_operator_takes_codes_away(account):
    with at_the_door() as by, pytest.raises(NotPermitted):
        forget_codes(by=by, email=account.email)
    with pytest.raises(NotFound):
        forget_codes(by=system_actor("set-up"), email="nobody@example.org")


def test_the_app_is_given_up(client_as, account):
    client = client_as(account)
    set_up_app(client)
    assert client.post("/accounts/2fa/totp/deactivate/").status_code == 302
    with at_the_door():
        assert not Authenticator.objects.filter(user=account).exists()
    assert "second-step.removed" in actions()


def test_a_password_is_changed(client_as, account):
    client = client_as(account)
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post("/accounts/password/change/", form)["Location"] == "/account/"
    reload(account)
    assert account.check_password(NEW)
    assert "password.changed" in actions()
    assert client.get("/account/").status_code == 200  # still signed in here


def test_a_forgotten_password_by_mail(client, account, settings):
    settings.EMAIL_HOST = "mail.example.org"
    client.post("/accounts/password/reset/", {"email": account.email})
    [message] = mail.outbox
    assert message.subject.startswith("[Upwell]")
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", message.body)[1]
    form_at = client.get(link)["Location"]
    assert client.post(form_at, {"password1": NEW, "password2": NEW}).status_code == 302
    reload(account)
    assert account.check_password(NEW)
    assert "password.reset" in actions()


def test_strangers_get_no_mail_and_learn_nothing(client, db, settings):
    settings.EMAIL_HOST = "mail.example.org"
    response = client.post("/accounts/password/reset/", {"email": "stranger@example.org"})
    assert response["Location"] == "/accounts/password/reset/done/"
    assert mail.outbox == []


def test_without_mail_the_page_says_whom_to_ask(client, db):
    page = client.get("/accounts/password/reset/").content.decode()
    assert "sends no mail" in page
    assert '<input type="email"' not in page


def test_the_operator_hands_a_link_over(client, account):
    operator = system_actor("set-up")
    with acting_as(operator):
        link = password_link(by=operator, email=account.email.upper())
    form_at = client.get(link)["Location"]
    page = client.get(form_at).content.decode()
    assert all(
        words in page for words in ("The new password", "The same password again", "At least 12 characters")
    )
    done = client.post(form_at, {"password1": NEW, "password2": NEW}, follow=True).content.decode()
    assert "Sign in with it" in done
    reload(account)
    assert account.check_password(NEW)
    assert "can't be used any more" in client.get(link, follow=True).content.decode()  # it works once


def test_nobody_else_makes_such_links(staff, account, db):
    admin = staff("admin")
    with acting_as(admin), pytest.raises(NotPermitted):
        password_link(by=admin, email=account.email)
    demo = make_account("maya@harbor.invalid", None, name="Maya", is_demo=True)
    operator = system_actor("set-up")
    with acting_as(operator):
        for email in (demo.email, "stranger@example.org"):
            with pytest.raises(NotFound):
                password_link(by=operator, email=email)


def test_name_and_language_are_changed(client_as, account):
    client = client_as(account)
    response = client.post("/account/", {"name": "Robin R. Doe", "language": "en"})
    assert response.cookies["django_language"].value == "en"
    reload(account)
    assert account.name == "Robin R. Doe"
    with acting_as(system_actor("log-in")):
        assert AuditEntry.objects.get(action="account.changed").detail["fields"][0] == "name"


@pytest.mark.parametrize("form", [{"name": "", "language": "en"}, {"name": "Robin", "language": "tlh"}])
def test_what_makes_no_sense_is_refused(client_as, account, form):
    before = account.name
    assert client_as(account).post("/account/", form).status_code == 200
    reload(account)
    assert account.name == before
