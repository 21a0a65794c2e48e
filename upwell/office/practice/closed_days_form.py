"""The days on which offices are closed, one on each line, each with its name."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from upwell.base.limits import LONGEST_WORDS
from upwell.base.one_line import tidy
from upwell.office.practice.forms import OwnForm

MOST_DAYS = 200
LONGEST_DAY = 80


class NamedDaysField(forms.CharField):
    """On each line a day and its name: 2026-12-25 Christmas Day."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(
            attrs={"rows": 10, "dir": "auto", "autocomplete": "off", "spellcheck": "false"}
        )
        super().__init__(required=False, widget=widget, max_length=LONGEST_WORDS, **kwargs)

    def clean(self, value: Any) -> Any:
        """The days with their names, each once, in order."""
        found: dict[date, str] = {}
        for line in filter(None, map(tidy, super().clean(value).splitlines())):
            day, _space, name = line.partition(" ")
            try:
                on = date.fromisoformat(day)
            except ValueError:
                words = gettext("“%(line)s” does not begin with a day. Write it as 2026-12-25 Christmas Day.")
                raise ValidationError(words % {"line": line[:40]}) from None
            if on in found:
                raise ValidationError(gettext("%(day)s stands there twice.") % {"day": on.isoformat()})
            if len(name) > LONGEST_DAY:
                words = gettext("The name of %(day)s is longer than %(n)d characters. Shorten it.")
                raise ValidationError(words % {"day": on.isoformat(), "n": LONGEST_DAY})
            found[on] = name.strip()
        if len(found) > MOST_DAYS:
            raise ValidationError(
                gettext("More than %(n)d days. Leave out those that are past.") % {"n": MOST_DAYS}
            )
        return [{"on": on.isoformat(), "name": found[on]} for on in sorted(found)]


class ClosedDaysForm(OwnForm):
    """On which days a business day is none."""

    is_all_optional = True  # the page says so once

    closed_days = NamedDaysField(
        label=_("Closed days"),
        help_text=_("One on each line, with its name: 2026-12-25 Christmas Day."),
    )
