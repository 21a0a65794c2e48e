"""From what a form or a tablet sent to an entry of the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from upwell.base.ids import new_id
from upwell.pathway.session.forms import Entry

HIDDEN = frozenset({"csrfmiddlewaretoken", "id", "from_device", "observed_at", "back"})


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
    body = {name: value for name, value in data.items() if name not in HIDDEN and value}
    document = {"id": data.get("id") or str(new_id()), "type": form.type, "body": body}
    if data.get("observed_at"):
        document["observed_at"] = data["observed_at"]
    return document


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
