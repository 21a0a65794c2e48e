"""References in all the ways FHIR has of writing them, and what they are found to mean."""

from __future__ import annotations

import pytest

from tests.unit.exchange.fhir.reading import Before, read
from tests.unit.exchange.fhir.samples import (
    bundle,
    concept,
    condition,
    encounter,
    observation,
    order,
    patient,
    practitioner,
    without,
    write_json,
    write_lines,
)
from upwell.exchange.fhir.references import (
    ById,
    ByIdentifier,
    ByUrl,
    Contained,
    Nowhere,
    pointers,
    references_in,
)

NPI = "http://hl7.org/fhir/sid/us-npi"
MRN = {"system": "urn:oid:1.2.3", "value": "A-17"}


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("Patient/123", ById("Patient", "123")),
        ("Patient/1/_history/2", ById("Patient", "1")),
        ("https://ehr.example.org/fhir/Patient/1", ById("Patient", "1", "https://ehr.example.org/fhir")),
        ("http://x.org/a/b/R4/Patient/1/_history/7", ById("Patient", "1", "http://x.org/a/b/R4")),
        (f"Practitioner?identifier={NPI}|99", ByIdentifier(("Practitioner",), NPI, "99")),
        (f"Practitioner?identifier={NPI}%7C99", ByIdentifier(("Practitioner",), NPI, "99")),
        ("Patient?identifier=99", ByIdentifier(("Patient",), None, "99")),
        ("Patient?identifier=|99", ByIdentifier(("Patient",), "", "99")),
        ("https://x.org/fhir/Patient?identifier=s|99", ByIdentifier(("Patient",), "s", "99")),
        ("urn:uuid:6a8b1f0e", ByUrl("urn:uuid:6a8b1f0e", ("Patient",))),
        ("urn:oid:1.2.3", ByUrl("urn:oid:1.2.3", ("Patient",))),
        ("#p", Contained("p")),
        ("Patient?name=Rivera", Nowhere("is not a reference as FHIR writes it")),
        ("Patient?identifier=s|", Nowhere("is a search without a value")),
        ("Alex Rivera", Nowhere("is not a reference as FHIR writes it")),
        ("Patient/a b", Nowhere("is not a reference as FHIR writes it")),
        ("patient/1", Nowhere("is not a reference as FHIR writes it")),
    ],
)
def test_a_reference_is_understood(reference, expected):
    assert pointers({"reference": reference}, "subject") == (expected,)


def test_a_logical_reference_takes_its_type_from_itself_or_from_its_element():
    by_type = pointers({"identifier": MRN, "type": "Organization"}, "subject")
    by_element = pointers({"identifier": MRN}, "managingOrganization")
    assert by_type == by_element == (ByIdentifier(("Organization",), MRN["system"], MRN["value"]),)
    assert pointers({"display": "Dr. Ito"}, "requester") == (
        Nowhere("has neither a reference nor an identifier"),
    )


def test_every_reference_is_found_but_not_those_inside_contained_resources():
    resource = encounter(
        participant=[{"individual": {"reference": "Practitioner/1"}}, {"individual": {"identifier": MRN}}],
        extension=[{"url": "x", "valueReference": {"reference": "Device/1"}}],
        contained=[condition()],
        identifier=[{"system": "s", "value": "v", "assigner": {"reference": "Organization/1"}}],
    )
    assert [(element, path) for element, path, _ in references_in(resource)] == [
        ("subject", "subject"),
        ("individual", "participant.individual"),
        ("individual", "participant.individual"),
        ("valueReference", "extension.valueReference"),
        ("assigner", "identifier.assigner"),
    ]


class TestWhoseChart:
    @pytest.mark.parametrize(
        "subject",
        [
            {"reference": "Patient/p1"},
            {"reference": "Patient/p1/_history/3"},
            {"reference": "https://ehr.example.org/fhir/Patient/p1"},
            {"reference": f"Patient?identifier={MRN['system']}|{MRN['value']}"},
            {"identifier": MRN},
            {"identifier": MRN, "type": "Patient", "display": "Alex Rivera"},
            {"reference": "Patient/absent", "identifier": MRN},  # the second way leads somewhere
            {"reference": "urn:uuid:p1"},  # in another file, under the id itself
        ],
    )
    def test_is_found_however_it_is_written(self, tmp_path, subject):
        write_lines(tmp_path / "a.ndjson", condition(subject=subject))
        write_lines(tmp_path / "b.ndjson", patient(identifier=[MRN]))
        found = read(tmp_path)
        assert found.refusals == []
        assert found.patients[("Condition", "c1")] == ("Patient", "p1")

    @pytest.mark.parametrize(
        ("subject", "words"),
        [
            (
                {"reference": "Patient/p2"},
                "refers to Patient/p2, which is not in this input nor known in this",
            ),
            ({"reference": "urn:uuid:p2"}, "refers to urn:uuid:p2, which is not in this input"),
            ({"reference": "Patient?identifier=s|Z-9"}, "refers to a patient who is not in this input nor"),
            ({"identifier": {"system": "s", "value": "Z-9"}}, "refers to a patient who is not in this input"),
            (
                {"display": "Alex Rivera"},
                "names its patient by what has neither a reference nor an identifier",
            ),
            ({"reference": "Alex Rivera"}, "names its patient by what is not a reference as FHIR writes it"),
            ({"reference": "Practitioner/d1"}, "refers to Practitioner/d1, which is not a patient"),
            ({"reference": "#pat"}, "refers to a patient who is not among the contained resources"),
        ],
    )
    def test_that_can_not_be_found_is_refused(self, tmp_path, subject, words):
        write_lines(tmp_path / "a.ndjson", patient(), practitioner(), condition(subject=subject))
        found = read(tmp_path)
        assert ("Condition", "c1") not in found.keys
        [refusal] = found.report.refusals
        assert (str(refusal.place), refusal.resource) == ("a.ndjson, line 3", "Condition/c1")
        assert refusal.reason.startswith(words)
        assert "Rivera" not in refusal.reason
        assert "Z-9" not in refusal.reason

    def test_that_was_refused_itself_takes_its_records_along(self, tmp_path):
        write_lines(tmp_path / "a.ndjson", patient(gender="F"), condition(), encounter())
        found = read(tmp_path)
        assert found.keys == set()
        assert len(found.refusals) == 3

    def test_is_ambiguous_when_two_patients_carry_the_number(self, tmp_path):
        write_lines(
            tmp_path / "a.ndjson",
            patient(identifier=[MRN]),
            patient("p2", identifier=[MRN]),
            condition(subject={"identifier": MRN}),
        )
        assert "could mean several" in read(tmp_path).refusals[0]

    def test_may_be_known_from_before(self, tmp_path):
        write_lines(
            tmp_path / "a.ndjson", condition(of="Patient/old"), condition("c2", subject={"identifier": MRN})
        )
        chart = ("chart", "00000000-0000-0000-0000-000000000007")
        before = Before({("Patient", "old")}, {("Patient", MRN["system"], MRN["value"]): chart})
        found = read(tmp_path, before=before)
        assert found.patients == {("Condition", "c1"): ("Patient", "old"), ("Condition", "c2"): chart}

    def test_on_another_server_is_another_person(self, tmp_path):
        made = bundle(patient(), condition(of="https://other.example.org/fhir/Patient/p1"))
        made["entry"][0]["fullUrl"] = "https://ehr.example.org/fhir/Patient/p1"
        write_json(tmp_path / "b.json", made)
        assert "is on another server" in read(tmp_path).refusals[0]

    def test_on_two_servers_is_not_guessed(self, tmp_path):
        subjects = [f"https://{host}.example.org/fhir/Patient/p1" for host in ("one", "two")]
        write_lines(
            tmp_path / "a.ndjson", patient(), *[condition(f"c{i}", s) for i, s in enumerate(subjects)]
        )
        assert len(read(tmp_path).refusals) == 2

    def test_that_is_contained_counts_by_its_number_alone(self, tmp_path):
        inner = patient("pat", identifier=[MRN])
        write_lines(tmp_path / "a.ndjson", patient(identifier=[MRN]), condition(of="#pat", contained=[inner]))
        assert read(tmp_path).patients[("Condition", "c1")] == ("Patient", "p1")
        write_lines(tmp_path / "a.ndjson", condition(of="#pat", contained=[patient("pat")]))
        assert "is contained in it and has no number to be known by" in read(tmp_path).refusals[0]

    def test_must_be_there(self, tmp_path):
        write_lines(tmp_path / "a.ndjson", without(observation(), "subject"))
        assert "subject: is missing, so it belongs into nobody's chart" in read(tmp_path).refusals[0]

    def test_is_no_patient_then_the_record_is_left_aside(self, tmp_path):
        elsewhere = "https://ehr.example/fhir/Location/1"
        write_lines(tmp_path / "a.ndjson", observation(of="Group/1"), observation("o2", of=elsewhere))
        found = read(tmp_path)
        assert (found.refusals, found.keys) == ([], set())
        assert found.report.not_used == {"Observation (not about a patient)": 2}


class TestBundles:
    def test_full_urls_lead_inside_their_bundle(self, tmp_path):
        """Two Bundles that use the same temporary names mean different people."""
        for name in ("one", "two"):
            made = bundle(patient(f"p-{name}"), condition(f"c-{name}", of="urn:uuid:subject"))
            made["entry"][0]["fullUrl"] = "urn:uuid:subject"
            write_json(tmp_path / f"{name}.json", made)
        found = read(tmp_path)
        assert found.refusals == []
        assert found.patients == {
            ("Condition", "c-one"): ("Patient", "p-one"),
            ("Condition", "c-two"): ("Patient", "p-two"),
        }

    def test_a_full_url_of_another_bundle_is_found_if_it_is_the_only_one(self, tmp_path):
        made = bundle(patient())
        made["entry"][0]["fullUrl"] = "urn:uuid:subject"
        write_json(tmp_path / "a.json", made)
        write_json(tmp_path / "b.json", bundle(condition(of="urn:uuid:subject")))
        assert read(tmp_path).patients[("Condition", "c1")] == ("Patient", "p1")


class TestOtherReferences:
    def test_what_leads_nowhere_is_kept_and_counted(self, tmp_path):
        resource = encounter(
            participant=[
                {"individual": {"reference": "Practitioner/d1"}},
                {"individual": {"reference": f"Practitioner?identifier={NPI}|0"}},
            ],
            serviceProvider={"reference": "Organization/absent", "display": "Harbor Hospital"},
            basedOn=[{"reference": "ServiceRequest/1"}],
        )
        write_lines(tmp_path / "a.ndjson", resource, patient(), practitioner())
        one = read(tmp_path).one("e1")
        assert one.unresolved == [
            {
                "path": "participant.individual",
                "why": "is not in this input nor known in this practice",
                "reference": f"Practitioner?identifier={NPI}|0",
            },
            {
                "path": "serviceProvider",
                "why": "is not in this input nor known in this practice",
                "reference": "Organization/absent",
                "display": "Harbor Hospital",
            },
        ]
        assert [(path, lost.target) for path, lost in one.lost if lost.unused] == [
            ("basedOn", "ServiceRequest")
        ]

    def test_two_who_carry_the_number_are_not_chosen_between(self, tmp_path):
        resource = encounter(participant=[{"individual": {"reference": f"Practitioner?identifier={NPI}|7"}}])
        write_lines(
            tmp_path / "a.ndjson", resource, patient(), practitioner("d1", "7"), practitioner("d2", "7")
        )
        [unresolved] = read(tmp_path).one("e1").unresolved
        assert unresolved["why"] == "could mean several; none was chosen"

    def test_in_this_input_comes_before_what_is_known(self, tmp_path):
        resource = encounter(participant=[{"individual": {"reference": f"Practitioner?identifier={NPI}|7"}}])
        write_lines(tmp_path / "a.ndjson", resource, patient(), practitioner("d1", "7"))
        before = Before(identifiers={("Practitioner", NPI, "7"): ("Practitioner", "earlier")})
        assert read(tmp_path, before=before).one("e1").unresolved == []

    @pytest.mark.parametrize(
        "reference",
        [
            {"reference": "Medication/x1"},
            {"reference": "#inside"},
            {"identifier": {"system": "s", "value": "m-1"}},
        ],
    )
    def test_a_medicine_is_named_by_what_its_reference_means(self, tmp_path, reference):
        medicine = {"resourceType": "Medication", "id": "x1", "code": concept("1", display="ketamine")}
        resource = order(
            medicationCodeableConcept=None,
            medicationReference=reference,
            contained=[medicine | {"id": "inside"}],
        )
        write_lines(
            tmp_path / "a.ndjson",
            resource,
            patient(),
            medicine | {"identifier": [{"system": "s", "value": "m-1"}]},
        )
        one = read(tmp_path).one("m1")
        assert one.unresolved == []
        assert one.links.medication == concept("1", display="ketamine")

    def test_a_medicine_that_is_not_there_keeps_the_name_that_was_given(self, tmp_path):
        reference = {"reference": "Medication/absent", "display": "ketamine 50 mg"}
        write_lines(
            tmp_path / "a.ndjson",
            patient(),
            order(medicationCodeableConcept=None, medicationReference=reference),
        )
        one = read(tmp_path).one("m1")
        assert one.links.medication == {"text": "ketamine 50 mg"}
        assert len(one.unresolved) == 1

    def test_a_contained_party_gives_its_name(self, tmp_path):
        resource = order(requester={"reference": "#doc"}, contained=[practitioner("doc")])
        write_lines(tmp_path / "a.ndjson", patient(), resource)
        one = read(tmp_path).one("m1")
        assert one.unresolved == []
        assert one.links.name({"reference": "#doc"}) == "Dr. Kim Ito"

    def test_a_contained_resource_that_is_not_there_is_said(self, tmp_path):
        write_lines(tmp_path / "a.ndjson", patient(), order(requester={"reference": "#doc"}))
        assert read(tmp_path).one("m1").unresolved[0]["why"] == "is not among the contained resources"
