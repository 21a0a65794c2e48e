"""The bedside without a network: forms and emergency steps, and nothing about anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from upwell.access.declare import requires
from upwell.base.ids import new_id
from upwell.knowledge.cards import load_card
from upwell.pathway.session.beside import Beside, beside_fields
from upwell.pathway.session.forms import Entry, entry_form
from upwell.pathway.session.tablet.worker import worker_script

NO_SESSION = UUID(int=0)  # the tablet knows which one; this page does not


@dataclass(frozen=True, slots=True)
class Section:
    """One form of the page."""

    what: str
    title: str
    button: str
    form: Entry
    id: str
    instrument: str = ""
    folded: bool = True

    @property
    def beside(self) -> Mapping[str, Beside]:
        """Where alarms begin; nobody's own values."""
        return beside_fields() if self.what == "vitals" else {}


def _sections() -> list[Section]:
    write = _("Write down")
    shown = [
        ("vitals", _("Vital signs"), write, "", False),
        ("dose", _("Dose given"), _("Given"), "", True),
        ("infusion", _("Infusion"), write, "", True),
        ("scale", _("Sedation: how does the person respond?"), write, "moaa-s", False),
        ("words", _("In words"), write, "", False),
        ("medicine", _("A medicine was given"), write, "", True),
        ("adverse", _("An unwanted event"), write, "", True),
        ("arrived", _("Arrival"), _("The person is here"), "", True),
    ]
    return [
        Section(what, title, button, entry_form(what), str(new_id()), instrument, folded)
        for what, title, button, instrument, folded in shown
    ]


@requires("session.record")
@require_safe
def bedside_offline(request: HttpRequest) -> HttpResponse:
    """The page that a tablet keeps. Made without the request: no name and no token can get into it."""
    context = {"sections": _sections(), "emergency": load_card("emergency"), "session_id": NO_SESSION}
    return HttpResponse(render_to_string("tablet/offline.html", context))


@requires("public")
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker's script, at the root, so that it can answer for every page of the site."""
    response = HttpResponse(worker_script(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response
