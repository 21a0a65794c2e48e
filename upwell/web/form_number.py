"""A form's number stands in its address: the browser's Back leads to the same form, not to a fresh one."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

NAME = "form"


def form_number(request: HttpRequest) -> UUID | None:
    """The number in the address; None where there is none that can be one."""
    try:
        return UUID(request.GET.get(NAME, ""))
    except ValueError:
        return None


def to_numbered(request: HttpRequest, number: UUID) -> HttpResponse:
    """On to the same page with the form's number in its address."""
    return redirect(f"{request.path}?{urlencode({NAME: str(number)})}")
