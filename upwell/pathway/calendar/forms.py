"""The forms of the calendar."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from upwell.base.errors import BadInput
from upwell.pathway.calendar.rules import house, instant_of
from upwell.pathway.calendar.states import KIND_WORDS
from upwell.people.models import Account, Chair

LENGTHS = (15, 30, 45, 60, 90, 120, 150, 180, 210, 240, 300, 360, 480)


def _length_words(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours}:{rest:02d} h" if hours else f"{rest} min"


class TimeForm(forms.Form):
    """When, on which chair, with whom."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time = forms.TimeField(
        label=_("Time"), widget=forms.TimeInput(attrs={"type": "time", "step": "300"}, format="%H:%M")
    )
    minutes = forms.TypedChoiceField(
        label=_("How long"), coerce=int, choices=[(n, _length_words(n)) for n in LENGTHS]
    )
    chair = forms.ChoiceField(label=_("Chair"), required=False)
    staff = forms.ChoiceField(label=_("With"), required=False)
    owner = forms.CharField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, chairs: list[Chair], clinicians: list[Account], more: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        shapes: Any = self.fields
        shapes["chair"].choices = [("", _("no chair yet")), *((str(one.id), one.name) for one in chairs)]
        shapes["staff"].choices = [("", _("nobody yet")), *((str(one.id), one.name) for one in clinicians)]
        if more and more not in LENGTHS:  # a length that was booked elsewhere stays as it is
            shapes["minutes"].choices = [(more, _length_words(more)), *shapes["minutes"].choices]

    def clean(self) -> dict[str, Any]:
        """The moment that the practice's clock means."""
        given = super().clean() or {}
        if {"day", "time", "minutes"} <= given.keys():
            try:
                start = instant_of(given["day"], given["time"], timezone.get_current_timezone())
                given["starts_at"], given["ends_at"] = start, start + timedelta(minutes=given["minutes"])
            except BadInput as error:
                self.add_error(error.path if error.path in self.fields else None, error.message)
            except OverflowError:
                self.add_error("day", _("Check the year."))
        return given


class BookForm(TimeForm):
    """A new appointment."""

    kind = forms.ChoiceField(
        label=_("What for"), choices=[(kind.value, words) for kind, words in KIND_WORDS.items()]
    )
    field_order = ("kind", "day", "time", "minutes", "chair", "staff")


def usual_length(kind: str) -> int:
    """How long such a visit usually takes here."""
    return house().usual_minutes.get(kind, 60)


def as_fields(starts_at: datetime, ends_at: datetime) -> dict[str, Any]:
    """A span as the form's fields show it."""
    start = timezone.localtime(starts_at)
    return {
        "day": start.date(),
        "time": start.time().replace(second=0, microsecond=0),
        "minutes": int((ends_at - starts_at).total_seconds() // 60),
    }
