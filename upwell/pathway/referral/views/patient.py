"""The person's own page of a referral: who will see what, in plain words; agree, or not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from upwell.access.declare import requires
from upwell.base.errors import BadInput, RefusedByRule, StaleState, UpwellError
from upwell.pathway.kept_text import kept_text, without_kept
from upwell.pathway.local_time import local_time
from upwell.pathway.referral import actions, queries
from upwell.pathway.referral.states import OWN_WORDS
from upwell.pathway.referral.views.staff import version_seen

PAGE_METHODS = require_http_methods(["GET", "HEAD", "POST"])
REFUSED = (BadInput, RefusedByRule, StaleState)


@requires("own.share")
@PAGE_METHODS
def my_referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Who wants to refer me where, why, and who will see what; agree or do not agree."""
    scope: Any = request
    if request.method != "POST":
        return without_kept(request, _show(request, referral_id, written=kept_text(request, "reason")))
    seen, written = version_seen(request), request.POST.get("reason", "")
    try:
        if request.POST.get("event") == "agree":
            actions.agree(by=scope.actor, referral_id=referral_id, seen_version=seen)
            messages.success(
                request, _("Thank you. The referral is on its way. You can end the sharing at any time.")
            )
        else:
            actions.refuse(by=scope.actor, referral_id=referral_id, reason=written, seen_version=seen)
            messages.success(
                request, _("All right. Nothing is shared. Your care team can see that you said no.")
            )
    except REFUSED as refused:
        return _show(request, referral_id, error=refused, written=written)
    return redirect("my_referral", referral_id)


def _show(
    request: HttpRequest, referral_id: UUID, *, error: UpwellError | None = None, written: str = ""
) -> HttpResponse:
    scope: Any = request
    shown = queries.referral_of(scope.actor, referral_id)
    found = shown.referral
    with local_time(shown.chart.practice.time_zone):
        context = {
            "referral": found,
            "state": OWN_WORDS[found.stands],
            "to_them": queries.kinds_of(found.shared),
            "back": queries.kinds_of(found.shared_back),
            "error": error.message if error else "",
            "written": written,
        }
        return render(request, "referral/mine.html", context, status=error.status if error else 200)
