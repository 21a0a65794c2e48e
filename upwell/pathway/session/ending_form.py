"""How a session ended other than by a discharge: each ending asks for what belongs to it, and needs none of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from upwell.base.clock import now
from upwell.base.ids import new_id
from upwell.knowledge.aftercare import Ending
from upwell.pathway.session.forms import Entry, long_text, moment_of

A_MINUTE = timedelta(minutes=1)
NAMES = {
    "capacity": "capacity_note",
    "called": "who_was_called",
    "follow-up": "follow_up",
    "reason": "reason",
}
LABELS = {
    "capacity": _("Could the person decide for themself? What was said?"),
    "called": _("Who was called, and when?"),
    "follow-up": _("What was agreed on for afterwards?"),
    "reason": _("Why was no dose given?"),
}


class EndingForm(Entry):
    """One ending, with its true time. It happened: nothing but the time is held against it."""

    type = "ended"

    def __init__(self, data: Any, *, ending: Ending, **options: Any) -> None:
        super().__init__(data, auto_id="end-%s", **options)
        self.ending = ending
        shapes: Any = self.fields
        shapes["observed"].label = _("When it was")
        for one in ending.asks:
            self.fields[NAMES[one]] = long_text(LABELS[one], required=False)

    def clean(self) -> dict[str, Any]:
        """An ending needs no words."""
        return forms.Form.clean(self) or {}

    def moment(self, zone: Any) -> Any:
        """When it was; what lies ahead has not happened yet."""
        at = moment_of(self, zone)
        if at is None:
            return None
        if at > now():
            self.add_error("observed", _("That lies in the future."))
        return (
            now() if now() - at < A_MINUTE else at
        )  # a field of minutes; what was seconds ago stays in order

    def documents(self, number: str, at: Any) -> list[dict[str, Any]]:
        """The entries that it becomes: why no dose was given is a note of its own."""
        given = {name: value.strip() for name, value in self.cleaned_data.items() if name != "observed"}
        observed = (at or now()).isoformat()
        body = {"disposition": self.ending.id}
        body |= {name: value for name, value in given.items() if value and name != NAMES["reason"]}
        found = [{"id": number, "type": "ended", "observed_at": observed, "body": body}]
        if why := given.get(NAMES["reason"]):
            found.insert(
                0, {"id": str(new_id()), "type": "note", "observed_at": observed, "body": {"text": why}}
            )
        return found
