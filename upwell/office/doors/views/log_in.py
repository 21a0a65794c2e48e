"""The log-in page; in a demo, with its people at one click."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from django.conf import settings

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


log_in = LogInView.as_view()
