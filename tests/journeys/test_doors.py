"""Coming in: by invitation, with a passkey from a virtual authenticator, with an app's codes; and what goes wrong."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

from tests.journeys.conftest import DESK, PHONE

PASSWORD = "seven slow green boats"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def named(visitor):
    """Passkeys belong to a name: the same server, not by its number."""
    visitor.url = visitor.url.replace("127.0.0.1", "localhost")
    return visitor


def invited(visitor) -> str:
    """An admin invites somebody; the link as it is shown."""
    admin = named(visitor("admin"))
    admin.enter_as("Nora Beck")
    page = admin.open("/practice/staff/invite/")
    page.get_by_label("Name").fill("Nia Berg")
    page.get_by_label("E-mail address").fill(f"nia{time.time_ns()}@example.org")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Make the invitation").click()
    link = page.get_by_label("The link").input_value()
    admin.check("invited")
    admin.open("/practice/staff/")
    admin.check("staff")
    return str(link)


@pytest.fixture
def newcomer(visitor):
    """Somebody who has just accepted an invitation, with a passkey device in reach."""
    link = invited(visitor)
    person = named(visitor("newcomer", PHONE))
    page = person.open("/" + link.split("/", 3)[3])
    person.check("invitation")
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Accept and go on").click()
    page.wait_for_url("**/account/**")
    person.check("account-first")
    device = person.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return person


def sign_out(person):
    page = person.open("/accounts/logout/")
    person.check("sign-out")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/")
    return page


def test_a_passkey_lets_in_without_the_password(newcomer):
    page = newcomer.page
    page.get_by_role("link", name="Add a passkey").first.click()
    page.wait_for_url("**/webauthn/add/")  # the password was chosen a moment ago: not asked again
    newcomer.check("passkey-add")
    page.get_by_role("button", name="Add it now").click()
    page.wait_for_url("**/recovery-codes/")
    newcomer.check("recovery-codes")
    newcomer.open("/accounts/2fa/webauthn/")
    newcomer.check("passkeys")
    page = sign_out(newcomer)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/today/")
    newcomer.open("/account/")
    newcomer.check("account-with-passkey")
    newcomer.open("/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Remove").first.click()
    newcomer.check("is-it-you")
    page.get_by_role("link", name="Use a passkey").click()
    page.wait_for_load_state()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/remove/")
    newcomer.check("passkey-remove")
    page.get_by_role("button", name="Remove it").click()
    page.wait_for_url("**/webauthn/")
    assert page.get_by_text("You have none yet.").is_visible()


def test_an_app_is_asked_for_its_code(newcomer):
    page = newcomer.open("/accounts/2fa/totp/activate/")
    newcomer.check("app")
    secret = page.get_by_label("The secret").input_value()
    page.get_by_label("code").fill(code_of(secret))
    page.get_by_role("button", name="Start using the app").click()
    page.wait_for_load_state()
    email = newcomer.open("/account/").locator(".page__lede").inner_text()
    page = sign_out(newcomer)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/2fa/authenticate/")
    newcomer.check("one-more-step")
    page.get_by_label("Code").fill("12345")
    page.get_by_role("button", name="Sign in").click()
    assert page.get_by_text("Incorrect code").first.is_visible()
    newcomer.check("one-more-step-wrong")


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def test_an_address_of_numbers_is_told_where_passkeys_work(visitor):
    person = visitor("someone", DESK)
    page = person.open("/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    words = page.get_by_role("alert").inner_text()
    assert "do not work at an address made of numbers" in words
    assert "http://localhost:" in words
    person.check("passkey-by-number")


def test_a_passkey_that_fails_is_told_in_words(visitor):
    person = named(visitor("someone", PHONE))
    page = person.open("/accounts/login/")
    device = person.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = AUTHENTICATOR | {"isUserVerified": False}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.get_by_role("button", name="Use a passkey").click()
    assert "did not work" in page.get_by_role("alert").inner_text()
    person.check("passkey-failed")


def test_a_member_of_staff_and_a_chair(visitor):
    admin = visitor("admin", PHONE)
    admin.enter_as("Nora Beck")
    for path in ("/practice/staff/", "/practice/chairs/"):
        page = admin.open(path)
        page.get_by_role("main").get_by_role("link", name="Luis Ortega").or_(
            page.get_by_role("main").get_by_role("link", name="Room with the bed")
        ).first.click()
        page.wait_for_url(lambda address, path=path: not address.endswith(path))
        admin.check("admin-one-" + path.strip("/").rpartition("/")[2])
