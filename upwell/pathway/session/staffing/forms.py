"""What is entered at the bedside about the team, and about a dose that is held in the mouth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from upwell.base.limits import LONGEST_PERSON, LONGEST_PRACTICE_LINE
from upwell.pathway.session.forms import Entry, amount
from upwell.pathway.session.staffing.queries import Staffed
from upwell.science.session import HELD, SPAT, SWALLOWED, THEN, TeamNow

MOST_STAFF = 1000  # against slips of the pen; no limit of anybody's
YES_NO = [("", "–"), ("yes", _("On site")), ("no", _("Off site, and reachable"))]
THEN_WORDS = {SPAT: _("spat out"), SWALLOWED: _("swallowed")}


def line(label: Any, longest: int = LONGEST_PERSON, **options: Any) -> forms.CharField:
    """A short text."""
    widget = forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", **options.pop("attrs", {})})
    return forms.CharField(label=label, required=False, max_length=longest, widget=widget, **options)


class TeamForm(Entry):
    """Who is responsible, and how they are reached; who is in the room. What is left empty stays as it was."""

    type = "setting"
    prescriber = line(_("Prescriber"))
    prescriber_on_site = forms.ChoiceField(label=_("Where"), required=False, choices=YES_NO)
    reached_by = line(_("Reached by (phone)"), attrs={"inputmode": "tel"})
    responsible = line(_("Responsible, if somebody else"))
    in_the_room = line(_("Who is in the room"), LONGEST_PRACTICE_LINE)
    staff_in_room = forms.IntegerField(
        label=_("Staff in the room"), required=False, min_value=0, max_value=MOST_STAFF
    )

    def body(self) -> dict[str, Any]:
        """What was said of the team."""
        given = super().body()
        where = given.pop("prescriber_on_site", "")
        return {**given, **({"prescriber_on_site": where == "yes"} if where else {})}


class WatchForm(Entry):
    """Whoever sends it watches this session from now on."""

    type = "setting"

    def body(self) -> dict[str, Any]:
        """The author of the entry is the monitor."""
        return {"watches": True}


class HeldForm(Entry):
    """How long a dose was held in the mouth, and what became of it then."""

    type = "setting"
    held_min = amount(_("Held for, minutes"))
    then = forms.ChoiceField(
        label=_("Then"),
        choices=list(THEN_WORDS.items()),
        error_messages={"required": _("Spat out or swallowed?")},
    )

    def body(self) -> dict[str, Any]:
        """Minutes and end, as data and in words for whoever reads the log elsewhere."""
        held, then = self.cleaned_data.get(HELD), self.cleaned_data.get(THEN)
        if not then:
            return {}
        said = f"held {held:g} min, {then}" if held else then
        return {**({HELD: held} if held else {}), THEN: then, "text": said}


def team_begin(team: TeamNow, around: Staffed) -> dict[str, Any]:
    """What the form about the team begins with: what was said last, and the practice's own line."""
    where = {True: "yes", False: "no"}.get(team.on_site, "")  # type: ignore[arg-type]
    return {
        "prescriber": team.prescriber,
        "prescriber_on_site": where,
        "reached_by": team.reached_by or around.line,
        "responsible": team.responsible if team.responsible != team.prescriber else "",
        "in_the_room": team.in_the_room,
        "staff_in_room": team.staff_in_room,
    }


TEAM_FORMS: Mapping[str, type[Entry]] = {
    "team": TeamForm,
    "watching": WatchForm,
    "held": HeldForm,
}
