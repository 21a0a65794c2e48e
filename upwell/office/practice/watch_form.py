"""When somebody watches over alerts, whom to call at other times, and who is called when nobody has acted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from upwell.office.practice.forms import OwnForm
from upwell.people.models import Practice
from upwell.people.watching import TO

MOST_DAYS = 60
CLOCK = "%H:%M"


def clock() -> forms.TimeField:
    """A time on the practice's clock."""
    return forms.TimeField(required=False, widget=forms.TimeInput(attrs={"type": "time"}, format=CLOCK))


class DaysField(forms.CharField):
    """One day on each line, as 2026-12-25."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}), max_length=2000, **kwargs
        )

    def clean(self, value: Any) -> Any:
        """The days, each once, in order."""
        found = set()
        for line in super().clean(value).split():
            try:
                found.add(date.fromisoformat(line))
            except ValueError:
                words = gettext("“%(line)s” is not a day. Write it as 2026-12-25.")
                raise ValidationError(words % {"line": line[:40]}) from None
        if len(found) > MOST_DAYS:
            raise ValidationError(
                gettext("More than %(n)d days. Leave out those that are past.") % {"n": MOST_DAYS}
            )
        return sorted(found)


class WatchForm(OwnForm):
    """Who watches over safety alerts, and when."""

    is_all_optional = True  # the page says so once

    not_watched_on = DaysField(
        label=_("Days on which nobody watches"),
        help_text=_("Holidays and time away, one on each line: 2026-12-25."),
    )
    outside_name = forms.CharField(
        label=_("Whom to call at other times"),
        max_length=120,
        required=False,
        help_text=_(
            "Shown to patients beside the public lines for help: your on-call service, or your country's line."
        ),
    )
    outside_number = forms.CharField(label=_("Their number"), max_length=60, required=False)
    backup = forms.ChoiceField(
        label=_("Backup person"),
        required=False,
        help_text=_("Shown to everybody who works here when nobody has taken an alert on in time."),
    )
    backup_phone = forms.CharField(label=_("The backup person's phone"), max_length=60, required=False)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shapes: Any = self.fields
        shapes["backup"].choices = [("", _("Nobody")), *people]
        for place in WEEKDAYS:
            shapes[f"from_{place}"], shapes[f"to_{place}"] = clock(), clock()
            shapes[f"from_{place}"].label = _("%(day)s, from") % {"day": WEEKDAYS[place]}
            shapes[f"to_{place}"].label = _("%(day)s, to") % {"day": WEEKDAYS[place]}

    def days(self) -> Iterator[tuple[str, forms.BoundField, forms.BoundField]]:
        """Each weekday with its two times, for the page."""
        for place, name in WEEKDAYS.items():
            yield str(name), self[f"from_{place}"], self[f"to_{place}"]

    def clean(self) -> dict[str, Any]:
        """A day has both times or neither, in order; a name has its number."""
        given = super().clean() or {}
        for place in WEEKDAYS:
            opens, closes = given.get(f"from_{place}"), given.get(f"to_{place}")
            if (opens is None) != (closes is None) and not self._refused(place):
                missing = f"to_{place}" if closes is None else f"from_{place}"
                self.add_error(missing, _("Give both times, or neither."))
            elif opens is not None and closes is not None and opens >= closes:
                self.add_error(f"to_{place}", _("This must be later than the time before it."))
        if given.get("outside_name") and not given.get("outside_number"):
            self.add_error("outside_number", _("Give the number, too."))
        return given

    def _refused(self, place: int) -> bool:
        return f"from_{place}" in self.errors or f"to_{place}" in self.errors

    def chosen(self) -> dict[str, Any]:
        """What the action takes."""
        given = self.cleaned_data
        spans = [(given[f"from_{place}"], given[f"to_{place}"]) for place in sorted(WEEKDAYS)]
        hours = [
            f"{opens.strftime(CLOCK)}{TO}{closes.strftime(CLOCK)}" if opens else "" for opens, closes in spans
        ]
        return {
            "watched": hours if any(hours) else [],
            "not_watched_on": given["not_watched_on"],
            "outside_name": given["outside_name"],
            "outside_number": given["outside_number"],
            "backup_id": given["backup"] or None,
            "backup_phone": given["backup_phone"],
        }

    @staticmethod
    def initial_of(practice: Practice) -> dict[str, Any]:
        """What stands in the form when it is opened."""
        found: dict[str, Any] = {
            "not_watched_on": "\n".join(day.isoformat() for day in practice.not_watched_on),
            "outside_name": practice.outside_name,
            "outside_number": practice.outside_number,
            "backup": str(practice.backup_id or ""),
            "backup_phone": practice.backup_phone,
        }
        for place, hours in enumerate(practice.watched):
            if hours:
                found[f"from_{place}"], found[f"to_{place}"] = hours.split(TO)
        return found
