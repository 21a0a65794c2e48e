"""A second bundle, beside the Synthea records: what screening finds in charts of depression from elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.exchange.fhir import import_fhir
from upwell.people.models import Patient
from upwell.record.facts import read_chart
from upwell.science.rules.screen import screen

pytestmark = pytest.mark.django_db
BUNDLE = Path(__file__).parents[1] / "data" / "depression-bundle" / "bundle.json"
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture
def charts(practice):
    import_fhir(BUNDLE, practice_id=practice.id, by=system_actor("import", practice.id))
    with acting_as(system_actor("job", practice.id)):
        yield {
            one.family_name: read_chart(one, [one.id], AT, substance="racemic-ketamine", route="sublingual")
            for one in Patient.objects.filter(practice=practice)
        }


def found(chart):
    """By rule: the severity, and the first reason."""
    return {
        one["rule"]: (one["severity"], one["because"][0]["value"] if one["because"] else "")
        for one in screen(chart.facts)["findings"]
    }


def test_numbers_in_other_units_are_understood(charts):
    facts = charts["Quill"].facts
    (signs,) = facts["vitals"]
    assert (signs["bp_systolic_mmhg"], signs["bp_diastolic_mmhg"]) == (138, 84)  # 18.4 and 11.2 kPa
    assert signs["temperature_c"] == pytest.approx(36.78, abs=0.01)  # 98.2 degrees Fahrenheit
    assert facts["person"]["weight_kg"] == pytest.approx(77.97, abs=0.01)  # 171.9 lb


def test_what_nobody_should_guess_is_unknown(charts):
    facts = charts["Thorne"].facts
    assert "vitals" not in facts  # torr is not a unit that a chart of blood pressures is read in
    assert "weight_kg" not in facts["person"]  # 820 kg
    assert found(charts["Thorne"])["eligibility.hypertension.uncontrolled"][0] == "unknown"


def test_medicines_that_interact_are_found_by_their_codes(charts):
    quill, thorne = found(charts["Quill"]), found(charts["Thorne"])
    assert quill["interactions.benzodiazepines"] == ("caution", "clonazepam (rxnorm 2598)")
    assert quill["interactions.lamotrigine"][0] == "caution"
    assert thorne["interactions.maoi"] == ("needs-decision", "tranylcypromine (rxnorm 10734)")
    assert thorne["interactions.stimulants"][0] == "caution"
    assert thorne["interactions.cyp3a4.oral"][0] == "caution"


def test_a_heart_attack_of_four_weeks_ago_is_absolute(charts):
    assert found(charts["Thorne"])["eligibility.cardiovascular-event"][0] == "absolute"


def test_names_without_codes_are_matched_less_surely(charts):
    vasquez = found(charts["Vasquez"])
    assert vasquez["interactions.benzodiazepines"] == (
        "caution",
        "Zopiclone 7.5 mg tablets; matched by name, less sure than by code",
    )
    assert vasquez["eligibility.pregnancy"][0] == "not-recommended"


def test_what_needs_no_warning_gives_none(charts):
    said = " ".join(str(reason) for chart in charts.values() for _severity, reason in found(chart).values())
    for quiet in ("ithium", "luoxetine", "scitalopram"):
        assert quiet not in said
    assert all(not screen(chart.facts)["not_assessed"] for chart in charts.values())
