"""Days and moments in words: as Django says them, each put together once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils.formats import date_format
from django.utils.timezone import override as on_the_clock_of
from django.utils.translation import override

from upwell.web.dates import date_words

DAY = date(2026, 3, 1)
MOMENTS = [
    DAY,
    datetime(2026, 3, 1, 12, 5, 31, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 0, 0, tzinfo=ZoneInfo("America/Chicago")),
    datetime(2026, 11, 1, 23, 59, tzinfo=UTC).replace(tzinfo=None),
]
FORMS = ["DATE_FORMAT", "DATETIME_FORMAT", "TIME_FORMAT", "YEAR_MONTH_FORMAT", "MONTH_DAY_FORMAT"]
FORMS += ["j M Y", "j M H:i", "H:i", "H:i:s", "l", "Y", "c", "e", "\\t\\o\\d\\a\\y", "jS o\\f F"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_it_says_what_django_says(moment: date | datetime, form: str, language: str) -> None:
    with override(language):
        try:
            expected = date_format(moment, form)
        except TypeError:  # a day has no time
            with pytest.raises(TypeError):
                date_words(moment, form)
            return
        assert date_words(moment, form) == date_words(moment, form) == expected


def test_the_filter_speaks_the_time_of_the_page() -> None:
    template = Template(
        "{{ at|date:'H:i' }} {{ at|date:'DATE_FORMAT' }} {{ day|date }} {{ none|date }} {{ word|date }}"
    )
    values = {"at": datetime(2026, 3, 1, 2, 5, tzinfo=UTC), "day": DAY, "none": None, "word": "x"}
    with on_the_clock_of(ZoneInfo("America/Chicago")):
        assert template.render(Context(values)) == "20:05 Feb. 28, 2026 March 1, 2026  "
