"""The log-in page; in a demo, with its people at one click. And the page for a forgotten password."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView, PasswordResetView
from django.conf import settings
from django.views.generic import RedirectView

from upwell.access.acting import acting_as
from upwell.access.system import Purpose, system_actor
from upwell.office.doors.queries import demo_people


class LogInView(LoginView):
    """The library's log-in page, with the demo's people where there are any."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if settings.DEMO:
            with acting_as(system_actor(Purpose.LOG_IN)):
                context["demo_people"] = demo_people()
        return context


class ForgottenView(PasswordResetView):
    """The library's page for a forgotten password; without a mail server it says whom to ask."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "mail_is_set_up": bool(settings.EMAIL_HOST)}


log_in = LogInView.as_view()
forgotten = ForgottenView.as_view()
to_account = RedirectView.as_view(
    pattern_name="account"
)  # our own page shows what the library's overview would
