"""The list of patients, and the search in it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from upwell.access.declare import requires
from upwell.base.errors import BadInput
from upwell.office.patients.register import register
from upwell.office.patients.terms import LONGEST
from upwell.office.patients.views.page import here, page


@requires("patient.list")
@require_safe
def patients(request: HttpRequest) -> HttpResponse:
    """The practice's patients by name, or who fits the search; while somebody types, the table alone."""
    actor, practice = here(request)
    text = "".join(c for c in request.GET.get("q", "") if c.isprintable())[:LONGEST]
    found = register(actor, practice, text=text, after=_after(request))
    scope: Any = request
    is_part = bool(scope.htmx) and scope.htmx.request_type == "partial"
    response = page(
        request, "results.html" if is_part else "list.html", {"register": found, "is_part": is_part}
    )
    patch_vary_headers(response, ["HX-Request", "HX-Request-Type"])
    return response


def _after(request: HttpRequest) -> UUID | None:
    given = request.GET.get("after", "")
    try:
        return UUID(given) if given else None
    except ValueError:
        raise BadInput(
            _("This page of the list does not exist. Start at the beginning of the list.")
        ) from None
