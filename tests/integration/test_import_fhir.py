"""FHIR into the charts of a practice, on the real database under row security."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from tests.unit.exchange.fhir.samples import (
    allergy,
    bundle,
    concept,
    condition,
    encounter,
    observation,
    order,
    patient,
    practitioner,
    statement,
    without,
    write_json,
    write_lines,
)
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.audit.models import AuditEntry
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound
from upwell.base.ids import new_id
from upwell.exchange.fhir import ImportReport, import_fhir
from upwell.exchange.fhir.tables import MODELS
from upwell.exchange.models import ImportRun
from upwell.people.models import Patient, PatientIdentifier, PatientSearchKey, Practice
from upwell.people.names import search_keys
from upwell.record.facts.entry import Frame
from upwell.record.facts.medicines import medicines_on_record
from upwell.record.models import (
    AllergyIntolerance,
    Condition,
    Encounter,
    MedicationRequest,
    MedicationStatement,
    Observation,
    OriginIdentifier,
    OriginParty,
)
from upwell.record.treatments import proposals

SYNTHEA = Path(__file__).parents[1] / "data" / "synthea-10-patients"
COUNTED = {
    "AllergyIntolerance": 11,
    "Condition": 555,
    "Encounter": 1215,
    "Location": 44,
    "MedicationRequest": 1745,
    "Organization": 43,
    "Patient": 13,
    "Practitioner": 43,
    "PractitionerRole": 43,
}
Import = Callable[..., ImportReport]


@pytest.fixture
def bring(practice: Practice) -> Import:
    """Import into the practice."""

    def run(path: Path, *, at: Practice = practice, **options: Any) -> ImportReport:
        return import_fhir(path, practice_id=at.id, by=system_actor("import", at.id), **options)

    return run


@pytest.fixture
def inside(practice: Practice) -> Any:
    """Look into the practice as the system."""
    with acting_as(system_actor("import", practice.id)):
        yield


def rows() -> dict[str, int]:
    """How many rows every table of ours holds."""
    tables = {model._meta.db_table for model in apps.get_models() if model.__module__.startswith("upwell.")}
    with connection.cursor() as cursor:
        found = {}
        for table in sorted(tables):
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608
            found[table] = cursor.fetchone()[0]
    return found


def content() -> dict[str, list[Any]]:
    """What the import stored, without ids and times."""
    left_out = {"id", "patient_id", "record_number", "imported_at", "created_at", "updated_at"}
    found = {}
    for model in set(MODELS.values()):
        names = [field.attname for field in model._meta.concrete_fields if field.attname not in left_out]
        found[model.__name__] = sorted(
            (str(list(row)) for row in model._default_manager.values_list(*names)), key=str
        )
    return found


class TestSynthea:
    def test_all_of_it_is_taken(self, bring, inside, practice):
        report = bring(SYNTHEA)
        assert {kind: counts.added for kind, counts in report.counts.items()} == COUNTED
        assert (report.refusals, report.unresolved, report.not_used) == ([], {}, {})
        assert report.seconds < 30  # under 5 on an idle machine
        assert Patient.objects.count() == 13
        assert Condition.objects.filter(practice=practice, release_kind="chart").count() == 555
        assert not Encounter.objects.filter(provider_name="").exists()
        assert not MedicationRequest.objects.exclude(code_system__contains="rxnorm").exists()
        assert not Condition.objects.exclude(unresolved=[]).exists()
        one = json.loads((SYNTHEA / "Condition.ndjson").read_text().splitlines()[0])
        assert Condition.objects.get(source_id=one["id"]).resource == one

    def test_a_second_run_adds_nothing(self, bring, inside):
        bring(SYNTHEA)
        before = rows()
        report = bring(SYNTHEA)
        assert {kind: counts.unchanged for kind, counts in report.counts.items()} == COUNTED
        assert report.total("added") == report.total("updated") == 0
        expected = before | {
            "exchange_importrun": before["exchange_importrun"] + 1,
            "audit_auditentry": before["audit_auditentry"] + 1,
        }
        assert rows() == expected

    @pytest.mark.once
    def test_a_bundle_in_any_order_stores_the_same(self, bring, inside, practice, other_practice, tmp_path):
        bring(SYNTHEA)
        expected = content()
        resources = [
            json.loads(line)
            for file in sorted(SYNTHEA.glob("*.ndjson"))
            for line in file.read_text().splitlines()
        ]
        random.Random(3).shuffle(resources)
        write_json(tmp_path / "all.json", bundle(*resources))
        Practice.objects.filter(id=practice.id).update(name="first")
        with acting_as(system_actor("import", other_practice.id)):
            report = bring(tmp_path, at=other_practice)
            made = content()
        assert report.total("added") == sum(COUNTED.values())
        ids = str(practice.id), str(other_practice.id)
        assert {k: [row.replace(ids[1], ids[0]) for row in v] for k, v in made.items()} == expected

    def test_the_audit_trail_names_the_run_and_every_chart(self, bring, inside):
        report = bring(SYNTHEA)
        [run] = AuditEntry.objects.filter(action="import.fhir")
        assert (run.object_id, run.purpose, run.detail["source"]) == (report.run_id, "import", "fhir")
        assert run.detail["counts"]["counts"]["Condition"]["added"] == 555
        charts = AuditEntry.objects.filter(action="import.fhir.chart", object_id=report.run_id)
        assert {entry.patient_id for entry in charts} == set(Patient.objects.values_list("id", flat=True))
        words = json.dumps(list(AuditEntry.objects.values_list("detail", flat=True)))
        assert "Medhurst46" not in words


class TestWhatIsStored:
    def test_a_patient(self, bring, inside, practice, tmp_path):
        resource = patient(
            identifier=[{"system": "urn:oid:1.2", "value": "A-17", "type": concept("MR")}],
            birthDate="1980-05",
            name=[
                {"use": "official", "family": "Müller", "given": ["Alex"]},
                {"use": "maiden", "family": "Doe"},
            ],
        )
        bring(write_lines(tmp_path / "a.ndjson", resource), source="epic")
        one = Patient.objects.get()
        assert (one.source, one.source_id, one.birth_date_precision) == ("epic", "p1", "month")
        assert (one.record_number, one.resource, one.version) == ("P-000001", resource, 1)
        assert (one.release_kind, one.compartment) == ("demographics", "administrative")
        number = PatientIdentifier.objects.get()
        assert (number.system, number.value, number.kind, number.patient_id) == (
            "urn:oid:1.2",
            "A-17",
            "MR",
            one.id,
        )
        assert set(PatientSearchKey.objects.values_list("key", flat=True)) == search_keys(
            "Müller", "Alex", "Doe"
        )

    def test_numbers_keep_every_digit(self, bring, inside, tmp_path):
        line = json.dumps(observation()).replace("72", "72.500")
        bring(write_lines(tmp_path / "a.ndjson", patient(), line))
        one = Observation.objects.get()
        assert str(one.value_number) == "72.50000000"
        with connection.cursor() as cursor:
            cursor.execute("SELECT resource->'valueQuantity'->>'value' FROM record_observation")
            assert cursor.fetchone() == ("72.500",)

    def test_what_is_very_long_is_cut_in_columns_and_whole_in_the_resource(self, bring, inside, tmp_path):
        long = "漢" * 20_000
        resource = patient(
            name=[{"family": long, "given": [long]}],
            identifier=[{"system": "s", "value": long}, {"value": "1"}],
        )
        coded = condition(code={"coding": [{"system": "s", "code": long}], "text": long})
        assert bring(write_lines(tmp_path / "a.ndjson", resource, coded)).refusals == []
        assert (len(Patient.objects.get().family_name), Patient.objects.get().resource) == (250, resource)
        assert [number.value for number in PatientIdentifier.objects.all()] == ["1"]
        assert (Condition.objects.get().code, Condition.objects.get().display) == ("", long)

    def test_every_type(self, bring, inside, tmp_path):
        write_lines(
            tmp_path / "a.ndjson",
            statement(),
            observation(),
            encounter(),
            order(requester={"reference": "Practitioner/d1"}),
            allergy(),
            condition(onsetDateTime="1990-05"),
            patient(),
            practitioner(),
        )
        assert bring(tmp_path).refusals == []
        assert MedicationStatement.objects.get().display == "sertraline 25 MG"
        assert MedicationRequest.objects.get().requester_name == "Dr. Kim Ito"
        assert AllergyIntolerance.objects.get().display == "Allergy to penicillin"
        assert Encounter.objects.get().status == "finished"
        assert (Observation.objects.get().code, Observation.objects.get().value_number) == ("8867-4", 72)
        assert Condition.objects.get().onset_text == "1990-05"
        assert OriginParty.objects.get().name == "Dr. Kim Ito"
        assert OriginIdentifier.objects.get().value == "9999999999"

    def test_a_medicine_by_reference_is_filed_under_its_code(self, bring, inside, tmp_path):
        medicine = {"resourceType": "Medication", "id": "x1", "code": concept("6130", display="ketamine")}
        resource = without(order(), "medicationCodeableConcept") | {
            "medicationReference": {"reference": "Medication/x1"}
        }
        report = bring(write_lines(tmp_path / "a.ndjson", resource, patient(), medicine))
        one = MedicationRequest.objects.get()
        assert (one.code, one.display, report.read_for_codes) == ("6130", "ketamine", 1)

    def test_what_is_not_to_be_given_is_in_the_chart_and_is_no_medicine(self, bring, inside, tmp_path):
        bring(write_lines(tmp_path / "a.ndjson", patient(), order(doNotPerform=True), order("m2")))
        chart, frame = Patient.objects.get(), Frame(now(), None, None, {})
        assert sorted(MedicationRequest.objects.values_list("intent", flat=True)) == [
            "do-not-perform",
            "order",
        ]
        assert len(medicines_on_record([chart.id], frame)) == 1
        assert [drug["orders"] for drug in proposals([chart.id], {})] == [1]

    def test_what_leads_nowhere_is_kept_reported_and_mended_later(self, bring, inside, tmp_path):
        reference = "Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|9999999999"
        visit = encounter(participant=[{"individual": {"reference": reference}}])
        write_lines(tmp_path / "a.ndjson", patient(), visit)
        report = bring(tmp_path)
        assert report.as_json()["unresolved"]["Practitioner"]["count"] == 1
        assert "a.ndjson, line 2: Encounter/e1 participant.individual" in str(report.unresolved)
        assert Encounter.objects.get().unresolved[0]["reference"] == reference

        again = bring(tmp_path)
        assert (again.total("updated"), again.unresolved["Practitioner"].count) == (0, 1)

        write_lines(tmp_path / "b.ndjson", practitioner())
        mended = bring(tmp_path)
        assert (mended.of("Encounter").updated, mended.unresolved) == (1, {})
        assert (Encounter.objects.get().unresolved, Encounter.objects.get().provider_name) == (
            [],
            "Dr. Kim Ito",
        )

    def test_a_label_keeps_a_row_in_its_compartment(self, bring, staff, tmp_path):
        labelled = condition(meta={"security": [{"code": "42CFRPart2"}]})
        bring(write_lines(tmp_path / "a.ndjson", patient(), labelled, condition("c2")))
        with acting_as(staff("monitor")):
            assert set(Condition.objects.values_list("source_id", flat=True)) <= {"c2"}
        with acting_as(staff("admin")):
            assert Condition.objects.count() == 0

    def test_patients_who_may_be_on_record_are_reported_and_not_joined(
        self, bring, inside, patient_factory, tmp_path
    ):
        patient_factory("Rivera", "Alex", record_number="T-1", sex="female")
        write_lines(
            tmp_path / "a.ndjson", patient(), patient("p2", name=[{"family": "Lee", "given": ["Sam"]}])
        )
        report = bring(tmp_path)
        tally = report.notices["likely-duplicate"]
        assert tally.examples == ["a.ndjson, line 1: Patient/p1 resembles record T-1"]
        assert Patient.objects.count() == 3

    def test_what_should_be_looked_at_is_said(self, bring, inside, tmp_path):
        write_lines(
            tmp_path / "a.ndjson",
            patient(active=False, link=[{"type": "replaced-by", "other": {"reference": "Patient/p2"}}]),
            patient("p2", name=None),
            condition(onsetDateTime="1979"),
            condition("c2", onsetDateTime="2999-01-01"),
            encounter(period={"start": "2020-01-02", "end": "2020-01-01"}),
        )
        report = bring(tmp_path)
        assert report.refusals == []
        assert {kind: tally.count for kind, tally in report.notices.items()} == {
            "inactive-patient": 1,
            "replaced-by": 1,
            "no-name": 1,
            "before-birth": 1,
            "in-the-future": 1,
            "ends-before-it-starts": 1,
        }


class TestChanges:
    def test_a_changed_resource_updates_and_keeps_history(self, bring, inside, tmp_path):
        path = tmp_path / "a.ndjson"
        bring(write_lines(path, patient(), condition()))
        remission = concept("remission", "http://terminology.hl7.org/CodeSystem/condition-clinical")
        report = bring(write_lines(path, patient(birthDate="1981"), condition(clinicalStatus=remission)))
        assert (report.of("Patient").updated, report.of("Condition").updated) == (1, 1)
        assert Condition.objects.get().clinical_status == "remission"
        event = apps.get_model("record", "ConditionEvent")
        assert [old.clinical_status for old in event.objects.all()] == ["active"]
        old = apps.get_model("people", "PatientEvent").objects.get()
        assert (old.birth_date_precision, Patient.objects.get().birth_date_precision) == ("day", "year")
        assert Patient.objects.get().version == 2

    def test_what_people_changed_by_hand_stays_unless_the_source_changed_it_too(
        self, bring, inside, tmp_path
    ):
        path = tmp_path / "a.ndjson"
        phone = [{"system": "phone", "value": "555-1"}]
        bring(write_lines(path, patient(telecom=phone), condition()))
        Patient.objects.update(phone="555-2", given_names="Alexandra")
        Condition.objects.update(entered_in_error=True)
        changed = patient(telecom=phone, name=[{"family": "Rivera", "given": ["Lex"]}])
        bring(write_lines(path, changed, condition(recordedDate="2016-01-01")))
        one = Patient.objects.get()
        assert (one.phone, one.given_names) == ("555-2", "Lex")
        assert (Condition.objects.get().entered_in_error, Condition.objects.get().recorded_at.year) == (
            True,
            2016,
        )

    def test_somebody_else_under_the_same_id_is_refused_with_all_records(self, bring, inside, tmp_path):
        bring(write_lines(tmp_path / "a.ndjson", patient(), condition()))
        other = patient(
            name=[{"family": "Okafor", "given": ["Chidi"]}], birthDate="1951-11-20", gender="male"
        )
        write_lines(
            tmp_path / "a.ndjson", other, condition("c9"), patient("p2"), condition("c2", of="Patient/p2")
        )
        before = content()
        with pytest.raises(BadInput, match=r"a\.ndjson, line 1: Patient/p1: .* need a --source of their own"):
            bring(tmp_path)
        assert content() == before
        report = bring(tmp_path, keep_going=True)
        assert [refusal.resource for refusal in report.refusals] == ["Patient/p1", "Condition/c9"]
        chart = Patient.objects.get(source_id="p1")
        assert chart.family_name == "Rivera"
        assert set(Condition.objects.filter(patient=chart).values_list("source_id", flat=True)) == {"c1"}
        assert Condition.objects.get(source_id="c2").patient.source_id == "p2"
        assert bring(tmp_path, source="st-elsewhere").refusals == []

    @pytest.mark.parametrize(
        "changes",
        [
            {"name": [{"family": "Okafor", "given": ["Chidi"]}], "gender": "male"},
            {"birthDate": "1951-11-20"},
            {"name": [{"family": "Okafor", "given": ["Alex"]}], "birthDate": "1951-11-20"},
            {"name": [{"family": "Okafor", "given": ["Chidi"]}], "birthDate": None},
        ],
    )
    def test_a_new_name_or_a_corrected_birth_date_alone_is_taken(self, bring, inside, tmp_path, changes):
        bring(write_lines(tmp_path / "a.ndjson", patient()))
        bring(write_lines(tmp_path / "a.ndjson", patient(**changes)))
        assert Patient.objects.get().resource == patient(**changes)

    def test_an_older_version_does_not_undo_a_newer_one(self, bring, inside, tmp_path):
        path = tmp_path / "a.ndjson"
        newer, older = ({"lastUpdated": f"{year}-01-01T00:00:00Z"} for year in (2021, 2020))
        bring(write_lines(path, patient(meta=newer, gender="male")))
        report = bring(write_lines(path, patient(meta=older)))
        assert (report.of("Patient").unchanged, Patient.objects.get().sex) == (1, "male")
        assert report.notices["older-than-stored"].count == 1

    def test_a_record_that_its_source_gives_to_another_patient_moves(self, bring, inside, tmp_path):
        path = tmp_path / "a.ndjson"
        bring(write_lines(path, patient(), patient("p2"), condition()))
        report = bring(write_lines(path, patient(), patient("p2"), condition(of="Patient/p2")))
        assert Condition.objects.get().patient.source_id == "p2"
        assert report.notices["moved-chart"].count == 1

    def test_the_same_id_from_another_source_is_another_resource(self, bring, inside, tmp_path):
        path = write_lines(tmp_path / "a.ndjson", patient(), condition())
        bring(path, source="one")
        report = bring(path, source="two")
        assert report.total("added") == 2
        assert {one.source for one in Condition.objects.all()} == {"one", "two"}
        assert Condition.objects.get(source="two").patient.source == "two"

    def test_another_practice_has_rows_of_its_own(self, bring, other_practice, staff, tmp_path):
        path = write_lines(tmp_path / "a.ndjson", patient(), condition())
        bring(path)
        bring(path, at=other_practice)
        with acting_as(staff("therapist")):
            assert (Patient.objects.count(), Condition.objects.count()) == (1, 1)

    def test_patients_of_an_earlier_import_are_known(self, bring, inside, tmp_path):
        mrn = {"system": "urn:oid:1.2", "value": "A-17"}
        bring(write_lines(tmp_path / "a.ndjson", patient(identifier=[mrn]), encounter()))
        write_lines(
            tmp_path / "a.ndjson",
            condition(encounter={"reference": "Encounter/e1"}),
            condition("c2", subject={"identifier": mrn}),
        )
        report = bring(tmp_path)
        assert (report.refusals, report.unresolved) == ([], {})
        assert {one.patient.source_id for one in Condition.objects.all()} == {"p1"}


class TestRefusals:
    def test_a_bad_line_stops_the_import_and_leaves_nothing_behind(self, bring, inside, tmp_path):
        before = rows()
        write_lines(tmp_path / "a.ndjson", patient(), condition(), "{broken")
        with pytest.raises(BadInput) as stopped:
            bring(tmp_path)
        assert stopped.value.message.startswith("a.ndjson, line 3: is not valid JSON (column 2).")
        assert rows() == before

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            (condition("c2", of="Patient/p9"), "refers to Patient/p9, which is not in this input nor known"),
            (patient(gender="male"), "stands in the input with different contents"),
        ],
    )
    def test_so_does_what_only_shows_at_the_end(self, bring, inside, tmp_path, line, words):
        before = rows()
        write_lines(tmp_path / "a.ndjson", patient(), condition(), line)
        with pytest.raises(BadInput, match=words):
            bring(tmp_path)
        assert rows() == before

    def test_keep_going_imports_the_rest_and_lists_every_refusal(self, bring, inside, tmp_path):
        write_lines(
            tmp_path / "a.ndjson",
            "{",
            patient(),
            patient("p2", gender="F"),
            condition(),
            encounter(of="Patient/p2"),
        )
        report = bring(tmp_path, keep_going=True)
        assert report.total("added") == 2
        assert [refusal["line"] for refusal in report.as_json()["refusals"]] == [1, 3, 5]
        assert report.files["a.ndjson"].refused == report.as_json()["totals"]["refused"] == 3
        assert [refusal["reason"] for refusal in ImportRun.objects.get().refusals] == [
            refusal.reason for refusal in report.refusals
        ]

    def test_what_the_database_refuses_is_named_and_the_rest_kept(self, bring, inside, tmp_path, monkeypatch):
        from upwell.exchange.fhir import store

        real = store.columns_of

        def spoilt(resource, links):
            return real(resource, links) | ({"onset_at": "never"} if resource["id"] == "c2" else {})

        monkeypatch.setattr(store, "columns_of", spoilt)
        write_lines(tmp_path / "a.ndjson", patient(), condition(), condition("c2"), condition("c3"))
        report = bring(tmp_path, keep_going=True)
        assert [str(refusal) for refusal in report.refusals] == [
            "a.ndjson, line 3: Condition/c2: can't be stored (InvalidDatetimeFormat)"
        ]
        assert set(Condition.objects.values_list("source_id", flat=True)) == {"c1", "c3"}

    def test_another_version_is_refused(self, bring, inside, tmp_path):
        write_lines(tmp_path / "a.ndjson", patient(), encounter(actualPeriod={"start": "2020"}))
        with pytest.raises(BadInput, match=r"this looks like FHIR R5, Upwell reads R4 \(4\.0\.1\)"):
            bring(tmp_path)

    def test_a_practice_that_does_not_exist(self, tmp_path, db):
        path = write_lines(tmp_path / "a.ndjson", patient())
        with pytest.raises(NotFound):
            import_fhir(path, practice_id=new_id(), by=system_actor("import"))

    @pytest.mark.parametrize("source", ["", " ", "x" * 101])
    def test_a_source_without_a_usable_name(self, bring, tmp_path, source):
        with pytest.raises(BadInput, match="--source"):
            bring(write_lines(tmp_path / "a.ndjson", patient()), source=source)


def test_progress_goes_from_nothing_to_all(bring, tmp_path):
    seen: list[tuple[int, int | None]] = []
    bring(SYNTHEA, progress=lambda done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == seen[-1][1]
