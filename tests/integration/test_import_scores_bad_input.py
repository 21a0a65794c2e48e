"""Tables that can't be taken as they are: what is said, where it points, and that nothing stays behind."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from tests.unit.exchange.scores_tables import HEADER, line, text
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.audit.models import AuditEntry
from upwell.base.errors import BadInput
from upwell.exchange.models import ImportRun
from upwell.exchange.scores import ColumnMap, Refused, ScoresReport, import_scores
from upwell.people.models import Patient, PatientIdentifier, Practice
from upwell.record.models import Assessment, Task

NOW = datetime(2026, 3, 11, 15, 0, tzinfo=UTC)
GOOD = line("good", 1)
TAIL = line("tail", 1)


def table(*rows: list[str]) -> bytes:
    return text(GOOD, *rows, TAIL).encode()


def raw(line_of_bytes: bytes) -> bytes:
    head, tail = text(GOOD).encode(), text(TAIL, header=[]).lstrip().encode()
    return head + line_of_bytes + tail


def swap(row: list[str], column: str, value: str) -> list[str]:
    return [value if name == column else cell for name, cell in zip(HEADER, row, strict=True)]


# one bad row in line 3: what stands there, which column is named, and what is said
BAD_ROWS: dict[str, tuple[bytes, str, str]] = {
    "answer out of range": (
        table(swap(line(), "DPQ3", "4")),
        "DPQ3",
        "must be one of 0, 1, 2, 3 (found “4”)",
    ),
    "refused, as NHANES codes it": (table(swap(line(), "DPQ9", "7")), "DPQ9", "is no answer to item 9"),
    "negative answer": (table(swap(line(), "DPQ1", "-1")), "DPQ1", "is no answer to item 1"),
    "answer that is not whole": (table(swap(line(), "DPQ1", "1.5")), "DPQ1", "is no answer to item 1"),
    "answer in words": (table(swap(line(), "DPQ1", "often")), "DPQ1", "is no answer to item 1"),
    "difficulty out of range": (table(swap(line(), "DPQ10", "5")), "DPQ10", "is no answer to item 10"),
    "total disagrees": (table(swap(line(), "PHQ9_Score", "13")), "PHQ9_Score", "disagrees with the answers"),
    "total is no number": (table(swap(line(), "PHQ9_Score", "high")), "PHQ9_Score", "is not a number"),
    "week below one": (table(line(week=0)), "Week", "must be a whole number of weeks from 1"),
    "week not whole": (table(line(week="1.5")), "Week", "must be a whole number of weeks"),
    "week missing": (table(line(week="")), "Week", "is empty"),
    "identifier missing": (table(line(who="")), "Patient_Identifier", "is empty"),
    "identifier NA": (table(line(who="NA")), "Patient_Identifier", "is empty"),
    "too few columns": (table(line()[:-1]), "", "has 12 columns where the header has 13"),
    "too many columns": (table([*line(), "1"]), "", "has 14 columns where the header has 13"),
    "invalid UTF-8": (
        raw(b"\xff31970,1,0,0,0,0,0,0,0,0,0,0,0\n"),
        "",
        "is not UTF-8 (0xFF at byte 1 of the line",
    ),
    "NUL": (raw(b"31970,1,0,\x000,0,0,0,0,0,0,0,0,0\n"), "", "holds a NUL at byte 11"),
    "quote in the wrong place": (raw(b'"31970"x,1,0,0,0,0,0,0,0,0,0,0,0\n'), "", "after the closing quote"),
    "stray carriage return": (raw(b"31970,1\r,0,0,0,0,0,0,0,0,0,0,0\n"), "", "carriage return"),
}


@pytest.fixture
def by(practice: Practice) -> Any:
    return system_actor("import", practice.id)


@pytest.fixture
def take(practice: Practice, by: Any, tmp_path: Path) -> Any:
    def run(content: bytes, **options: Any) -> ScoresReport:
        path = tmp_path / "scores.csv"
        path.write_bytes(content)
        options = {"practice_id": practice.id, "instrument": "phq-9", "by": by} | options
        with time_machine.travel(NOW, tick=True):
            return import_scores(path, **options)

    return run


@pytest.fixture
def nothing_stays(by: Any, practice: Practice) -> Any:
    """The charts, scores, tasks, runs and the trail are as they were before."""

    def look() -> list[int]:
        with acting_as(by):
            counts = [
                model.objects.count()
                for model in (Patient, PatientIdentifier, Assessment, Task, ImportRun, AuditEntry)
            ]
        return [*counts, Practice.objects.get(id=practice.id).next_record_number]

    before = look()
    yield
    assert look() == before


@pytest.mark.parametrize("case", BAD_ROWS)
class TestBadRows:
    def test_the_import_stops_and_says_where(self, take: Any, nothing_stays: Any, case: str) -> None:
        content, column, words = BAD_ROWS[case]
        with pytest.raises(Refused) as refused:
            take(content)
        place = f"scores.csv, line 3, column {column}: " if column else "scores.csv, line 3: "
        assert refused.value.message.startswith(place)
        assert words in refused.value.message
        assert "Nothing was imported." in refused.value.message
        assert refused.value.path == ":".join(filter(None, ("scores.csv", "3", column)))

    def test_going_on_takes_the_rest_and_lists_the_refusal(self, take: Any, by: Any, case: str) -> None:
        content, column, words = BAD_ROWS[case]
        report = take(content, keep_going=True)
        (refusal,) = report.refusals
        assert (refusal.line, refusal.column) == (3, column)
        assert words in str(refusal)
        assert (report.counts.added, report.counts.refused, report.counts.rows) == (2, 1, 3)
        with acting_as(by):
            assert {row.patient.family_name for row in Assessment.objects.select_related("patient")} == {
                "good",
                "tail",
            }
            assert ImportRun.objects.get().refusals == [refusal.as_kept()]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "scores.csv is empty"),
        (b"\xef\xbb\xbf", "scores.csv is empty"),
        (text().encode(), "has a header but no rows"),
        (text().encode() + b"\r\n\r\n", "has a header but no rows"),
        (text(line()).encode("utf-16"), "UTF-16"),
        (b"\x00" * 40, "NUL"),
        (
            text(line()).replace("DPQ9,", "").encode(),
            "lacks the item column DPQ9. Its columns are: Patient_Identifier",
        ),
        (text(line()).replace("Week", "Wk").encode(), "has neither a week nor a date column"),
        (b"just a note to myself\n", "has no item columns such as DPQ1 to DPQ9"),
    ],
)
@pytest.mark.parametrize("keep_going", [False, True])
def test_what_is_no_table_of_answers(
    take: Any, nothing_stays: Any, content: bytes, words: str, keep_going: bool
) -> None:
    with pytest.raises(BadInput) as refused:
        take(content, keep_going=keep_going)
    assert words in refused.value.message


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"instrument": "phq-99"}, "There is no instrument “phq-99”. Known: "),
        ({"practice_id": uuid4()}, "There is no such practice"),
        ({"start_date": date(2026, 3, 12)}, "lies in the future"),
        ({"start_date": date(1899, 12, 31)}, "lies before 1900"),
        ({"source": ""}, "--source must be"),
        ({"source": "my study"}, "--source must be"),
        ({"columns": ColumnMap(id="nobody")}, "has no column “nobody”"),
    ],
)
def test_options_that_can_not_be(take: Any, nothing_stays: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput) as refused:
        take(table(), **options)
    assert words in refused.value.message


def test_a_file_that_is_not_there(practice: Practice, by: Any, tmp_path: Path) -> None:
    for path, words in ((tmp_path / "none.csv", "There is no file"), (tmp_path, "is a folder")):
        with pytest.raises(BadInput, match=words):
            import_scores(path, practice_id=practice.id, instrument="phq-9", by=by)


class TestFutureDates:
    def test_a_week_that_leads_into_the_future(self, take: Any, nothing_stays: Any) -> None:
        with pytest.raises(
            Refused, match="line 3, column Week: lies in the future, counted from the start date"
        ):
            take(table(line(week=2)), start_date=date(2026, 3, 5))

    def test_a_date_in_the_future(self, take: Any, nothing_stays: Any) -> None:
        header = ["date" if name == "Week" else name for name in HEADER]
        rows = [line("1", "2026-03-11"), line("1", "2026-03-12")]
        with pytest.raises(Refused, match="line 3, column date: lies in the future"):
            take(text(*rows, header=header).encode())


class TestOnePersonTwice:
    ROWS = (line("1", 1), line("1", 2), line("1", 1, "0000000000"))

    def test_with_other_answers_both_lines_are_named(self, take: Any, nothing_stays: Any) -> None:
        with pytest.raises(Refused) as refused:
            take(text(*self.ROWS).encode())
        assert "line 2: 1, week 1 stands in line 4 with other answers" in refused.value.message

    def test_going_on_takes_neither(self, take: Any, by: Any) -> None:
        report = take(text(*self.ROWS).encode(), keep_going=True)
        assert [refusal.line for refusal in report.refusals] == [2, 4]
        assert (report.counts.added, report.counts.repeated) == (1, 0)

    def test_same_answers_are_one_row_even_if_written_otherwise(self, take: Any) -> None:
        report = take(text(line(answers="1111111110"), [*line(answers="1111111110")[:-1], "9.0"]).encode())
        assert (report.counts.added, report.counts.repeated) == (1, 1)


class TestAgainstTheChart:
    """The chart that is on record says that somebody was not yet born, or had died."""

    @pytest.mark.parametrize(
        ("born", "precision", "refused"),
        [
            (date(2026, 2, 24), "day", []),
            (date(2026, 2, 25), "day", [3]),
            (date(2026, 3, 3), "day", [3]),
            (date(2026, 3, 4), "day", [3, 4]),
            (date(2026, 3, 31), "month", [3]),  # it may have been the first of March
            (date(2026, 2, 28), "month", []),
            (date(2026, 12, 31), "year", []),
        ],
    )
    def test_born_after_the_answers(
        self, take: Any, patient_factory: Any, born: date, precision: str, refused: list[int]
    ) -> None:
        patient_factory("Okafor", "Ada", record_number="7", birth_date=born, birth_date_precision=precision)
        rows = text(line("good"), line("7", 1), line("7", 2)).encode()
        report = take(rows, keep_going=True, start_date=date(2026, 2, 24))
        assert [refusal.line for refusal in report.refusals] == refused
        assert all(
            "7, week" in str(one) and "before the date of birth" in str(one) for one in report.refusals
        )
        assert report.counts.added == 3 - len(refused)

    def test_the_first_stops_the_import(self, take: Any, patient_factory: Any, by: Any) -> None:
        patient_factory("Okafor", "Ada", record_number="7", birth_date=date(2026, 3, 1))
        with pytest.raises(Refused, match="line 2: 7, week 1: lies before the date of birth"):
            take(text(line("7")).encode(), start_date=date(2026, 2, 24))
        with acting_as(by):
            assert not Assessment.objects.exists()

    def test_answered_after_death(self, take: Any, patient_factory: Any) -> None:
        patient_factory(
            "Okafor", "Ada", record_number="7", deceased=True, deceased_at=datetime(2026, 2, 25, tzinfo=UTC)
        )
        rows = text(line("7", 1), line("7", 2)).encode()
        report = take(rows, keep_going=True, start_date=date(2026, 2, 24))
        assert [refusal.line for refusal in report.refusals] == [3]

    def test_a_chart_that_was_made_in_error(self, take: Any, patient_factory: Any) -> None:
        patient_factory("Okafor", "Ada", record_number="7", entered_in_error=True)
        with pytest.raises(Refused, match="marked as entered in error"):
            take(text(line("7")).encode())

    def test_an_identifier_that_two_charts_carry(self, take: Any, patient_factory: Any, by: Any) -> None:
        for chart in (patient_factory("Okafor", "Ada"), patient_factory("Okafor", "Adah")):
            with acting_as(by):
                PatientIdentifier.objects.create(
                    practice=chart.practice, patient=chart, system="urn:upwell:scores", value="7"
                )
        with pytest.raises(
            Refused, match="2 patients on record carry this identifier; merge their charts first"
        ):
            take(text(line("7")).encode())


def test_more_refusals_than_anybody_reads_end_the_import(
    take: Any, nothing_stays: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("upwell.exchange.scores.desk.MOST_REFUSALS", 2)
    with pytest.raises(
        BadInput, match=r"More than 2 rows were refused; nothing was imported. The first: scores\.csv, line 3"
    ):
        take(table(*[line(week=0)] * 3), keep_going=True)


def test_windows_semicolons_and_bom_make_no_difference(take: Any, by: Any) -> None:
    rows = [line("1", 1), line("1", 2), line("2", 1)]
    take(text(*rows).encode())
    again = take(b"\xef\xbb\xbf" + text(*rows, delimiter=";", end="\r\n").encode())
    assert (again.counts.unchanged, again.counts.added, again.delimiter) == (3, 0, "semicolon")
