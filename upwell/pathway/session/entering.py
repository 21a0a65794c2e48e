"""From what a form or a tablet sent to an entry of the log."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from django.forms import FloatField
from django.utils.translation import gettext as _

from upwell.base.ids import new_id
from upwell.pathway.session.forms import Entry, says_nothing

HIDDEN = frozenset({"csrfmiddlewaretoken", "id", "from_device", "observed_at", "back"})


def entry_of(form: Entry, data: Mapping[str, Any], at: Any) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """The entry that was sent, and what to say of it; none where nothing was filled in.

    A time that was typed and can't be taken leaves the entry at the moment of its capture.
    """
    if form.is_valid():
        return document_of(form, data, at), ()
    if says_nothing(form):
        return None, (_("Nothing is filled in yet."),)
    if set(form.errors) == {"observed"}:
        words = _("The time you gave was not taken: %(why)s It stands at the time when you wrote it down.")
        return document_of(form, data, None), tuple(words % {"why": why} for why in form.errors["observed"])
    return as_it_came(form, data), ()


def document_of(form: Entry, data: Mapping[str, Any], at: Any) -> dict[str, Any]:
    """The entry that the form describes. What was observed when is the browser's word, unless a person says."""
    document: dict[str, Any] = {
        "id": data.get("id") or str(new_id()),
        "type": form.kind(),
        "body": {name: _whole(value) for name, value in form.body().items()},
        "device": data.get("from_device", "")[:200] or None,
    }
    observed = at.isoformat() if at is not None else data.get("observed_at", "")
    if observed:
        document["observed_at"] = observed
    return document


def as_it_came(form: Entry, data: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent and the form does not understand: kept, as it came, for a person to mend."""
    body: dict[str, Any] = {}
    for name, value in data.items():
        if name not in HIDDEN and value:
            body[name] = _number_of(value) if isinstance(form.fields.get(name), FloatField) else value
    document = {"id": data.get("id") or str(new_id()), "type": form.type, "body": body}
    if data.get("observed_at"):
        document["observed_at"] = data["observed_at"]
    return document


def _number_of(text: str) -> Any:
    """The number that was typed, also one that can't be; what is no number stays as it was typed."""
    try:
        found = float(text)
    except ValueError:
        return text
    return _whole(found) if isfinite(found) else text


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
