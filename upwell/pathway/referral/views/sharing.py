"""What I share: each practice, each kind in plain words; ended with one tap, opened again with one tap."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from upwell.access.declare import requires
from upwell.access.links import release_kinds
from upwell.base.errors import NotFound
from upwell.pathway.local_time import local_time
from upwell.pathway.referral.sharing import end_sharing, open_sharing, sharing_of


@requires("own.share")
@require_safe
def sharing(request: HttpRequest) -> HttpResponse:
    """What each practice sees of my record at another one."""
    scope: Any = request
    found = sharing_of(scope.actor)
    with local_time(found[0].chart.practice.time_zone if found else "UTC"):
        return render(request, "referral/sharing.html", {"sharing": found})


@requires("own.share")
@require_POST
def sharing_end(request: HttpRequest) -> HttpResponse:
    """Stop sharing one kind of information, or everything with one practice."""
    scope: Any = request
    chart_id, to_practice_id = _ids(request)
    kind = request.POST.get("kind") or None
    if end_sharing(by=scope.actor, chart_id=chart_id, to_practice_id=to_practice_id, kind=kind):
        messages.success(request, _("Done. From now on they can't see it any more."))
    else:
        messages.info(request, _("That was not shared any more."))
    return redirect("sharing")


@requires("own.share")
@require_POST
def sharing_open(request: HttpRequest) -> HttpResponse:
    """Share one kind of information again."""
    scope: Any = request
    chart_id, to_practice_id = _ids(request)
    kind = request.POST.get("kind", "")
    if kind not in release_kinds():
        raise NotFound(_("There is nothing of yours that is shared like this."))
    if open_sharing(by=scope.actor, chart_id=chart_id, to_practice_id=to_practice_id, kind=kind):
        messages.success(request, _("Done. They can see it from now on."))
    else:
        messages.info(request, _("That is shared already."))
    return redirect("sharing")


def _ids(request: HttpRequest) -> tuple[UUID, UUID]:
    try:
        return UUID(request.POST.get("chart", "")), UUID(request.POST.get("to", ""))
    except ValueError as error:
        raise NotFound(_("There is nothing of yours that is shared like this.")) from error
