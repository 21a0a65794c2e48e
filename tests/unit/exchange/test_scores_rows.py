"""What cells and rows may say: a table of cases, each limit at, below and above."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.exchange.scores_tables import CHICAGO, HEADER, NOW, PHQ9, line, reader
from upwell.exchange.scores.cells import (
    LONGEST_IDENTIFIER,
    MOST_WEEKS,
    AnswerCell,
    read_identifier,
    read_total,
    read_week,
)
from upwell.exchange.scores.occasions import Dates, Weeks
from upwell.exchange.scores.refusals import Refusal, Wrong
from upwell.science.scoring import score


@pytest.mark.parametrize(
    ("text", "answer"),
    [("0", 0), ("3", 3), (" 2 ", 2), ("2.0", 2), ("2.", 2), ("02", 2)]
    + [(blank, None) for blank in ("", " ", "NA", "na", "N/A", "NaN", "null", "None", ".")],
)
def test_answers(text: str, answer: int | None) -> None:
    cell = AnswerCell("3", "DPQ3", [0, 1, 2, 3])
    assert cell.read(text) == answer
    assert cell.known[text] == answer


@pytest.mark.parametrize("text", ["4", "-1", "7", "9", "1.5", "x", "1,0", "0x1", "1e0", "٣", "2 3", "?"])
def test_what_is_no_answer(text: str) -> None:
    with pytest.raises(Wrong, match="is no answer to item 3: it must be one of 0, 1, 2, 3") as wrong:
        AnswerCell("3", "DPQ3", [0, 1, 2, 3]).read(text)
    assert (wrong.value.column, wrong.value.found) == ("DPQ3", text)


@pytest.mark.parametrize(
    ("text", "week"), [("1", 1), ("12", 12), ("3.0", 3), (str(MOST_WEEKS), MOST_WEEKS), (" 7", 7)]
)
def test_weeks(text: str, week: int) -> None:
    assert read_week(text) == week


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "one", "", "NA", str(MOST_WEEKS + 1), "9" * 40, "²"])
def test_what_is_no_week(text: str) -> None:
    with pytest.raises(Wrong):
        read_week(text)


def test_identifiers() -> None:
    assert read_identifier(" 031970 ") == "031970"
    assert read_identifier("x" * LONGEST_IDENTIFIER) == "x" * LONGEST_IDENTIFIER
    for text in ("", "  ", "NA", "x" * (LONGEST_IDENTIFIER + 1), "a\tb", "a\nb", "a\x1b[2Jb"):
        with pytest.raises(Wrong):
            read_identifier(text)


def test_totals_are_read_exactly() -> None:
    assert read_total("13") == read_total("13.0") == read_total(" 13. ") == 13
    assert read_total("4.5") == Fraction(9, 2)
    assert read_total("") is None
    for text in ("x", "-1", "1e3", "inf", "9" * 40):
        with pytest.raises(Wrong):
            read_total(text)


class TestTotals:
    @pytest.mark.parametrize(
        ("answers", "total", "agrees"),
        [
            ("1111111110", 9, True),
            ("1111111113", 9, True),  # the difficulty item is not scored
            ("1111111110", 8, False),
            ("1111111110", 10, False),
            ("1111111110", "", True),
            ("1111111110", "NA", True),
            ("1111111110", "9.0", True),
            ("1111111110", "9.5", False),
            ("11111111..", 8, True),  # what was answered, added up
            ("11111111..", 9, True),  # prorated: one blank gets the mean of the others
            ("11111111..", 10, False),
            ("2222222...", 14, True),
            ("2222222...", 18, True),
            ("222222....", 12, True),  # three blanks can't be prorated
            ("222222....", 18, False),
        ],
    )
    def test_a_total_agrees_with_the_answers_or_the_row_is_refused(
        self, answers: str, total: object, agrees: bool
    ) -> None:
        row = line(answers=answers, total=total)
        if agrees:
            assert reader().read(2, row) is not None
            return
        with pytest.raises(Wrong, match="disagrees with the answers, which give") as wrong:
            reader().read(2, row)
        assert (wrong.value.column, wrong.value.found) == ("PHQ9_Score", str(total))

    @given(st.lists(st.sampled_from([0, 1, 2, 3, None]), min_size=10, max_size=10))
    def test_whatever_the_engine_gives_agrees(self, answers: list[int | None]) -> None:
        given = {str(n): answer for n, answer in enumerate(answers, 1) if answer is not None}
        total = score(PHQ9, given).total
        if not given or total is None:
            return
        signs = "".join("." if answer is None else str(answer) for answer in answers)
        row = reader().read(2, line(answers=signs, total=total))
        assert row is not None
        assert row.answers == tuple(answers)


def test_a_row_without_any_answer_is_nothing_to_keep() -> None:
    assert reader().read(2, line(answers="..........", total="")) is None
    with pytest.raises(Wrong, match="disagrees"):
        reader().read(2, line(answers="..........", total=5))


@pytest.mark.parametrize("row", [line()[:-1], [*line(), ""], ["31970"]])
def test_a_row_of_another_width_is_refused(row: list[str]) -> None:
    with pytest.raises(Wrong, match=f"has {len(row)} columns where the header has {len(HEADER)}"):
        reader().read(2, row)


class TestWeeks:
    def test_noon_where_the_practice_is_summer_and_winter(self) -> None:
        weeks = Weeks(CHICAGO, NOW, date(2026, 3, 3))
        assert weeks.moment(1) == datetime(2026, 3, 3, 18, tzinfo=UTC)
        assert Weeks(CHICAGO, NOW, date(2025, 6, 2)).moment(5) == datetime(2025, 6, 30, 17, tzinfo=UTC)

    def test_without_a_start_the_last_week_is_today_and_never_later_than_now(self) -> None:
        weeks = Weeks(CHICAGO, NOW, None)
        weeks.assume(12)
        assert weeks.assumed
        assert weeks.start == date(2025, 12, 24)
        assert weeks.moment(12) == NOW
        assert weeks.moment(11) == datetime(2026, 3, 4, 18, tzinfo=UTC)

    def test_a_week_that_is_today_is_taken_and_one_later_is_not(self) -> None:
        assert Weeks(CHICAGO, NOW, date(2026, 3, 4)).read("2") == 2
        with pytest.raises(Wrong, match="lies in the future, counted from the start date 2026-03-05"):
            Weeks(CHICAGO, NOW, date(2026, 3, 5)).read("2")


class TestDates:
    @pytest.mark.parametrize(
        ("text", "occasion", "moment"),
        [
            ("2026-03-02", "2026-03-02", datetime(2026, 3, 2, 18, tzinfo=UTC)),
            (" 2026-03-11 ", "2026-03-11", NOW),
            ("2026-03-02T10:00:00-05:00", "20260302T150000Z", datetime(2026, 3, 2, 15, tzinfo=UTC)),
            ("2026-03-02 10:00", "20260302T160000Z", datetime(2026, 3, 2, 16, tzinfo=UTC)),
            ("1900-01-01", "1900-01-01", datetime(1900, 1, 1, 18, tzinfo=UTC)),
        ],
    )
    def test_dates(self, text: str, occasion: str, moment: datetime) -> None:
        dates = Dates(CHICAGO, NOW)
        assert dates.read(text) == occasion
        assert dates.moment(occasion) == moment

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "2026-03-12",
            "2026-03-11T10:06:00-05:00",
            "03/02/2026",
            "2.3.2026",
            "2026-02-30",
            "1899-12-31",
            "45000",
        ],
    )
    def test_what_is_no_date_or_lies_in_the_future(self, text: str) -> None:
        with pytest.raises(Wrong):
            Dates(CHICAGO, NOW).read(text)


def test_a_refusal_says_where_and_what_but_keeps_only_where() -> None:
    refusal = Refusal("scores.csv", 7, "is no answer", "DPQ3", "seven\x1b" + "x" * 60)
    assert str(refusal).startswith("scores.csv, line 7, column DPQ3: is no answer (found “seven�xxx")
    assert refusal.path == "scores.csv:7:DPQ3"
    assert "seven" not in str(refusal.as_kept())
    assert len(refusal.as_json()["found"]) < 50
