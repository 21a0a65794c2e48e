"""One click into the demo, as one of its people."""

from __future__ import annotations

from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from upwell.access.at_the_door import at_the_door
from upwell.access.declare import requires
from upwell.base.errors import NotFound
from upwell.people.models import Account


@require_POST
@requires("demo.enter")
def demo_enter(request: HttpRequest) -> HttpResponse:
    """Sign in as a demo person. Outside the demo this page does not exist."""
    with at_the_door():
        account = _demo_account(request.POST.get("person", "")) if settings.DEMO else None
        if account is None:
            raise NotFound(_("There is no such demo person here."))
        if request.user.is_authenticated:
            logout(request)
        get_adapter(request).login(request, account)
    return redirect(get_next_redirect_url(request) or "home")  # back to a form whose log-in had ended


def _demo_account(named: str) -> Account | None:
    try:
        return Account.objects.filter(id=UUID(named), is_demo=True, is_active=True).first()
    except ValueError:
        return None
