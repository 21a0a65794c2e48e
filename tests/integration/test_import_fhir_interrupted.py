"""Imports that are interrupted, run side by side, or are large: what stays, and how they go on."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.unit.exchange.fhir.samples import condition, patient, write_lines
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.base.actor import Actor
from upwell.base.errors import BadInput, Unavailable
from upwell.exchange.fhir import import_fhir
from upwell.exchange.models import ImportRun
from upwell.people.models import Patient, Practice
from upwell.record.models import Condition, Encounter, MedicationRequest

ROOT = Path(__file__).parents[2]
SYNTHEA = ROOT / "tests" / "data" / "synthea-10-patients"
CHILD = [sys.executable, "-m", "tests.integration.import_fhir_child"]
ALL = 3712
IN_BATCHES: dict[str, Any] = {"batches_over_bytes": 1, "batch": 500}


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
    return Practice.objects.create(name="Harbor Clinic")


@pytest.fixture
def by(clinic: Practice) -> Actor:
    return system_actor("import", clinic.id)


def stored(by: Actor) -> int:
    with acting_as(by):
        return sum(model.objects.count() for model in (Patient, Condition, Encounter, MedicationRequest))


def runs(by: Actor) -> list[tuple[str, int]]:
    with acting_as(by):
        found = ImportRun.objects.order_by("started_at", "id")
        return [(run.status, run.position["stored"]) for run in found]


class TestAtOnce:
    def test_an_interruption_leaves_nothing_behind(self, clinic, by):
        with pytest.raises(Stop):
            import_fhir(SYNTHEA, practice_id=clinic.id, by=by, progress=stop_at(0.9))
        assert (stored(by), runs(by)) == (0, [])

    def test_losing_the_database_leaves_nothing_behind_and_is_said(self, clinic, by, databases, committed_db):
        def cut(done: int, total: int | None) -> None:
            if total and done >= 0.8 * total:
                with databases.admin.on("postgres").connect() as admin:
                    admin.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                        [committed_db],
                    )

        with pytest.raises(Unavailable, match="The database went away"):
            import_fhir(SYNTHEA, practice_id=clinic.id, by=by, progress=cut)
        connection.close()
        assert (stored(by), runs(by)) == (0, [])
        assert import_fhir(SYNTHEA, practice_id=clinic.id, by=by).total("added") == ALL

    def test_a_second_import_at_the_same_time_is_turned_away(self, clinic, by, databases, committed_db):
        from upwell.exchange.fhir.ledger import lock_key

        with databases.app.on(committed_db).connect() as other:
            other.execute("SELECT pg_advisory_lock(%s)", [lock_key(clinic.id, "fhir")])
            with pytest.raises(Unavailable, match="Another import"):
                import_fhir(SYNTHEA, practice_id=clinic.id, by=by)
        assert stored(by) == 0


class TestInBatches:
    def test_the_result_is_the_same(self, clinic, by):
        report = import_fhir(SYNTHEA, practice_id=clinic.id, by=by, **IN_BATCHES)
        assert (report.total("added"), report.in_batches, report.resumed_after) == (ALL, True, 0)
        assert runs(by) == [("done", ALL)]
        again = import_fhir(SYNTHEA, practice_id=clinic.id, by=by, **IN_BATCHES)
        assert (again.total("added"), again.total("unchanged"), again.resumed_after) == (0, ALL, 0)

    def test_a_second_run_takes_up_where_the_first_was_interrupted(self, clinic, by):
        with pytest.raises(Stop):
            import_fhir(SYNTHEA, practice_id=clinic.id, by=by, progress=stop_at(0.8), **IN_BATCHES)
        assert runs(by) == [("running", 2500)]
        assert 0 < stored(by) < ALL
        report = import_fhir(SYNTHEA, practice_id=clinic.id, by=by, **IN_BATCHES)
        assert (report.resumed_after, report.total("unchanged"), report.total("added")) == (
            2500,
            2500,
            ALL - 2500,
        )
        assert runs(by) == [("failed", 2500), ("done", ALL)]

    def test_an_interrupted_run_is_not_taken_up_with_another_input(self, clinic, by, tmp_path):
        with pytest.raises(Stop):
            import_fhir(SYNTHEA, practice_id=clinic.id, by=by, progress=stop_at(0.8), **IN_BATCHES)
        write_lines(tmp_path / "a.ndjson", patient(), condition())
        report = import_fhir(tmp_path, practice_id=clinic.id, by=by, **IN_BATCHES)
        assert (report.resumed_after, report.total("added")) == (0, 2)
        report = import_fhir(SYNTHEA, practice_id=clinic.id, by=by, **IN_BATCHES)
        assert (report.resumed_after, report.total("unchanged"), report.total("added")) == (
            0,
            2500,
            ALL - 2500,
        )

    def test_everything_is_checked_before_anything_is_stored(self, clinic, by, tmp_path):
        people = [patient(f"p{number}") for number in range(20)]
        write_lines(tmp_path / "a.ndjson", *people, condition(of="Patient/p99"))
        with pytest.raises(BadInput, match="refers to Patient/p99"):
            import_fhir(tmp_path, practice_id=clinic.id, by=by, batches_over_bytes=1, batch=5)
        assert (stored(by), runs(by)) == (0, [])

    def test_a_killed_process_is_taken_up(self, clinic, by, committed_db):
        child = subprocess.Popen([*CHILD, "kill-me", committed_db, str(clinic.id), str(SYNTHEA)], cwd=ROOT)
        assert child.wait(timeout=120) == -signal.SIGKILL
        [(status, position)] = runs(by)
        assert (status, position) == ("running", 2500)
        report = import_fhir(SYNTHEA, practice_id=clinic.id, by=by, **IN_BATCHES)
        assert (report.resumed_after, report.total("added")) == (2500, ALL - 2500)
        assert stored(by) == 13 + 555 + 1215 + 1745


UUIDS = re.compile(
    r'(?<="id":")[0-9a-f-]{36}(?=")|(?<="Patient/)[0-9a-f-]{36}|(?<="Encounter/)[0-9a-f-]{36}'
    r'|(?<="Condition/)[0-9a-f-]{36}'
)


def many_lines(size: int) -> Iterator[str]:
    """Synthea's patients again and again under new ids, until there are so many bytes."""
    parties = ("Organization", "Practitioner", "Location", "PractitionerRole")
    told = ("Patient", "Encounter", "Condition", "MedicationRequest", "AllergyIntolerance")
    files = {name: (SYNTHEA / f"{name}.ndjson").read_text().splitlines() for name in (*parties, *told)}
    written, number = 0, 0
    for name in parties:
        yield from files[name]
    while written < size:
        number += 1
        for name in told:
            for line in files[name]:
                made = UUIDS.sub(lambda found: f"{found[0][:-6]}{number:06d}", line)  # noqa: B023
                written += len(made) + 1
                yield made


def write_large(folder: Path, size: int, form: str) -> Path:
    """A file of a size, as NDJSON or as one Bundle."""
    path = folder / f"large.{'json' if form == 'bundle' else 'ndjson'}"
    with path.open("w", encoding="utf-8") as out:
        if form == "ndjson":
            out.writelines(f"{line}\n" for line in many_lines(size))
            return path
        out.write('{"resourceType":"Bundle","type":"collection","entry":[')
        for number, line in enumerate(many_lines(size)):
            ident = json.loads(line)["id"]
            out.write(f'{"," if number else ""}{{"fullUrl":"urn:uuid:{ident}","resource":{line}}}')
        out.write("]}")
    return path


def peak_mb(database: str, practice: Practice, path: Path) -> dict[str, Any]:
    """Import in a process of its own: its most memory, and what it reported."""
    done = subprocess.run(
        [*CHILD, "measure", database, str(practice.id), str(path)],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return dict(json.loads(done.stdout))


@pytest.mark.once
@pytest.mark.parametrize("form", ["ndjson", "bundle"])
def test_memory_stays_small(clinic, by, committed_db, tmp_path, form):
    found = peak_mb(committed_db, clinic, write_large(tmp_path, 21 << 20, form))
    assert found["refused"] == 0
    assert found["added"] > 10_000
    assert found["in_batches"] is True
    assert found["peak_mb"] < 200


@pytest.mark.faults
@pytest.mark.parametrize("form", ["ndjson", "bundle"])
def test_memory_stays_small_with_a_gigabyte(clinic, by, committed_db, tmp_path, form):
    found = peak_mb(committed_db, clinic, write_large(tmp_path, 1 << 30, form))
    assert found["refused"] == 0
    assert found["added"] > 800_000
    assert found["peak_mb"] < 300
