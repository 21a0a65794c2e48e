"""The list of events as a table for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.timezone import localtime

from upwell.pathway.csv_table import csv_table
from upwell.pathway.incidents.models import Incident

HEAD = (
    "happened_at",
    "kind",
    "term",
    "ctcae_grade",
    "serious",
    "serious_because",
    "onset_at",
    "resolved_at",
    "action",
    "outcome",
    "record_number",
    "substance",
    "route",
    "session",
    "id",
)


def csv_of(rows: Iterable[Incident]) -> str:
    """The rows, with a head. Who wrote them down is left out: it is a list to learn from."""
    return csv_table(
        HEAD,
        (
            (
                _when(one.happened_at),
                one.kind,
                one.term,
                one.grade,
                "yes" if one.serious else "no",
                " ".join(one.because),
                _when(one.onset_at),
                _when(one.resolved_at),
                one.action,
                one.outcome,
                one.patient.record_number,
                one.session.substance,
                one.session.route,
                one.session_id,
                one.id,
            )
            for one in rows
        ),
    )


def _when(moment: datetime | None) -> str:
    return "" if moment is None else localtime(moment).isoformat(timespec="minutes")
