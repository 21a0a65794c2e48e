"""Set and setting: music, light, eyeshade, who is in the room, consent to touch; and how the room stands now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upwell.knowledge.protocols import known_protocols, load_protocol
from upwell.science.session import Event

ON_OFF = [("", gettext_lazy("as it is")), ("on", gettext_lazy("on")), ("off", gettext_lazy("off"))]
TOUCH = [
    ("", gettext_lazy("not asked")),
    ("yes", gettext_lazy("a hand may be held")),
    ("ask", gettext_lazy("ask each time")),
    ("no", gettext_lazy("no touch")),
]
KEYS = ("music", "light", "eyeshade", "touch")


@dataclass(frozen=True, slots=True)
class RoomLine:
    """One thing about the room, since when."""

    label: str
    value: str
    since: datetime
    is_theirs: bool = False  # in people's own words


def room_of(counting: Sequence[Event]) -> tuple[RoomLine, ...]:
    """How the room stands: the latest word on each thing."""
    latest: dict[str, RoomLine] = {}
    for event in counting:
        if event.type == "therapist" and isinstance(event.body.get("present"), bool):
            here = event.body["present"]
            latest["therapist"] = RoomLine(
                _("Therapist"), _("in the room") if here else _("not in the room"), event.observed_at
            )
        elif event.type == "setting":
            for key in KEYS:
                if event.body.get(key) not in (None, ""):
                    latest[key] = _line(key, event.body[key], event.observed_at)
    return tuple(latest[key] for key in ("therapist", *KEYS) if key in latest)


def therapist_is_missing(counting: Sequence[Event]) -> bool:
    """Whether the dose that is ordered asks for a therapist in the room, and none is noted there."""
    there, order = False, None
    for event in counting:
        if event.type == "therapist":
            there = event.body.get("present") is not False
        elif event.type == "ordered":
            order = event
    return order is not None and not there and _asks_for_a_therapist(order.body)


def setting_words(body: Mapping[str, Any]) -> str:
    """What an entry about the room says, in one line."""
    parts = [
        f"{label_of(key)}: {value_of(key, body[key])}" for key in KEYS if body.get(key) not in (None, "")
    ]
    return " · ".join([*parts, *([str(body["text"])] if body.get("text") else [])])


def therapist_words(body: Mapping[str, Any]) -> str:
    """Whether a therapist is there."""
    there = {True: _("in the room"), False: _("left the room")}.get(body.get("present"), "")  # type: ignore[arg-type]
    return " · ".join(one for one in (there, str(body.get("text") or "")) if one)


def label_of(key: str) -> str:
    """What a thing about the room is called."""
    return {
        "music": _("Music"),
        "light": _("Light"),
        "eyeshade": _("Eyeshade"),
        "touch": _("Touch, asked today"),
    }[key]


def value_of(key: str, value: Any) -> str:
    """What was said of it."""
    if isinstance(value, bool):
        return _("on") if value else _("off")
    return str(dict(TOUCH).get(value, value)) if key == "touch" else str(value)


def _line(key: str, value: Any, at: datetime) -> RoomLine:
    return RoomLine(label_of(key), value_of(key, value), at, is_theirs=key in ("music", "light"))


def _asks_for_a_therapist(body: Mapping[str, Any]) -> bool:
    name, per_kg = body.get("protocol"), body.get("dose_mg_per_kg")
    if name not in known_protocols():
        return False
    protocol = load_protocol(name)
    if per_kg is None and protocol.dose.by_weight and body.get("weight_kg"):
        per_kg = body.get("dose_mg", 0) / body["weight_kg"]
    amount = per_kg if protocol.dose.by_weight else body.get("dose_mg")
    found = [
        one for one in protocol.dose.classes if amount is not None and one.minimum <= amount <= one.maximum
    ]
    return bool(found) and all(one.therapist_required for one in found)
