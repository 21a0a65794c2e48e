"""The doors: log-in, one's own log-in, invitations, the demo, the start page."""

from __future__ import annotations

import allauth.account.urls
import allauth.mfa.urls
from django.urls import include, path

from upwell.office.doors import views
from upwell.office.doors.library import only_declared

OURS = {
    "account_login": views.log_in,
    "account_reset_password": views.forgotten,
    "mfa_index": views.to_account,
    "mfa_add_webauthn": views.add_passkey,
}

urlpatterns = [
    path("", views.home, name="home"),
    path("practice/switch/", views.practice_switch, name="practice_switch"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("demo/enter/", views.demo_enter, name="demo_enter"),
    path("account/", views.account, name="account"),
    path("accounts/", include(only_declared(allauth.account.urls.urlpatterns, **OURS))),
    path("accounts/2fa/", include(only_declared(allauth.mfa.urls.urlpatterns, **OURS))),
]
