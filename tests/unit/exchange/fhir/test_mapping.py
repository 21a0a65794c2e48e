"""What of a resource goes into which column of the chart."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.unit.exchange.fhir.samples import (
    allergy,
    concept,
    condition,
    encounter,
    observation,
    order,
    organization,
    patient,
    practitioner,
    statement,
    without,
)
from upwell.base.codes import NOT_TO_BE_GIVEN
from upwell.exchange.fhir.mapping import Links, columns_of
from upwell.exchange.fhir.mapping.patient import Number, numbers


def mapped(resource, **links):
    return columns_of(resource, Links(**links))


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


class TestPatient:
    @pytest.mark.parametrize(
        ("names", "family", "given", "others"),
        [
            ([{"use": "official", "family": "Rivera", "given": ["Alex", "Jo"]}], "Rivera", "Alex Jo", 0),
            ([{"use": "maiden", "family": "Doe"}, {"use": "official", "family": "Rivera"}], "Rivera", "", 1),
            ([{"use": "usual", "given": ["Lex"]}, {"use": "official", "family": "Rivera"}], "Rivera", "", 1),
            ([{"use": "official"}, {"use": "usual", "family": "Rivera"}], "Rivera", "", 1),  # says nothing
            (
                [{"use": "official", "family": "Old", "period": {"end": "2010"}}, {"family": "New"}],
                "New",
                "",
                1,
            ),
            ([{"text": "Alex Rivera"}], "Alex Rivera", "", 0),
            ([{"given": ["Alex", None, "Jo"]}], "", "Alex Jo", 0),
            ([], "(no name)", "", 0),
            (None, "(no name)", "", 0),
        ],
    )
    def test_the_official_name_is_shown_and_all_are_kept(self, names, family, given, others):
        found = mapped(patient(name=names))
        assert (found["family_name"], found["given_names"]) == (family, given)
        assert len(found["other_names"]) == others

    @pytest.mark.parametrize(
        ("born", "day", "precision"),
        [
            ("1980-05-02", date(1980, 5, 2), "day"),
            ("1980-05", date(1980, 5, 1), "month"),
            ("1980", date(1980, 1, 1), "year"),
            (None, None, "day"),
        ],
    )
    def test_a_birth_date_keeps_its_precision(self, born, day, precision):
        found = mapped(patient(birthDate=born))
        assert (found["birth_date"], found["birth_date_precision"]) == (day, precision)

    @pytest.mark.parametrize(
        ("more", "deceased", "when"),
        [
            ({}, False, None),
            ({"deceasedBoolean": False}, False, None),
            ({"deceasedBoolean": True}, True, None),
            ({"deceasedDateTime": "2020-01-02T10:00:00Z"}, True, at(2020, 1, 2, 10)),
            ({"deceasedDateTime": "2020"}, True, at(2020, 1, 1)),
        ],
    )
    def test_death_is_known_with_or_without_its_date(self, more, deceased, when):
        found = mapped(patient(**more))
        assert (found["deceased"], found["deceased_at"]) == (deceased, when)

    def test_how_to_reach_them(self):
        found = mapped(
            patient(
                telecom=[
                    {"system": "phone", "value": "1", "use": "work"},
                    {"system": "phone", "value": "2", "use": "home"},
                    {"system": "phone", "value": "0", "use": "home", "period": {"end": "2010"}},
                    {"system": "email", "value": "alex@example.org"},
                    {"system": "fax", "value": "9"},
                ],
                address=[
                    {"use": "old", "city": "Salina"},
                    {"use": "home", "line": ["1 Main St", "Apt 2"], "city": "Emporia", "state": "KS"},
                ],
                communication=[
                    {"language": concept("es")},
                    {"language": concept("en-US"), "preferred": True},
                ],
            )
        )
        assert (found["phone"], found["email"], found["language"]) == ("2", "alex@example.org", "en-US")
        assert (found["address_line"], found["city"], found["state"]) == ("1 Main St, Apt 2", "Emporia", "KS")

    def test_numbers_keep_their_system_and_kind(self):
        mrn = {"system": "urn:oid:1.2", "value": "17", "type": concept("MR")}
        found = list(numbers(patient(identifier=[mrn, mrn, {"value": "18"}, {"system": "empty"}])))
        assert found == [Number("urn:oid:1.2", "17", "MR"), Number("", "18", "")]


class TestCodes:
    def test_a_known_system_comes_first_and_the_text_is_shown(self):
        code = {
            "coding": [
                {"system": "urn:local", "code": "DEP"},
                {"system": "http://snomed.info/sct", "code": "35489007", "display": "Depressive disorder"},
            ],
            "text": "Depression",
        }
        found = mapped(condition(code=code))
        assert (found["code_system"], found["code"]) == ("http://snomed.info/sct", "35489007")
        assert found["display"] == "Depression"

    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            ({"coding": [{"system": "urn:local", "code": "DEP"}]}, ("urn:local", "DEP", "DEP")),
            ({"text": "low mood"}, ("", "", "low mood")),
            ({"coding": [{"display": "low mood"}]}, ("", "", "low mood")),
            (None, ("", "", "")),
        ],
    )
    def test_what_is_not_coded_still_has_words(self, code, expected):
        found = mapped(condition(code=code))
        assert (found["code_system"], found["code"], found["display"]) == expected

    @pytest.mark.parametrize(
        ("labels", "compartment"),
        [
            ([], "clinical"),
            (["R"], "clinical"),
            (["ETH"], "substance-use"),
            (["42CFRPart2"], "substance-use"),
            (["ETH", "PSYTHPN"], "process-notes"),
        ],
    )
    def test_a_security_label_puts_a_row_into_its_compartment(self, labels, compartment):
        meta = {"security": [{"code": label} for label in labels]}
        assert mapped(condition(meta=meta))["compartment"] == compartment


class TestCondition:
    def test_statuses_and_dates(self):
        found = mapped(
            condition(
                category=[concept("problem-list-item")],
                abatementDateTime="2016-05",
                recordedDate="2015-03-02",
            )
        )
        assert (found["clinical_status"], found["verification_status"]) == ("active", "confirmed")
        assert (found["onset_at"], found["onset_text"]) == (at(2015, 3, 1, 15), "")
        assert (found["abated_at"], found["abated_text"]) == (at(2016, 5, 1), "2016-05")
        assert found["recorded_at"] == at(2015, 3, 2)
        assert found["category"] == "problem-list-item"
        assert found["entered_in_error"] is False

    @pytest.mark.parametrize(
        ("onset", "when", "words"),
        [
            ({"onsetDateTime": "2015"}, at(2015, 1, 1), "2015"),
            ({"onsetPeriod": {"start": "2015-03", "end": "2016"}}, at(2015, 3, 1), "2015-03"),
            ({"onsetPeriod": {"end": "2016"}}, at(2016, 1, 1), "until 2016"),
            ({"onsetAge": {"value": 34, "unit": "years"}}, None, "age 34 years"),
            ({"onsetRange": {"low": {"value": 20}, "high": {"value": 30, "unit": "a"}}}, None, "20 to 30 a"),
            ({"onsetRange": {"high": {"value": 30, "unit": "a"}}}, None, "up to 30 a"),
            ({"onsetString": "as a child"}, None, "as a child"),
            ({}, None, ""),
        ],
    )
    def test_an_onset_in_any_form(self, onset, when, words):
        found = mapped(without(condition(), "onsetDateTime") | onset)
        assert (found["onset_at"], found["onset_text"]) == (when, words)

    def test_entered_in_error_is_kept_and_flagged(self):
        assert mapped(condition(verificationStatus=concept("entered-in-error")))["entered_in_error"] is True
        assert mapped(allergy(verificationStatus=concept("entered-in-error")))["entered_in_error"] is True
        for make in (order, statement, encounter, observation):
            assert mapped(make(status="entered-in-error"))["entered_in_error"] is True


def test_an_allergy():
    found = mapped(
        allergy(
            type="allergy",
            category=["medication", "food"],
            criticality="high",
            clinicalStatus=concept("active"),
            onsetDateTime="1996",
            reaction=[
                {
                    "manifestation": [concept("1", display="Hives"), concept("2", display="Wheeze")],
                    "severity": "mild",
                }
            ],
        )
    )
    assert (found["kind"], found["category"], found["criticality"]) == ("allergy", "medication,food", "high")
    assert found["reaction"] == "Hives; Wheeze (mild)"
    assert (found["display"], found["onset_text"]) == ("Allergy to penicillin", "1996")


class TestMedicines:
    def test_an_order(self):
        found = mapped(
            order(
                requester={"reference": "Practitioner/d1"},
                reasonCode=[concept("1", display="Depression")],
                reasonReference=[{"reference": "Condition/c1", "display": "Low mood"}],
            ),
            names={"Practitioner/d1": "Dr. Kim Ito"},
        )
        assert (found["code"], found["display"]) == ("312940", "sertraline 25 MG")
        assert (found["status"], found["intent"]) == ("active", "order")
        assert (found["authored_at"], found["authored_text"]) == (at(2020, 1, 2), "2020-01-02")
        assert (found["requester_name"], found["reason"]) == ("Dr. Kim Ito", "Depression; Low mood")

    @pytest.mark.parametrize("code", [5, concept("1", display="something else")])
    def test_an_element_that_an_order_does_not_have_is_not_read(self, code):
        assert mapped(order(code=code))["display"] == "sertraline 25 MG"

    def test_an_order_that_it_is_not_to_be_given(self):
        assert mapped(order(doNotPerform=True))["intent"] == NOT_TO_BE_GIVEN
        assert mapped(order(doNotPerform=False))["intent"] == "order"

    def test_a_statement(self):
        found = mapped(
            statement(
                effectivePeriod={"start": "2019", "end": "2020-01-02"},
                informationSource={"display": "the patient"},
                dosage=[{"text": "one in the morning"}],
            )
        )
        assert (found["effective_at"], found["effective_text"]) == (at(2019, 1, 1), "2019")
        assert found["ended_at"] == at(2020, 1, 2)
        assert (found["informant"], found["dosage_text"]) == ("the patient", "one in the morning")

    def test_a_medicine_named_by_reference(self):
        resource = order(medicationCodeableConcept=None, medicationReference={"reference": "Medication/x1"})
        found = mapped(resource, medication=concept("1", "urn:local", "ketamine"))
        assert (found["code_system"], found["code"], found["display"]) == ("urn:local", "1", "ketamine")

    @pytest.mark.parametrize(
        ("dosage", "words"),
        [
            ({"text": "1 tablet twice daily", "asNeededBoolean": True}, "1 tablet twice daily"),
            (
                {
                    "doseAndRate": [{"doseQuantity": {"value": 1.0}}],
                    "timing": {"repeat": {"frequency": 1, "period": 1.0, "periodUnit": "d"}},
                },
                "dose 1, once per day",
            ),
            (
                {
                    "doseAndRate": [{"doseQuantity": {"value": 50, "unit": "mg"}}],
                    "route": {"text": "oral"},
                    "timing": {"repeat": {"frequency": 2, "period": 12, "periodUnit": "h"}},
                    "asNeededCodeableConcept": {"text": "pain"},
                },
                "50 mg, oral, 2 times every 12 hours, as needed for pain",
            ),
            (
                {"doseAndRate": [{"doseRange": {"low": {"value": 1}, "high": {"value": 2, "unit": "mg"}}}]},
                "1 to 2 mg",
            ),
            ({"timing": {"code": {"text": "BID"}}, "asNeededBoolean": True}, "BID, as needed"),
            (
                {
                    "doseAndRate": [
                        {
                            "doseQuantity": {"value": 5, "unit": "mg"},
                            "rateQuantity": {"value": 1, "unit": "mg/min"},
                        }
                    ]
                },
                "5 mg at 1 mg/min",
            ),
            ({}, ""),
        ],
    )
    def test_a_dosage_in_words(self, dosage, words):
        assert mapped(order(dosageInstruction=[dosage]))["dosage_text"] == words


def test_a_visit():
    found = mapped(
        encounter(
            type=[concept("185347001", display="Encounter for problem")],
            reasonCode=[concept("1", display="Low mood")],
            participant=[
                {"individual": {"display": "Nurse Lee"}},
                {"type": [concept("PPRF")], "individual": {"reference": "Practitioner/d1"}},
            ],
            location=[{"location": {"display": "Room 2"}}],
            serviceProvider={"display": "Harbor Hospital"},
        ),
        names={"Practitioner/d1": "Dr. Kim Ito"},
    )
    assert (found["code"], found["display"]) == ("185347001", "Encounter for problem")
    assert (found["class_code"], found["status"], found["reason"]) == ("AMB", "finished", "Low mood")
    assert (found["provider_name"], found["place_name"]) == ("Dr. Kim Ito", "Room 2")
    assert (found["started_at"], found["ended_at"]) == (at(2020, 1, 2, 10), at(2020, 1, 2, 11))


class TestObservation:
    @pytest.mark.parametrize(
        ("value", "number", "unit", "words"),
        [
            ({"valueQuantity": {"value": 72, "unit": "/min"}}, Decimal(72), "/min", ""),
            ({"valueQuantity": {"value": 7.7031, "code": "g/dL"}}, Decimal("7.7031"), "g/dL", ""),
            ({"valueQuantity": {"value": 5, "comparator": "<", "unit": "mg"}}, None, "mg", "< 5 mg"),
            ({"valueQuantity": {"value": 1e-10, "unit": "mol"}}, None, "mol", "1e-10 mol"),
            ({"valueQuantity": {"value": 10**16}}, None, "", str(10**16)),
            ({"valueQuantity": {"unit": "mg"}}, None, "mg", "mg"),
            ({"valueInteger": 3}, Decimal(3), "", ""),
            ({"valueCodeableConcept": concept("1", display="Cloudy")}, None, "", "Cloudy"),
            ({"valueString": "clear"}, None, "", "clear"),
            ({"valueBoolean": False}, None, "", "no"),
            ({"valueRange": {"low": {"value": 1}, "high": {"value": 2}}}, None, "", "1 to 2"),
            ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}}, None, "", "1 : 128"),
            ({"valueTime": "10:30:00"}, None, "", "10:30:00"),
            ({"valueDateTime": "2020-01"}, None, "", "2020-01"),
            ({"valuePeriod": {"start": "2020"}}, None, "", "2020 to …"),
            (
                {"valueSampledData": {"origin": {"value": 0}, "period": 10, "dimensions": 1}},
                None,
                "",
                "a series of samples, one every 10 ms",
            ),
            ({"dataAbsentReason": {"text": "Unknown"}}, None, "", "no value: Unknown"),
            ({}, None, "", ""),
        ],
    )
    def test_a_value_of_any_kind(self, value, number, unit, words):
        found = mapped(without(observation(), "valueQuantity") | value)
        assert (found["value_number"], found["value_unit"], found["value_text"]) == (number, unit, words)

    def test_the_parts_of_a_blood_pressure(self):
        parts = [
            {"code": concept(code, "http://loinc.org"), "valueQuantity": {"value": value, "unit": "mmHg"}}
            for code, value in (("8480-6", 128), ("8462-4", 82.5))
        ]
        found = mapped(without(observation(), "valueQuantity") | {"component": parts})
        assert [(c["code"], c["value_number"], c["value_unit"]) for c in found["components"]] == [
            ("8480-6", 128.0, "mmHg"),
            ("8462-4", 82.5, "mmHg"),
        ]

    @pytest.mark.parametrize(
        ("when", "effective_at", "words"),
        [
            ({"effectiveInstant": "2020-01-02T10:00:00Z"}, at(2020, 1, 2, 10), ""),
            ({"effectivePeriod": {"start": "2020-01-02T10:00:00Z"}}, at(2020, 1, 2, 10), ""),
            ({"effectiveTiming": {"event": ["2020-01-02"]}}, at(2020, 1, 2), "2020-01-02"),
            ({"effectiveDateTime": "2020"}, at(2020, 1, 1), "2020"),
        ],
    )
    def test_when_it_was_in_any_form(self, when, effective_at, words):
        found = mapped(without(observation(), "effectiveDateTime") | when)
        assert (found["effective_at"], found["effective_text"]) == (effective_at, words)


@pytest.mark.parametrize(
    ("resource", "name", "active"),
    [
        (practitioner(), "Dr. Kim Ito", True),
        (practitioner(active=False, name=[{"text": "K. Ito"}]), "K. Ito", False),
        (organization(), "Harbor Hospital", True),
        ({"resourceType": "Location", "id": "l", "name": "Ward 1", "status": "inactive"}, "Ward 1", False),
        ({"resourceType": "Organization", "id": "o"}, "", True),
        (
            {
                "resourceType": "PractitionerRole",
                "id": "r",
                "practitioner": {"display": "Dr. Kim Ito"},
                "code": [concept("1", display="General practice")],
            },
            "Dr. Kim Ito, General practice",
            True,
        ),
    ],
)
def test_a_party_has_a_name(resource, name, active):
    assert mapped(resource) == {"name": name, "active": active}
