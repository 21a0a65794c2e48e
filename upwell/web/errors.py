"""Error pages: what happened, what to do, and a reference. They need no database and no context processor."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Trouble:
    """One kind of error page."""

    title: Text
    message: Text
    what_to_do: Text


TROUBLES: dict[int, Trouble] = {
    400: Trouble(
        _("That did not arrive as it should"),
        _("The page could not understand what was sent. Nothing was changed."),
        _("Go back, load the page again and try once more."),
    ),
    403: Trouble(
        _("You can't open this"),
        _("Your role does not include this page, or the person has not opened this part to you."),
        _("If you need it for your work, ask whoever runs your practice."),
    ),
    404: Trouble(
        _("There is nothing here"),
        _("The address may be mistyped, or the page may have moved."),
        _("Check the address, or start again from the start page."),
    ),
    405: Trouble(
        _("That can't be done here"),
        _("This address does not take that kind of request. Nothing was changed."),
        _("Go back and use the buttons on the page."),
    ),
    409: Trouble(
        _("It changed in the meantime"),
        _("Somebody changed this after you opened it, perhaps you in another window. Nothing is lost."),
        _("Go back, load the page again and look at what is there now."),
    ),
    422: Trouble(
        _("Something in the form needs another look"),
        _("What was sent can't be used as it is. Nothing was changed."),
        _("Go back, correct it and send it again."),
    ),
    500: Trouble(
        _("Something went wrong on our side"),
        _("It is not your fault. What you had saved before is safe."),
        _("Wait a moment and try again. If it happens again, tell whoever runs Upwell for you."),
    ),
    503: Trouble(
        _("Upwell is not ready right now"),
        _("A part that is needed is starting or being mended. What you had saved before is safe."),
        _("Wait a minute and try again. If somebody is in danger, call your local emergency number now."),
    ),
}


def error_page(
    status: int, *, message: Text = "", what_to_do: Text = "", reference: str = "", retry: str = ""
) -> HttpResponse:
    """The page for one error. ``message`` and ``what_to_do`` replace the usual words where more is known."""
    usual = TROUBLES.get(status, TROUBLES[500])
    context = {
        "status": status,
        "title": usual.title,
        "message": message or usual.message,
        "what_to_do": what_to_do or usual.what_to_do,
        "reference": reference,
        "retry": retry,
    }
    template = f"errors/{status}.html" if status in TROUBLES else "errors/500.html"
    return HttpResponse(render_to_string(template, context), status=status)


def _reference(request: HttpRequest) -> str:
    return str(getattr(request, "reference", "") or "")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler400"""
    return error_page(400, reference=_reference(request))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler403"""
    return error_page(403, reference=_reference(request))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler404"""
    return error_page(404, reference=_reference(request))


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500"""
    return error_page(500, reference=_reference(request))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: mostly a form that was open while the log-in ended."""
    return error_page(
        403,
        message=_("This form was open for too long, or your browser blocks cookies. Nothing was changed."),
        what_to_do=_("Go back, load the page again and send it once more."),
        reference=_reference(request),
        retry=request.path,
    )
