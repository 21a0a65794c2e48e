"""The team and the mouth in words, for the log and for the bedside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from upwell.pathway.session.setting import setting_words as room_words
from upwell.science.session import HANDED_OVER, HELD, SPAT, SWALLOWED, THEN

TEAM_KEYS = frozenset(
    {
        "prescriber",
        "prescriber_on_site",
        "reached_by",
        "responsible",
        "in_the_room",
        "staff_in_room",
        "monitor",
        "watches",
    }
)


def is_team(body: Mapping[str, Any]) -> bool:
    """Whether an entry of the room says who is there."""
    return bool(TEAM_KEYS & set(body))


def setting_title(body: Mapping[str, Any]) -> str:
    """What an entry of the room is about; nothing where it is the room itself."""
    if body.get(THEN) in (SPAT, SWALLOWED):
        return _("Held in the mouth")
    if body.get(HANDED_OVER):
        return _("Handed over")
    return _("Team") if is_team(body) else ""


def setting_words(body: Mapping[str, Any]) -> str:
    """An entry of the room in one line."""
    if body.get(THEN) in (SPAT, SWALLOWED):
        return held_words(body)
    parts = [str(body[HANDED_OVER])] if body.get(HANDED_OVER) else []
    return " · ".join(one for one in (*parts, *_team(body), room_words(body)) if one)


def _team(body: Mapping[str, Any]) -> list[str]:
    parts = []
    if body.get("watches") is True:
        parts.append(_("watches from now on"))
    elif body.get("monitor"):
        parts.append(_("%(who)s watches") % {"who": body["monitor"]})
    where = {True: _("on site"), False: _("off site")}.get(body.get("prescriber_on_site"), "")  # type: ignore[arg-type]
    said = ", ".join(str(one) for one in (body.get("prescriber"), where, body.get("reached_by")) if one)
    if said:
        parts.append(_("prescriber: %(said)s") % {"said": said})
    if body.get("responsible"):
        parts.append(_("responsible: %(who)s") % {"who": body["responsible"]})
    if body.get("in_the_room"):
        parts.append(_("in the room: %(who)s") % {"who": body["in_the_room"]})
    if isinstance(body.get("staff_in_room"), int | float):
        parts.append(_("staff in the room: %(n)s") % {"n": f"{body['staff_in_room']:g}"})
    return parts


def held_words(body: Mapping[str, Any]) -> str:
    """How long, and what then."""
    then = _("spat out") if body.get(THEN) == SPAT else _("swallowed")
    held = body.get(HELD)
    if isinstance(held, int | float) and not isinstance(held, bool):
        return _("held for %(n)s min, then %(then)s") % {"n": f"{held:g}", "then": then}
    return _("%(then)s; how long it was held is not on record") % {"then": then}
