"""Under which names Upwell answers; a name it does not know is refused in words that say what to do."""

from __future__ import annotations

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from upwell.platform.configuration import variable
from upwell.web import errors


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler400: says it where the reason is the name under which the page was opened."""
    if not isinstance(exception, DisallowedHost):
        return errors.bad_request(request, exception)
    return errors.error_page(
        400,
        message=_("Upwell is not served under this name. Nothing was changed."),
        what_to_do=_(
            "Check the address. If you run this server, add the name to %(setting)s and start it again."
        )
        % {"setting": variable("allowed_hosts")},
    )
