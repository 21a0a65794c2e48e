"""What was measured in a session, as papers show it: a table, in the words of whoever reads it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from upwell.pathway.papers.sheet import Section
from upwell.science.session import Event

PRESSURE = ("bp_systolic_mmhg", "bp_diastolic_mmhg")
SIGNS = ("heart_rate_bpm", "spo2_percent", "resp_rate_bpm")


def measured(title: str, labels: Sequence[str], events: Iterable[Event]) -> Section:
    """The vital signs in the order of time. ``labels``: blood pressure, heart rate, oxygen, breaths."""
    told = [(one, _values(one.body)) for one in events if one.type == "vitals"]
    rows = [[clock(one.observed_at), *values] for one, values in told if any(values)]
    return Section(title, head=[_("Time"), *labels] if rows else [], rows=rows)


def clock(moment: datetime | None) -> str:
    """The time of the day, by the practice's clock."""
    return "" if moment is None else date_format(localtime(moment), "H:i")


def _values(body: Any) -> list[str]:
    pair = [body.get(key) for key in PRESSURE]
    pressure = "/".join("?" if one is None else f"{one:g}" for one in pair) if any(pair) else ""
    return [pressure, *(f"{body[key]:g}" if key in body else "" for key in SIGNS)]
