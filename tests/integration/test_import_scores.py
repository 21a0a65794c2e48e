"""Scores from tables, into charts: what is stored, what a second run does, and how fast."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection

from tests.unit.exchange.scores_tables import line, text
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.audit.models import AuditEntry
from upwell.base.actor import Actor
from upwell.exchange.models import ImportRun
from upwell.exchange.scores import ColumnMap, ScoresReport, import_scores
from upwell.people.models import Patient, PatientIdentifier, PatientSearchKey, Practice
from upwell.people.names import query_keys
from upwell.record.models import Alert, Assessment, Task

WEEKLY = Path(__file__).parents[1] / "data" / "phq9-weekly" / "phq9-weekly.csv"
NOW = datetime(2026, 3, 11, 15, 0, tzinfo=UTC)
Import = Callable[..., ScoresReport]


@pytest.fixture
def by(practice: Practice) -> Actor:
    return system_actor("import", practice.id)


@pytest.fixture
def take(practice: Practice, by: Actor, tmp_path: Path) -> Import:
    """Imports rows, or the text of a table, on a Wednesday in March."""

    def run(*rows: list[str] | str, **options: Any) -> ScoresReport:
        path = tmp_path / "scores.csv"
        content = rows[0] if isinstance(rows[0], str) else text(*rows)  # type: ignore[arg-type]
        path.write_text(str(content), encoding="utf-8")
        options = {"practice_id": practice.id, "instrument": "phq-9", "by": by} | options
        with time_machine.travel(NOW, tick=True):
            return import_scores(path, **options)

    return run


def stored(by: Actor) -> list[Assessment]:
    with acting_as(by):
        return list(Assessment.objects.select_related("patient").order_by("source_key"))


def count(by: Actor, model: Any) -> int:
    with acting_as(by):
        return int(model.objects.count())


def history(by: Actor) -> list[tuple[datetime, bool]]:
    with acting_as(by), connection.cursor() as cursor:
        cursor.execute("SELECT effective_at, date_assumed FROM record_assessmentevent ORDER BY pgh_id")
        return cursor.fetchall()


class TestWhatIsStored:
    def test_answers_scored_as_history(self, take: Import, by: Actor, practice: Practice) -> None:
        report = take(line(answers="2222111102"), start_date=date(2026, 1, 5))
        (row,) = stored(by)
        assert row.answers == {
            "1": 2,
            "2": 2,
            "3": 2,
            "4": 2,
            "5": 1,
            "6": 1,
            "7": 1,
            "8": 1,
            "9": 0,
            "10": 2,
        }
        assert (row.total, row.status, row.band, row.flags) == (Decimal(12), "complete", "moderate", [])
        assert row.result["algorithms"] == {"depressive_syndrome": "other"}
        assert row.instrument_version == row.result["instrument_version"]
        assert (row.origin, row.source, row.source_key) == ("history", "scores", "phq-9:31970:1")
        assert row.effective_at == datetime(2026, 1, 5, 18, tzinfo=UTC)  # noon in Chicago
        assert not row.date_assumed
        assert (row.practice_id, row.release_kind, row.compartment) == (
            practice.id,
            "assessments",
            "clinical",
        )
        assert (report.counts.added, report.start_date, report.date_assumed) == (1, date(2026, 1, 5), False)

    def test_a_chart_is_made_for_whom_nobody_knows(self, take: Import, by: Actor, practice: Practice) -> None:
        take(line("31970"), line("31972"), line("9"))
        with acting_as(by):
            charts = list(Patient.objects.order_by("record_number"))
            keys = set(PatientSearchKey.objects.filter(patient=charts[1]).values_list("key", flat=True))
            numbers = list(PatientIdentifier.objects.filter(patient=charts[1]).values_list("system", "value"))
        names = [(chart.record_number, chart.display_name) for chart in charts]
        assert names == [
            ("P-000001", "Respondent 9"),
            ("P-000002", "Respondent 31970"),
            ("P-000003", "Respondent 31972"),
        ]
        assert (charts[1].birth_date, charts[1].sex) == (None, "unknown")
        assert query_keys("31970") <= keys
        assert query_keys("respondent") <= keys
        assert numbers == [("urn:upwell:scores", "31970")]
        practice.refresh_from_db()
        assert practice.next_record_number == 4

    def test_missing_answers_are_scored_by_the_engine(self, take: Import, by: Actor) -> None:
        report = take(
            line(week=1, answers="11111111.."),
            line(week=2, answers="111111...0"),
            line(week=3, answers=".........."),
        )
        first, second = stored(by)
        assert (first.status, first.total, first.result["missing"]) == ("imputed", Decimal(9), ["9"])
        assert first.flags == ["item-9-unanswered"]
        assert (second.status, second.total, second.band) == ("not-scorable", None, "")
        assert "9" not in second.answers
        counts = report.counts
        assert (counts.rows, counts.imputed, counts.not_scorable, counts.without_answers) == (3, 1, 1, 1)

    def test_gad7(self, take: Import, by: Actor) -> None:
        header = "patient_id;date;" + ";".join(f"GAD{n}" for n in range(1, 8)) + ";GAD7_Score\n"
        take(header + "A-1;2026-03-02;1;1;1;1;1;1;1;7\n", instrument="gad-7")
        (row,) = stored(by)
        assert (row.instrument, row.total, row.source_key) == ("gad-7", Decimal(7), "gad-7:A-1:2026-03-02")
        assert (row.effective_at, row.date_assumed) == (datetime(2026, 3, 2, 18, tzinfo=UTC), False)

    def test_columns_that_are_named(self, take: Import, by: Actor) -> None:
        header = "who,when,a,b,c,d,e,f,g,h,i,sum\n"
        columns = ColumnMap(id="who", week="when", items="a-i", total="sum")
        report = take(header + "7,1,0,1,2,3,0,1,2,3,0,12\n", columns=columns)
        assert stored(by)[0].total == 12
        assert report.columns["items"]["9"] == "i"

    def test_one_row_of_the_trail_for_the_run_and_one_for_each_chart(self, take: Import, by: Actor) -> None:
        report = take(line("1"), line("1", 2), line("2"))
        with acting_as(by):
            trail = list(AuditEntry.objects.values_list("action", "object_id", "patient_id"))
            run = ImportRun.objects.get()
        assert sorted(action for action, _, _ in trail) == ["import.scores", *["import.scores.chart"] * 2]
        assert {object_id for _, object_id, _ in trail} == {report.run_id} == {run.id}
        assert (run.kind, run.status, run.counts["added"]) == ("scores", "done", 3)
        assert "31970" not in str(run.position)


class TestDatesAndSecondRuns:
    ROWS = (line(week=1), line(week=2), line(week=3))

    def test_without_a_start_date_the_last_week_is_today(self, take: Import, by: Actor) -> None:
        report = take(*self.ROWS)
        assert [row.effective_at for row in stored(by)] == [
            datetime(2026, 2, 25, 18, tzinfo=UTC),
            datetime(2026, 3, 4, 18, tzinfo=UTC),
            NOW.replace(
                microsecond=stored(by)[2].effective_at.microsecond, second=stored(by)[2].effective_at.second
            ),
        ]
        assert all(row.date_assumed for row in stored(by))
        assert (report.date_assumed, report.start_date) == (True, date(2026, 2, 25))
        assert any("marked as assumed" in notice for notice in report.notices)

    def test_a_second_run_changes_nothing(self, take: Import, by: Actor) -> None:
        take(*self.ROWS)
        before = [(row.id, row.effective_at, row.updated_at) for row in stored(by)]
        trail = count(by, AuditEntry)
        report = take(*self.ROWS)
        assert [(row.id, row.effective_at, row.updated_at) for row in stored(by)] == before
        assert (report.counts.added, report.counts.updated, report.counts.unchanged) == (0, 0, 3)
        assert (report.counts.patients_created, report.counts.patients_matched) == (0, 1)
        assert count(by, AuditEntry) == trail + 1

    def test_a_later_run_without_a_start_date_moves_no_date(
        self, take: Import, by: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        take(*self.ROWS)
        before = [row.effective_at for row in stored(by)]
        monkeypatch.setattr("tests.integration.test_import_scores.NOW", NOW + timedelta(days=30))
        assert take(*self.ROWS).counts.unchanged == 3
        assert [row.effective_at for row in stored(by)] == before

    def test_a_start_date_sets_the_dates_and_the_former_rows_are_kept(self, take: Import, by: Actor) -> None:
        take(*self.ROWS)
        before = [(row.effective_at, True) for row in stored(by)]
        report = take(*self.ROWS, start_date=date(2025, 6, 2))
        assert [row.effective_at for row in stored(by)] == [
            datetime(2025, 6, day, 17, tzinfo=UTC) for day in (2, 9, 16)
        ]
        assert not any(row.date_assumed for row in stored(by))
        assert (report.counts.updated, report.counts.added) == (3, 0)
        assert history(by) == before
        assert take(*self.ROWS, start_date=date(2025, 6, 2)).counts.unchanged == 3
        assert take(*self.ROWS).counts.unchanged == 3

    def test_other_answers_are_an_update_that_keeps_the_former_row(self, take: Import, by: Actor) -> None:
        take(line(answers="1111111100"), start_date=date(2026, 1, 5))
        report = take(line(answers="2111111100"))
        (row,) = stored(by)
        assert (row.total, row.answers["1"], row.date_assumed) == (9, 2, False)
        assert row.effective_at == datetime(2026, 1, 5, 18, tzinfo=UTC)
        assert (report.counts.updated, report.counts.added) == (1, 0)
        assert len(history(by)) == 1

    def test_what_was_marked_as_error_here_stays_so(self, take: Import, by: Actor) -> None:
        take(line())
        with acting_as(by):
            Assessment.objects.update(entered_in_error=True)
        report = take(line(answers="3333333330"))
        assert (report.counts.left_in_error, report.counts.updated) == (1, 0)
        assert stored(by)[0].total != 24

    def test_another_source_is_another_identity(self, take: Import, by: Actor) -> None:
        take(line())
        report = take(line(), source="other-study")
        assert (report.counts.added, report.counts.patients_created) == (1, 1)

    def test_a_row_that_stands_twice_is_taken_once(self, take: Import, by: Actor) -> None:
        report = take(line(), line(week=2), line(), line())
        assert (report.counts.added, report.counts.repeated) == (2, 2)


class TestReviewTasks:
    def test_one_task_for_a_patient_and_never_an_alert(self, take: Import, by: Actor) -> None:
        report = take(
            line("1", 1, "0000000010"), line("1", 2, "0000000020"), line("1", 3), line("2", 1, "1111111100")
        )
        with acting_as(by):
            (task,) = Task.objects.select_related("patient")
            assert (task.kind, task.patient.family_name) == ("review-imported-item-9", "1")
            assert task.detail["count"] == 2
            assert task.detail["latest"].startswith("2026-03-04")
            assert not Alert.objects.exists()
        assert report.counts.review_tasks == 1

    def test_a_later_run_brings_it_up_to_date(self, take: Import, by: Actor) -> None:
        rows = [line("1", 1, "0000000010")]
        take(*rows)
        report = take(*rows, line("1", 2, "0000000030"))
        with acting_as(by):
            assert Task.objects.get().detail["count"] == 2
        assert report.counts.review_tasks == 0

    def test_a_finished_one_is_opened_again_only_if_there_is_more(
        self, take: Import, by: Actor, account_factory: Any
    ) -> None:
        rows = [line("1", 1, "0000000010")]
        account = account_factory("Toni")
        take(*rows)
        with acting_as(by):
            Task.objects.update(done_at=NOW, done_by=account, outcome="Talked it over.")
        take(*rows, start_date=date(2026, 1, 5))
        with acting_as(by):
            assert Task.objects.get().done_at == NOW
        take(*rows, line("1", 2, "0000000010"), start_date=date(2026, 1, 5))
        with acting_as(by):
            task = Task.objects.get()
        assert (task.done_at, task.done_by_id, task.outcome) == (None, None, "")
        assert task.detail["earlier"][0]["outcome"] == "Talked it over."


class TestMatching:
    def test_by_the_identifier_of_the_source(self, take: Import, by: Actor, patient_factory: Any) -> None:
        known = patient_factory("Okafor", "Ada")
        with acting_as(by):
            PatientIdentifier.objects.create(
                practice=known.practice, patient=known, system="urn:upwell:scores", value="31970"
            )
        report = take(line("31970"))
        assert stored(by)[0].patient_id == known.id
        assert (report.counts.patients_created, report.counts.patients_matched) == (0, 1)

    def test_by_record_number_and_from_then_on_by_identifier(
        self, take: Import, by: Actor, patient_factory: Any
    ) -> None:
        known = patient_factory("Okafor", "Ada", record_number="A 17")
        take(line("A 17"))
        with acting_as(by):
            Patient.objects.update(record_number="B 17")
        take(line("A 17", 2))
        assert {row.patient_id for row in stored(by)} == {known.id}
        assert count(by, PatientIdentifier) == 1

    def test_never_in_another_practice(
        self, take: Import, by: Actor, patient_factory: Any, other_practice: Practice
    ) -> None:
        patient_factory("Okafor", "Ada", at=other_practice, record_number="A 17")
        assert take(line("A 17")).counts.patients_created == 1

    def test_a_chart_merged_away_gives_way_to_the_one_that_stands(
        self, take: Import, by: Actor, patient_factory: Any
    ) -> None:
        kept, merged = patient_factory("Okafor", "Ada"), patient_factory("Okafor", "Adah")
        with acting_as(by):
            for chart in (kept, merged):
                PatientIdentifier.objects.create(
                    practice=chart.practice, patient=chart, system="urn:upwell:scores", value="7"
                )
            Patient.objects.filter(id=merged.id).update(merged_into=kept)
        take(line("7"))
        assert stored(by)[0].patient_id == kept.id


def test_standard_input(practice: Practice, by: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, int | None]] = []
    content = text(line(), delimiter=";").encode()
    with io.TextIOWrapper(io.BytesIO(content)) as given:
        monkeypatch.setattr("sys.stdin", given)
        report = import_scores(
            Path("-"),
            practice_id=practice.id,
            instrument="PHQ-9",
            by=by,
            progress=lambda done, total: seen.append((done, total)),
        )
    assert (report.counts.added, report.label) == (1, "standard input")
    assert seen[0] == (len(content), None)
    assert seen[-1] == (2 * len(content), 2 * len(content))


class TestTheRealTable:
    @pytest.mark.once
    def test_sixty_thousand_rows_under_thirty_seconds_and_a_second_run_adds_nothing(
        self, practice: Practice, by: Actor, capsys: pytest.CaptureFixture[str]
    ) -> None:
        seen: list[tuple[int, int | None]] = []
        began = time.monotonic()
        report = import_scores(
            WEEKLY,
            practice_id=practice.id,
            instrument="phq-9",
            by=by,
            progress=lambda done, total: seen.append((done, total)),
        )
        took = time.monotonic() - began
        again = import_scores(WEEKLY, practice_id=practice.id, instrument="phq-9", by=by)
        with capsys.disabled():
            print(f"\n60,000 rows in {took:.1f} s, once more in {again.seconds:.1f} s")
        counts = report.counts
        assert (counts.rows, counts.added, counts.patients_created, counts.refused) == (
            60_000,
            60_000,
            5_000,
            0,
        )
        assert counts.totals_checked == 60_000
        assert (
            counts.review_tasks == 3_733
        )  # counted in the table by hand: awk -F, '$11>0{print $1}' | sort -u | wc -l
        assert (again.counts.added, again.counts.updated, again.counts.unchanged) == (0, 0, 60_000)
        assert count(by, Assessment) == 60_000
        assert seen == sorted(seen)
        assert seen[-1] == (2 * WEEKLY.stat().st_size, 2 * WEEKLY.stat().st_size)
        assert took < 30
