"""The facts that rules are asked with, read from the record: what is there counts, what is not stays unknown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from upwell.access.acting import acting_as
from upwell.access.links import person_charts
from upwell.access.models import CareLink, Release
from upwell.access.system import system_actor
from upwell.base.clock import now
from upwell.base.codes import SYSTEM_URI
from upwell.base.errors import BadInput, NotPermitted, StaleState
from upwell.knowledge.gates.loader import load_fact_book
from upwell.knowledge.schemas import violations
from upwell.record.actions import record_assessment
from upwell.record.actions_vitals import mark_observation_in_error, record_vitals
from upwell.record.facts import chart_facts, read_chart
from upwell.record.models import (
    AllergyIntolerance,
    Condition,
    MedicationRequest,
    MedicationStatement,
    Observation,
)
from upwell.science.rules.reading import read_facts
from upwell.science.rules.screen import screen

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
SNOMED, RXNORM, LOINC = SYSTEM_URI["snomed"], SYSTEM_URI["rxnorm"], SYSTEM_URI["loinc"]


@pytest.fixture
def patient(patient_factory):
    return patient_factory(sex="female")


def on_record(model, patient, **fields):
    with acting_as(system_actor("import", patient.practice_id)):
        return model.objects.create(practice_id=patient.practice_id, patient_id=patient.id, **fields)


def facts_of(patient, **more):
    with acting_as(system_actor("job", patient.practice_id)):
        facts = chart_facts(patient, person_charts(patient.id), AT, **more)
    assert violations("facts", facts) == []
    read_facts(facts, load_fact_book())
    return facts


def finding(facts, rule):
    return next((one for one in screen(facts)["findings"] if one["rule"] == rule), None)


def test_an_empty_record_leaves_everything_unknown(patient):
    facts = facts_of(patient)
    assert set(facts) == {"at", "jurisdiction", "person"}
    assert facts["at"] == "2026-03-02T09:00:00-06:00"  # on the practice's clock
    assert facts["person"] == {"age_years": 45, "sex": "female"}
    assert {"questions.conditions", "questions.medicines"} <= {
        one["rule"] for one in screen(facts)["findings"]
    }


@pytest.mark.parametrize(
    ("born", "precision", "age"),
    [
        (date(1980, 3, 2), "day", 46),
        (date(1980, 3, 3), "day", 45),
        (date(1980, 3, 1), "month", 45),  # the lower of the two that can be
        (date(1980, 1, 1), "year", 45),
        (date(2008, 1, 1), "year", None),  # 17 or 18: unknown, and asked for
        (date(2010, 1, 1), "year", 15),
        (None, "day", None),
    ],
)
def test_the_age_is_as_exact_as_the_birth_date(patient_factory, born, precision, age):
    patient = patient_factory(birth_date=born, birth_date_precision=precision)
    assert facts_of(patient)["person"].get("age_years") == age


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"onset_at": datetime(2020, 5, 1, 14, tzinfo=UTC)}, {"onset": "2020-05-01"}),
        ({"onset_at": datetime(2020, 5, 1, tzinfo=UTC), "onset_text": "2020-05-01"}, {"onset": "2020-05-01"}),
        ({"onset_at": datetime(2015, 1, 1, tzinfo=UTC), "onset_text": "2015"}, {"onset": "2015"}),
        ({"onset_at": datetime(2026, 1, 1, tzinfo=UTC), "onset_text": "2026-01"}, {}),  # too inexact for a limit
        ({"onset_text": "age 40 years"}, {}),
        ({"onset_at": datetime(2027, 1, 1, tzinfo=UTC)}, {}),  # in the future: when it began is unknown
        ({"onset_at": datetime(1930, 1, 1, tzinfo=UTC)}, {}),  # before birth
        ({"abated_at": datetime(2021, 1, 1, 12, tzinfo=UTC)}, {"abated": "2021-01-01"}),
        ({"abated_text": "some years ago"}, {"active": False}),
        ({"clinical_status": "resolved"}, {"active": False}),
        ({"clinical_status": "inactive"}, {"active": False}),
        ({"clinical_status": "remission"}, {}),  # still one to know of
        ({"clinical_status": "active", "abated_at": datetime(2021, 1, 1, 12, tzinfo=UTC)}, {}),
        (
            {"onset_at": datetime(2020, 1, 1, 12, tzinfo=UTC), "abated_at": datetime(2019, 1, 1, 12, tzinfo=UTC)},
            {"onset": "2020-01-01", "active": False},
        ),
    ],
)  # fmt: skip
def test_dates_and_statuses_of_a_condition(patient, fields, expected):
    on_record(
        Condition, patient, code_system=SNOMED, code="59621000", display="Essential hypertension", **fields
    )
    [found] = facts_of(patient)["conditions"]
    named = {"system": "snomed", "code": "59621000", "display": "Essential hypertension"}
    assert found == named | expected


@pytest.mark.parametrize("fields", [{"entered_in_error": True}, {"verification_status": "refuted"}])
def test_what_was_ruled_out_is_no_fact(patient, fields):
    on_record(
        Condition, patient, code_system=SNOMED, code="1386000", display="Intracranial haemorrhage", **fields
    )
    assert "conditions" not in facts_of(patient)


@pytest.mark.parametrize("status", ["unconfirmed", "provisional", "differential", ""])
def test_what_is_not_confirmed_still_counts(patient, status):
    on_record(Condition, patient, code_system=SNOMED, code="1386000", display="", verification_status=status)
    assert finding(facts_of(patient), "eligibility.intracerebral-haemorrhage")["severity"] == "absolute"


def test_a_code_system_that_rules_do_not_know_is_found_by_name(patient):
    on_record(Condition, patient, code_system="urn:oid:1.2.3", code="X1", display="Cerebral aneurysm")
    assert finding(facts_of(patient), "eligibility.aneurysm-avm")["severity"] == "absolute"


def test_a_row_without_code_and_name_is_still_there(patient):
    on_record(Condition, patient)
    assert facts_of(patient)["conditions"] == [{"system": "", "code": "", "display": "(not named)"}]


@pytest.mark.parametrize(
    ("status", "active"),
    [("active", True), ("on-hold", None), ("draft", None), ("unknown", None), ("", None),
     ("completed", False), ("stopped", False), ("cancelled", False)],
)  # fmt: skip
def test_medicines_count_unless_they_are_said_to_be_stopped(patient, status, active):
    on_record(MedicationRequest, patient, code_system=RXNORM, code="6470", display="lorazepam 1 MG Oral Tablet",
              status=status, dosage_text="1 mg twice daily")  # fmt: skip
    facts = facts_of(patient)
    [found] = facts["medicines"]
    assert (found.get("active"), found["dose"]) == (active, "1 mg twice daily")
    assert (finding(facts, "interactions.benzodiazepines") is not None) is (active is not False)


def test_a_medicine_that_was_said_to_be_taken_counts_until_it_ended(patient):
    common = {"code_system": RXNORM, "code": "8123", "display": "phenelzine", "status": "active"}
    on_record(MedicationStatement, patient, **common, ended_at=AT - timedelta(days=1))
    assert facts_of(patient)["medicines"][0]["active"] is False
    on_record(MedicationStatement, patient, **common, ended_at=AT + timedelta(days=1))
    assert finding(facts_of(patient), "interactions.maoi") is not None


def test_a_prescription_written_many_times_is_one_medicine(patient):
    for _ in range(5):
        on_record(
            MedicationRequest,
            patient,
            code_system=RXNORM,
            code="36437",
            display="sertraline",
            status="completed",
        )
    assert len(facts_of(patient)["medicines"]) == 1


@pytest.mark.parametrize(
    ("allergy", "counts"),
    [
        ({"code_system": RXNORM, "code": "6130", "display": "KETAMINE"}, True),
        ({"code_system": RXNORM, "code": "6130", "display": ""}, True),
        ({"display": "Esketamine nasal spray"}, True),
        ({"display": "Spravato"}, True),
        ({"display": "Allergy to ketamine (finding)"}, True),
        ({"display": "Benzethonium chloride"}, True),
        ({"display": "Ketalar", "clinical_status": "resolved"}, True),  # once is enough
        ({"display": "ketamine", "verification_status": "refuted"}, False),
        ({"display": "ketamine", "entered_in_error": True}, False),
        ({"code_system": RXNORM, "code": "1191", "display": "Aspirin"}, False),
    ],
)
def test_an_allergy_to_ketamine_is_absolute(patient, allergy, counts):
    on_record(AllergyIntolerance, patient, **allergy)
    found = finding(facts_of(patient, conditions=[]), "eligibility.hypersensitivity")
    assert (found is not None and found["severity"] == "absolute") is counts


def bp(systolic, diastolic, unit="mm[Hg]"):
    return [
        {"code": "8480-6", "value_number": systolic, "value_unit": unit},
        {"code": "8462-4", "value_number": diastolic, "value_unit": unit},
    ]


def test_vital_signs_of_one_moment_stand_together(patient):
    at = AT - timedelta(hours=1)
    on_record(
        Observation, patient, code_system=LOINC, code="85354-9", components=bp(148, 88), effective_at=at
    )
    for code, number, unit in (
        ("8867-4", 72, "/min"), ("9279-1", 14, "/min"), ("8310-5", "98.6", "[degF]"), ("2708-6", 97, "%"),
        ("29463-7", "180", "[lb_av]"),
    ):  # fmt: skip
        on_record(Observation, patient, code_system=LOINC, code=code, value_number=number, value_unit=unit,
                  effective_at=at)  # fmt: skip
    facts = facts_of(patient)
    assert facts["vitals"] == [
        {"at": "2026-03-02T08:00:00-06:00", "bp_systolic_mmhg": 148, "bp_diastolic_mmhg": 88, "heart_rate_bpm": 72,
         "resp_rate_bpm": 14, "temperature_c": 37, "spo2_percent": 97}
    ]  # fmt: skip
    assert facts["person"]["weight_kg"] == pytest.approx(81.65)
    assert finding(facts, "eligibility.hypertension.uncontrolled")["because"][-1]["value"] == "148/88 mmHg"


@pytest.mark.parametrize(
    ("components", "why"),
    [
        (bp(1480, 88), "impossible"),
        (bp(88, 148), "upside-down"),
        (bp(19.7, 11.7, "stone"), "unit"),
        (bp(148, 88, ""), "unit"),
    ],
)
def test_a_number_that_can_not_be_is_no_fact_and_is_said(patient, components, why):
    on_record(Observation, patient, code_system=LOINC, code="85354-9", components=components, effective_at=AT)
    facts_of(patient)
    with acting_as(system_actor("job", patient.practice_id)):
        record = read_chart(patient, [patient.id], AT)
    assert "bp_systolic_mmhg" not in str(record.facts.get("vitals"))
    assert why in {one.why for one in record.measures.left_out}


def test_kilopascals_are_understood(patient):
    on_record(
        Observation,
        patient,
        code_system=LOINC,
        code="85354-9",
        components=bp(19.7, 11.7, "kPa"),
        effective_at=AT,
    )
    assert facts_of(patient)["vitals"][0]["bp_systolic_mmhg"] == pytest.approx(147.8, abs=0.1)


def test_what_lies_in_the_future_or_in_error_is_not_counted(patient):
    weight = {"code_system": LOINC, "code": "29463-7", "value_unit": "kg"}
    on_record(Observation, patient, **weight, value_number=80, effective_at=AT - timedelta(days=9))
    on_record(Observation, patient, **weight, value_number=28, effective_at=AT, entered_in_error=True)
    on_record(Observation, patient, **weight, value_number=90, effective_at=AT + timedelta(days=1))
    assert facts_of(patient)["person"]["weight_kg"] == 80


def test_the_latest_questionnaire_of_each_kind_and_what_was_said_about_suicide(staff, patient):
    with acting_as(staff("therapist")) as therapist:
        for days, answers in (
            (9, {"1": True, "2": True, "3": True, "4": True, "5": True}),
            (1, {"1": False, "2": False}),
        ):
            record_assessment(by=therapist, patient=patient, instrument="c-ssrs-screener-recent", submission_id=uuid4(),
                              answers={**answers, "6_lifetime": False, "6_3_months": False},
                              effective_at=AT - timedelta(days=days))  # fmt: skip
    facts = facts_of(patient)
    assert [one["instrument"] for one in facts["assessments"]] == ["c-ssrs-screener-recent"]
    assert facts["answers"] == {"suicide_risk": "none", "suicide_risk_at": "2026-03-01T09:00:00-06:00"}


def test_what_is_added_joins_what_is_on_record(patient):
    on_record(Condition, patient, display="Asthma")
    facts = facts_of(patient, substance="esketamine", conditions=[{"display": "Glaucoma"}], medicines=[],
                     answers={"hypersensitivity": False}, person={"could_be_pregnant": True})  # fmt: skip
    assert [one["display"] for one in facts["conditions"]] == ["Asthma", "Glaucoma"]
    assert facts["medicines"] == []  # asked, and none: not unknown any more
    assert facts["person"]["could_be_pregnant"] is True
    assert facts["person"]["sex"] == "female"


def test_the_record_of_the_other_practice_counts_while_it_is_released(
    staff, patient, patient_factory, other_practice
):
    there = patient_factory(at=other_practice)
    on_record(
        MedicationRequest, there, code_system=RXNORM, code="8123", display="phenelzine", status="active"
    )
    with acting_as(system_actor("set-up", patient.practice_id)):
        CareLink.objects.create(practice_id=patient.practice_id, patient=patient, other_practice=other_practice,
                                other_patient=there)  # fmt: skip
    prescriber = staff("prescriber")

    def seen():
        with acting_as(prescriber):
            return chart_facts(patient, person_charts(patient.id), now())

    assert "medicines" not in seen()
    with acting_as(system_actor("set-up", other_practice.id)):
        release = Release.objects.create(
            practice_id=other_practice.id,
            patient=there,
            to_practice=patient.practice,
            kind="chart",
            starts_at=now() - timedelta(days=2),
        )
    assert seen()["medicines"][0]["source"] == "Tidewater Therapy"
    assert "source: Tidewater Therapy" in finding(seen(), "interactions.maoi")["because"][0]["value"]
    with acting_as(system_actor("set-up", other_practice.id)):
        release.ends_at = now() - timedelta(days=1)
        release.save()
    assert "medicines" not in seen()


def test_a_long_record_costs_no_more_queries(patient, django_assert_max_num_queries):
    for n in range(30):
        on_record(Condition, patient, display=f"Condition {n}")
        on_record(Observation, patient, code_system=LOINC, code="8867-4", value_number=70, value_unit="/min",
                  effective_at=AT - timedelta(days=n))  # fmt: skip
    with acting_as(system_actor("job", patient.practice_id)), django_assert_max_num_queries(7):
        chart_facts(patient, [patient.id], AT)


# Entering by hand


def test_vital_signs_entered_by_hand_are_observations_and_facts(staff, patient):
    values = {"vitals.bp_systolic_mmhg": 148, "vitals.bp_diastolic_mmhg": 88, "person.weight_kg": 82.4}
    number = uuid4()
    with acting_as(staff("monitor")) as monitor:
        first = record_vitals(by=monitor, patient=patient, values=values, at=AT, submission_id=number)
        again = record_vitals(by=monitor, patient=patient, values=values, at=AT, submission_id=number)
        rows = {row.code: row for row in Observation.objects.filter(patient=patient)}
    assert (first.created, again.created) == (True, False)
    assert set(rows) == {"85354-9", "29463-7"}
    assert float(rows["29463-7"].value_number) == 82.4
    assert rows["29463-7"].value_unit == "kg"
    assert facts_of(patient)["person"]["weight_kg"] == pytest.approx(82.4)
    assert facts_of(patient)["vitals"][0]["bp_systolic_mmhg"] == 148


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({}, "values"),
        ({"person.weight_kg": 0}, "person.weight_kg"),
        ({"person.weight_kg": float("nan")}, "person.weight_kg"),
        ({"person.weight_kg": 8200}, "person.weight_kg"),
        ({"vitals.bp_systolic_mmhg": 120}, "vitals.bp_diastolic_mmhg"),
        ({"vitals.bp_systolic_mmhg": 80, "vitals.bp_diastolic_mmhg": 120}, "vitals.bp_systolic_mmhg"),
        ({"vitals.mood": 3}, "vitals.mood"),
    ],
)
def test_numbers_that_no_body_has_are_refused_in_words(staff, patient, values, path):
    with acting_as(staff("monitor")) as monitor, pytest.raises(BadInput) as refused:
        record_vitals(by=monitor, patient=patient, values=values, at=AT, submission_id=uuid4())
    assert refused.value.path == path


@pytest.mark.parametrize("at", [datetime(2999, 1, 1, tzinfo=UTC), datetime(1950, 1, 1, tzinfo=UTC)])
def test_nothing_is_measured_in_the_future_or_before_birth(staff, patient, at):
    with acting_as(staff("monitor")) as monitor, pytest.raises(BadInput) as refused:
        record_vitals(
            by=monitor, patient=patient, values={"person.weight_kg": 80}, at=at, submission_id=uuid4()
        )
    assert refused.value.path == "at"


def test_a_rare_number_is_stored_and_asked_about(staff, patient):
    with acting_as(staff("monitor")) as monitor:
        stored = record_vitals(
            by=monitor, patient=patient, values={"person.weight_kg": 28}, at=AT, submission_id=uuid4()
        )
    assert stored.created
    assert stored.rare == ("person.weight_kg",)


def test_a_slip_is_marked_and_counts_no_more(staff, patient):
    with acting_as(staff("monitor")) as monitor:
        row = record_vitals(
            by=monitor, patient=patient, values={"person.weight_kg": 28}, at=AT, submission_id=uuid4()
        ).observations[0]
        mark_observation_in_error(by=monitor, observation_id=row.id, reason="82, not 28")
        with pytest.raises(StaleState):
            mark_observation_in_error(by=monitor, observation_id=row.id, reason="again")
    assert "weight_kg" not in facts_of(patient)["person"]


def test_measured_again_in_the_same_minute_the_later_entry_counts(staff, patient):
    with acting_as(staff("monitor")) as monitor:
        for systolic in (300, 118, 124, 131, 126, 122):
            values = {"vitals.bp_systolic_mmhg": systolic, "vitals.bp_diastolic_mmhg": 80}
            record_vitals(by=monitor, patient=patient, values=values, at=AT, submission_id=uuid4())
            assert facts_of(patient)["vitals"][0]["bp_systolic_mmhg"] == systolic


def test_others_can_not_write_into_the_chart(staff, patient, other_practice):
    for actor in (staff("admin"), staff("prescriber", at=other_practice)):
        with acting_as(actor), pytest.raises(NotPermitted):
            record_vitals(
                by=actor, patient=patient, values={"person.weight_kg": 80}, at=AT, submission_id=uuid4()
            )
