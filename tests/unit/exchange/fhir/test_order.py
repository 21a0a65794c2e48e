"""The order of files and of lines makes no difference, nor does the form in which they come."""

from __future__ import annotations

import json
import random
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.exchange.fhir.reading import Outcome, read
from tests.unit.exchange.fhir.samples import (
    Json,
    bundle,
    condition,
    encounter,
    observation,
    order,
    patient,
    practitioner,
    write_json,
    write_lines,
)

SYNTHEA = Path(__file__).parents[3] / "data" / "synthea-10-patients"
NPI = "http://hl7.org/fhir/sid/us-npi"

EVERYTHING: list[Json | str] = [
    patient(),
    patient("p2"),
    patient("p2"),  # the very same once more
    patient("p3", gender="male"),
    patient("p3", gender="female"),  # another content, and nothing says which is newer
    patient("p4", meta={"lastUpdated": "2020-01-01T00:00:00Z"}),
    patient("p4", meta={"lastUpdated": "2021-01-01T00:00:00Z"}, gender="male"),  # the newer one
    patient("p5", meta={"versionId": "9"}),
    patient("p5", meta={"versionId": "10"}, gender="male"),  # the newer one
    condition(of="Patient/p1"),
    condition("c2", of="Patient/absent"),
    condition("c3", of="Patient/p3"),
    encounter(
        of="Patient/p4", participant=[{"individual": {"reference": f"Practitioner?identifier={NPI}|7"}}]
    ),
    observation(of="Patient/p5", encounter={"reference": "Encounter/e1"}),
    order(of="Patient/p2", requester={"reference": "Practitioner/absent"}),
    practitioner("d1", "7"),
    "{",
    {"resourceType": "Procedure", "id": "x"},
]


def result(found: Outcome) -> tuple[object, ...]:
    """Everything an import comes to, but not where it stood."""
    return (
        {(one.item.type, one.item.id): (one.item.hash, json.dumps(one.unresolved)) for one in found.linked},
        found.patients,
        sorted((refusal.resource, refusal.field) for refusal in found.report.refusals),
        {kind: (c.repeated, c.superseded) for kind, c in found.report.counts.items()},
        found.report.not_used,
    )


def write(folder: Path, pieces: list[list[Json | str]]) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for number, piece in enumerate(pieces):
        if piece:
            write_lines(folder / f"{number}.ndjson", *piece)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("order")


@pytest.fixture(scope="module")
def expected(folder: Path) -> tuple[object, ...]:
    return result(read(write(folder / "first", [EVERYTHING])))


@given(st.permutations(EVERYTHING), st.lists(st.integers(0, len(EVERYTHING)), max_size=3))
def test_any_order_of_lines_and_files_comes_to_the_same(folder, expected, lines, cuts):
    borders = [0, *sorted(cuts), len(lines)]
    pieces = [lines[a:b] for a, b in pairwise(borders)]
    assert result(read(write(folder / "shuffled", pieces))) == expected


def test_what_it_comes_to(expected):
    kept, patients, refused, counts, not_used = expected
    assert {ident for _, ident in kept} == {"p1", "p2", "p4", "p5", "c1", "e1", "o1", "m1", "d1"}
    assert len(patients) == 4
    assert (
        refused
        == [("", ""), ("Condition/c2", "subject"), ("Condition/c3", "subject")] + [("Patient/p3", "")] * 2
    )
    assert counts["Patient"] == (1, 2)
    assert not_used == {"Procedure": 1}


def test_the_newest_version_is_the_one_that_is_kept(folder):
    found = read(write(folder / "versions", [EVERYTHING]))
    assert found.one("p4").resource["gender"] == "male"
    assert found.one("p5").resource["gender"] == "male"


def test_both_places_of_a_contradiction_are_named(tmp_path):
    write_lines(tmp_path / "a.ndjson", patient())
    write_lines(tmp_path / "b.ndjson", practitioner(), patient(gender="male"))
    for refusal in read(tmp_path).report.refusals:
        assert "a.ndjson, line 1; b.ndjson, line 2" in refusal.reason


def test_a_bundle_of_the_same_resources_comes_to_the_same(tmp_path):
    resources = [
        json.loads(line)
        for file in sorted(SYNTHEA.glob("*.ndjson"))
        for line in file.read_text().splitlines()
    ]
    lines = read(SYNTHEA)
    random.Random(2).shuffle(resources)
    write_json(tmp_path / "all.json", bundle(*resources), indent=1)
    made = read(tmp_path)
    assert len(lines.linked) == 3712
    assert result(made) == result(lines)
    assert lines.refusals == []
    assert lines.report.notices == {}
