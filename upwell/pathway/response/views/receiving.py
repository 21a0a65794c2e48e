"""Taking a questionnaire in: asked once about what was left out, refused at its place, stored once."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upwell.access import kept
from upwell.base.errors import BadInput
from upwell.pathway.response.forms import AnswerForm
from upwell.record.actions import Recorded, Repeat
from upwell.web.paths import path_to

REPEAT_WORDS = {
    Repeat.OTHER_ANSWERS: gettext_lazy(
        "This copy of the questionnaire was sent before, with other answers. What is stored is shown here;"
        " nothing was changed."
    ),
    Repeat.ANSWERED_BEFORE: gettext_lazy(
        "This was already answered. What is stored is shown here; nothing was changed."
    ),
}


def receive(form: AnswerForm, save: Callable[[AnswerForm], Recorded]) -> Recorded | None:
    """What is stored now; None where the form has to be shown again, with what is to be looked at."""
    if not form.has_number:
        form.errors[""] = _("The form arrived without its number. Look it over and send it again.")
    elif form.is_empty:
        form.errors[""] = _("Nothing has been answered yet.")
    elif form.must_ask:
        form.asked_about = frozenset(form.left_out)
    else:
        try:
            return save(form)
        except BadInput as error:
            form.refuse(error)
    return None


def to_result(request: HttpRequest, recorded: Recorded, page: str, *ids: UUID) -> HttpResponse:
    """On to the page of what is stored; the answers that the browser kept are thrown away."""
    if recorded.repeat in REPEAT_WORDS:
        messages.warning(request, REPEAT_WORDS[recorded.repeat])
    response = HttpResponseRedirect(path_to(page, *ids))
    if kept.COOKIE in request.COOKIES:
        kept.forget(response)
    return response


def status_of(form: AnswerForm) -> int:
    """The HTTP status of a form that is shown again."""
    return 422 if form.errors else 200
