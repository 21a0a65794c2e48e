"""A form from a page that is older than the log-in: two tabs, or a page left open."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from upwell.access.kept import keep, page_of_form
from upwell.web.errors import error_page


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Give the answers back for another try when they came from our own page; refuse them otherwise."""
    if not _from_our_own_page(request):
        return error_page(
            403,
            message=_("This did not come from one of our own pages, or your browser blocks cookies."),
            what_to_do=_("Nothing was changed. Open the page again and send it once more."),
            retry="/",
        )
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
    else:
        response = HttpResponseRedirect(page_of_form(request))
    keep(request, response, page=page_of_form(request))
    messages.info(
        request, _("You signed in again since this page was opened. Look it over and send it once more.")
    )
    return response


def _from_our_own_page(request: HttpRequest) -> bool:
    """Whether the browser vouches that the form stood on a page of ours."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(origin)[:2] == (request.scheme, request.get_host())
