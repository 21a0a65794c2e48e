"""Scores over time: the line, the table, and what the change amounts to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from upwell.pathway.response import score_cards

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    days: int
    total: Decimal | None
    status: str = "complete"
    instrument: str = "phq-9"
    origin: str = "staff"
    source: str = ""
    date_assumed: bool = False
    entered_in_error: bool = False
    id: UUID = field(default_factory=uuid4)
    patient_id: UUID = field(default_factory=uuid4)

    @property
    def effective_at(self) -> datetime:
        return START + timedelta(days=self.days)


def card(*rows: Row):
    (only,) = score_cards(rows)
    return only


def said(*rows: Row) -> dict[str, str]:
    return {verdict.name: verdict.word for verdict in card(*rows).verdicts}


def test_response_remission_and_reliable_change() -> None:
    assert said(Row(0, Decimal(20)), Row(30, Decimal(4))) == {
        "Response": "yes",
        "Remission": "yes",
        "Reliable change": "better",
        "Change that people notice": "better",
    }
    assert said(Row(0, Decimal(20)), Row(30, Decimal(15))) == {
        "Response": "not reached",
        "Remission": "not reached",
        "Reliable change": "no",
        "Change that people notice": "better",
    }
    assert said(Row(0, Decimal(10)), Row(30, Decimal(16)))["Reliable change"] == "worse"


def test_too_soon_is_never_said_to_be_no() -> None:
    early = card(Row(0, Decimal(20)), Row(13, Decimal(4)))
    assert {verdict.word for verdict in early.verdicts} == {"too soon to say"}
    assert "14 days" in early.why_no_verdict


def test_no_published_number_is_said() -> None:
    gad = said(
        *(Row(days, total, instrument="gad-7") for days, total in ((0, Decimal(15)), (30, Decimal(3))))
    )
    assert gad["Reliable change"] == "not known"
    assert gad["Response"] == "yes"


def test_the_first_score_has_nothing_to_be_held_against() -> None:
    first = card(Row(0, Decimal(12)))
    assert first.verdicts == ()
    assert "nothing to compare" in first.why_no_verdict
    assert first.latest == first.baseline


def test_what_was_entered_in_error_stays_in_the_table_and_counts_for_nothing() -> None:
    found = card(Row(0, Decimal(20)), Row(30, Decimal(10)), Row(40, Decimal(2), entered_in_error=True))
    assert [row.total for row in found.rows] == ["2", "10", "20"]
    assert found.rows[0].in_error
    assert len(found.chart.points) == 2
    assert found.latest is not None
    assert found.latest.total == "10"
    assert found.fall == 10


def test_marks_say_where_a_score_comes_from_and_what_it_rests_on() -> None:
    found = card(
        Row(0, Decimal(9), origin="history", source="old-system", date_assumed=True),
        Row(7, Decimal(8), status="imputed"),
        Row(40, None, status="not-scorable", origin="patient"),
    )
    assert found.rows[2].marks == ("first score", "history from old-system", "date assumed")
    assert found.rows[1].marks == ("prorated", "overlaps")
    assert found.rows[0].marks == ("no score: items missing",)
    assert not found.rows[0].is_scored


def test_depression_stands_first_and_unknown_instruments_break_nothing() -> None:
    cards = score_cards(
        [Row(0, Decimal(3), instrument="gad-7"), Row(0, Decimal(3)), Row(0, Decimal(1), instrument="lost")]
    )
    assert [one.instrument.id for one in cards] == ["phq-9", "gad-7"]


def test_the_table_has_room_for_so_many_and_the_line_for_all() -> None:
    (found,) = score_cards([Row(day, Decimal(day % 27)) for day in range(100)], shown=12)
    assert (len(found.rows), found.total, len(found.chart.points)) == (12, 100, 100)
    assert found.rows[0].at > found.rows[1].at
