"""Who is in the room, who watches, who is responsible and how they are reached: as far as the log says.

``therapist`` entries say who comes and goes (``present``, ``name``). ``setting`` entries name the rest:
``prescriber``, ``prescriber_on_site``, ``reached_by``, ``responsible``, ``in_the_room``, ``staff_in_room``,
``monitor``, ``monitor_id``; ``watches``: whoever wrote it is the monitor from then on.
What an entry leaves out stays as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from upwell.science.session.events import Event

TEXTS = ("prescriber", "reached_by", "responsible", "in_the_room", "monitor", "monitor_id")
HELD, THEN, HANDED_OVER = "held_min", "then", "handed_over_to"
SPAT, SWALLOWED = "spat", "swallowed"


@dataclass(frozen=True, slots=True)
class TeamNow:
    """The team as it stands. Nothing where nobody has said it."""

    therapist: str = ""
    therapist_since: datetime | None = None
    in_the_room: str = ""
    staff_in_room: int | None = None
    monitor: str = ""
    monitor_id: str = ""
    prescriber: str = ""
    on_site: bool | None = None
    reached_by: str = ""
    responsible: str = ""
    reachable: bool | None = None

    @property
    def is_known(self) -> bool:
        """Whether anybody said anything."""
        return self != TeamNow()

    def as_json(self) -> dict[str, Any]:
        """The team as data."""
        since = self.therapist_since
        return {
            "therapist": self.therapist or None,
            "therapist_since": None if since is None else since.isoformat(),
            "in_the_room": self.in_the_room or None,
            "staff_in_room": self.staff_in_room,
            "monitor": self.monitor or None,
            "prescriber": self.prescriber or None,
            "prescriber_on_site": self.on_site,
            "reached_by": self.reached_by or None,
            "responsible": self.responsible or None,
            "prescriber_reachable": self.reachable,
        }


@dataclass(slots=True)
class Team:
    """The team as the log tells it, entry by entry."""

    said: dict[str, Any] = field(default_factory=dict)
    therapist: str = ""
    since: datetime | None = None

    def take(self, event: Event) -> None:
        """Hear a ``therapist`` or ``setting`` entry."""
        if event.type == "therapist":
            self._therapist(event)
            return
        body = event.body
        name = _text(body, "prescriber")
        if name and name != self.said.get(
            "prescriber"
        ):  # how the former one was reached says nothing of this one
            for key in ("prescriber_on_site", "reached_by", "responsible"):
                self.said.pop(key, None)
        for key in TEXTS:
            if key in body:
                self.said[key] = _text(body, key)
        if body.get("watches") is True and event.author is not None:
            self.said |= {"monitor": _text(body, "monitor"), "monitor_id": event.author.id}
        if isinstance(body.get("prescriber_on_site"), bool):
            self.said["prescriber_on_site"] = body["prescriber_on_site"]
        count = body.get("staff_in_room")
        if isinstance(count, int | float) and not isinstance(count, bool) and count >= 0:
            self.said["staff_in_room"] = int(count)

    def _therapist(self, event: Event) -> None:
        present = event.body.get("present")
        if present is True:
            self.therapist = _text(event.body, "name") or self.therapist or _text(event.body, "text")
            self.since = self.since or event.observed_at
        elif present is False:
            self.therapist, self.since = "", None

    @property
    def reachable(self) -> bool | None:
        """Whether a prescriber is named who is on site or can be reached; none where none was ever named."""
        if not self.said.get("prescriber"):
            return None
        return self.said.get("prescriber_on_site") is True or bool(self.said.get("reached_by"))

    def now(self) -> TeamNow:
        """The team as it stands."""
        said = self.said
        texts = {key: str(said.get(key, "")) for key in TEXTS}
        return TeamNow(
            therapist=self.therapist,
            therapist_since=self.since,
            staff_in_room=said.get("staff_in_room"),
            on_site=said.get("prescriber_on_site"),
            reachable=self.reachable,
            **{**texts, "responsible": texts["responsible"] or texts["prescriber"]},
        )


def _text(body: Mapping[str, Any], key: str) -> str:
    return " ".join(str(body.get(key) or "").split())
