"""Imports of scores that are interrupted, run side by side, or are large: what stays, and how they go on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection

from tests.unit.exchange.scores_tables import HEADER, line
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.audit.models import AuditEntry
from upwell.base.actor import Actor
from upwell.base.errors import Unavailable
from upwell.exchange.models import ImportRun
from upwell.exchange.scores import ScoresReport, import_scores
from upwell.people.models import Patient, Practice
from upwell.record.models import Assessment

ROOT = Path(__file__).parents[2]
WEEKLY = ROOT / "tests" / "data" / "phq9-weekly" / "phq9-weekly.csv"
CHILD = [sys.executable, "-m", "tests.integration.import_scores_child"]
ALL = 3000
IN_BATCHES: dict[str, Any] = {"batches_over_bytes": 1, "batch": 500}
STARTED = datetime(2026, 3, 11, 15, 0, tzinfo=UTC)


class Stop(Exception):
    """Something that goes wrong in the middle."""


def stop_at(share: float) -> Callable[[int, int | None], None]:
    """Progress that fails when the import has come so far."""

    def progress(done: int, total: int | None) -> None:
        if total and done >= share * total:
            raise Stop

    return progress


@pytest.fixture
def clinic(committed_db: str) -> Practice:
    return Practice.objects.create(name="Harbor Clinic", time_zone="America/Chicago")


@pytest.fixture
def by(clinic: Practice) -> Actor:
    return system_actor("import", clinic.id)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The beginning of the real table: 250 people, 12 weeks each."""
    found = tmp_path / "weekly.csv"
    with WEEKLY.open(encoding="utf-8") as whole:
        found.write_text("".join(islice(whole, ALL + 1)), encoding="utf-8")
    return found


@pytest.fixture
def take(path: Path, clinic: Practice, by: Actor) -> Callable[..., ScoresReport]:
    def run(**options: Any) -> ScoresReport:
        return import_scores(path, practice_id=clinic.id, instrument="phq-9", by=by, **options)

    return run


def stored(by: Actor) -> tuple[int, int]:
    with acting_as(by):
        return Patient.objects.count(), Assessment.objects.count()


def runs(by: Actor) -> list[tuple[str, int]]:
    with acting_as(by):
        found = ImportRun.objects.order_by("started_at", "id")
        return [(run.status, run.position["stored"]) for run in found]


class TestAtOnce:
    def test_an_interruption_leaves_nothing_behind(self, take: Any, by: Actor, clinic: Practice) -> None:
        with pytest.raises(Stop):
            take(progress=stop_at(0.9))
        assert (stored(by), runs(by)) == ((0, 0), [])
        clinic.refresh_from_db()
        assert clinic.next_record_number == 1

    def test_losing_the_database_leaves_nothing_behind_and_is_said(
        self, take: Any, by: Actor, databases: Any, committed_db: str
    ) -> None:
        def cut(done: int, total: int | None) -> None:
            if total and done >= 0.8 * total:
                with databases.admin.on("postgres").connect() as admin:
                    admin.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                        [committed_db],
                    )

        with pytest.raises(Unavailable, match="The database went away"):
            take(progress=cut)
        connection.close()
        assert (stored(by), runs(by)) == ((0, 0), [])
        assert take().counts.added == ALL

    def test_a_killed_process_leaves_nothing_behind(
        self, take: Any, by: Actor, clinic: Practice, committed_db: str, path: Path
    ) -> None:
        child = subprocess.Popen([*CHILD, "kill-at-once", committed_db, str(clinic.id), str(path)], cwd=ROOT)
        assert child.wait(timeout=120) == -signal.SIGKILL
        assert (stored(by), runs(by)) == ((0, 0), [])
        assert take().counts.added == ALL

    def test_a_second_import_at_the_same_time_is_turned_away(
        self, take: Any, by: Actor, clinic: Practice, databases: Any, committed_db: str
    ) -> None:
        from upwell.exchange.scores.logbook import lock_key

        with databases.app.on(committed_db).connect() as other:
            other.execute("SELECT pg_advisory_lock(%s)", [lock_key(clinic.id, "scores")])
            with pytest.raises(Unavailable, match="Another import"):
                take()
        assert stored(by) == (0, 0)


class TestInBatches:
    def test_the_result_is_the_same(self, take: Any, by: Actor) -> None:
        report = take(**IN_BATCHES)
        assert (report.counts.added, report.in_batches, report.resumed_after) == (ALL, True, 0)
        assert (stored(by), runs(by)) == ((250, ALL), [("done", ALL)])
        again = take(**IN_BATCHES)
        assert (again.counts.added, again.counts.unchanged, again.resumed_after) == (0, ALL, 0)

    def test_a_bad_row_at_the_end_stops_it_before_anything_is_stored(
        self, take: Any, by: Actor, path: Path
    ) -> None:
        path.write_text(path.read_text() + ",".join(line(week=0)) + "\n")
        with pytest.raises(Exception, match="line 3002, column Week"):
            take(**IN_BATCHES)
        assert (stored(by), runs(by)) == ((0, 0), [])

    def test_a_second_run_takes_up_where_the_first_was_interrupted(self, take: Any, by: Actor) -> None:
        with pytest.raises(Stop):
            take(progress=stop_at(0.8), **IN_BATCHES)
        ((status, position),) = runs(by)
        assert (status, stored(by)[1]) == ("running", position)
        assert 0 < position < ALL
        report = take(**IN_BATCHES)
        assert (report.resumed_after, report.counts.added) == (position, ALL - position)
        assert (stored(by), runs(by)) == ((250, ALL), [("failed", position), ("done", ALL)])
        with acting_as(by):
            charts = AuditEntry.objects.filter(action="import.scores.chart")
            assert charts.values("patient_id").distinct().count() == charts.count() == 250

    def test_the_assumed_dates_stay_those_of_the_day_when_it_began(self, take: Any, by: Actor) -> None:
        with time_machine.travel(STARTED, tick=True), pytest.raises(Stop):
            take(progress=stop_at(0.8), **IN_BATCHES)
        with time_machine.travel(STARTED + timedelta(days=3), tick=True):
            report = take(**IN_BATCHES)
        assert report.start_date == date(2025, 12, 24)
        with acting_as(by):
            last = Assessment.objects.filter(source_key__endswith=":12").dates("effective_at", "day")
            assert list(last) == [STARTED.date()]

    def test_it_begins_anew_with_other_options_or_another_table(
        self, take: Any, by: Actor, path: Path
    ) -> None:
        with pytest.raises(Stop):
            take(progress=stop_at(0.8), **IN_BATCHES)
        report = take(start_date=date(2024, 1, 1), **IN_BATCHES)
        assert (report.resumed_after, report.counts.added + report.counts.updated) == (0, ALL)
        with pytest.raises(Stop):
            take(progress=stop_at(0.8), **IN_BATCHES)
        path.write_text(path.read_text() + ",".join(line("1", 1)) + "\n")
        report = take(**IN_BATCHES)
        assert (report.resumed_after, report.counts.added, report.counts.unchanged) == (0, 1, ALL)

    def test_it_begins_anew_when_other_rows_are_refused(
        self, take: Any, by: Actor, patient_factory: Any
    ) -> None:
        options = IN_BATCHES | {"start_date": date(2024, 1, 1), "keep_going": True}
        with pytest.raises(Stop):
            take(progress=stop_at(0.8), **options)
        with acting_as(by):
            Patient.objects.filter(family_name="31970").update(birth_date=date(2024, 1, 2))
        report = take(**options)
        assert report.resumed_after == 0
        assert [refusal.line for refusal in report.refusals] == [2]
        assert report.counts.added + report.counts.unchanged == ALL - 1
        assert stored(by)[1] == ALL

    def test_a_killed_process_is_taken_up(
        self, take: Any, by: Actor, clinic: Practice, committed_db: str, path: Path
    ) -> None:
        child = subprocess.Popen(
            [*CHILD, "kill-in-batches", committed_db, str(clinic.id), str(path)], cwd=ROOT
        )
        assert child.wait(timeout=120) == -signal.SIGKILL
        ((status, position),) = runs(by)
        assert status == "running"
        assert 0 < position < ALL
        report = take(**IN_BATCHES)
        assert (report.resumed_after, report.counts.added) == (position, ALL - position)
        assert stored(by) == (250, ALL)


def write_large(path: Path, size: int) -> int:
    """A table of at least this size, whose last row contradicts its first: all is checked, nothing is stored."""
    answers = ["0123012301", "1111111111", "3210321032", "0000000000"]
    written = 0
    with path.open("w", encoding="ascii") as out:
        written += out.write(",".join(HEADER) + "\n")
        person = 0
        while written < size:
            person += 1
            rows = (",".join(line(person, week, answers[week % 4])) + "\n" for week in range(1, 13))
            written += out.write("".join(rows))
        out.write(",".join(line(1, 1, "3333333333")) + "\n")
    return person * 12 + 2


def checked(database: str, practice: Practice, path: Path) -> dict[str, Any]:
    """What the import of this table said, and the memory that it took."""
    done = subprocess.run(
        [*CHILD, "measure", database, str(practice.id), str(path)], cwd=ROOT, capture_output=True, check=True
    )
    return dict(json.loads(done.stdout))


@pytest.mark.once
def test_memory_stays_small(clinic: Practice, committed_db: str, tmp_path: Path) -> None:
    last = write_large(tmp_path / "large.csv", 8 << 20)
    found = checked(committed_db, clinic, tmp_path / "large.csv")
    assert f"line 2: 1, week 1 stands in line {last} with other answers" in found["said"]
    assert found["peak_mb"] < 150


@pytest.mark.faults
def test_memory_stays_under_300_mb_for_a_table_of_1_gb(
    clinic: Practice, committed_db: str, tmp_path: Path
) -> None:
    last = write_large(tmp_path / "large.csv", 1 << 30)
    found = checked(committed_db, clinic, tmp_path / "large.csv")
    assert f"line 2: 1, week 1 stands in line {last} with other answers" in found["said"]
    assert found["peak_mb"] < 300
