"""Whatever stands in a file, it is taken or refused in words: nothing breaks the import."""

from __future__ import annotations

import contextlib
import copy
import json
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.exchange.fhir.reading import NOW
from tests.unit.exchange.fhir.samples import (
    allergy,
    concept,
    condition,
    encounter,
    observation,
    order,
    patient,
    practitioner,
    statement,
)
from upwell.exchange.fhir.canonical import content_hash
from upwell.exchange.fhir.ingest import name_of
from upwell.exchange.fhir.mapping import Links, columns_of
from upwell.exchange.fhir.mapping.medication import medication_code
from upwell.exchange.fhir.mapping.party import identifiers
from upwell.exchange.fhir.mapping.patient import numbers, replaced_by
from upwell.exchange.fhir.oddities import before_birth, oddities
from upwell.exchange.fhir.places import Wrong
from upwell.exchange.fhir.reader import parse
from upwell.exchange.fhir.references import pointers, references_in
from upwell.exchange.fhir.validate import check_identity, check_resource

Path = tuple[str | int, ...]
PERIOD = {"start": "2020-01", "end": "2021-02-03"}
NUMBER = {"use": "usual", "type": concept("MR"), "system": "urn:x", "value": "1", "period": PERIOD}
SOMEBODY = {"reference": "Practitioner/1", "display": "Dr. Ito", "identifier": NUMBER}
DOSE = {
    "sequence": 1,
    "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}, "code": concept("BID")},
    "asNeededCodeableConcept": concept("pain"),
    "route": concept("oral"),
    "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "mg"}, "rateQuantity": {"value": 1}}],
}
FULL: list[dict[str, Any]] = [
    patient(
        identifier=[NUMBER],
        telecom=[{"system": "phone", "value": "1", "use": "home", "rank": 1, "period": PERIOD}],
        address=[{"use": "home", "type": "both", "line": ["1 Main St"], "city": "Emporia", "text": "x"}],
        communication=[{"language": concept("en"), "preferred": True}],
        link=[{"type": "replaced-by", "other": {"reference": "Patient/2"}}],
        deceasedDateTime="2020",
        meta={"lastUpdated": "2020-01-02T10:00:00Z", "security": [{"code": "R"}], "profile": ["x"]},
        name=[
            {
                "use": "usual",
                "family": "A",
                "given": ["B"],
                "prefix": ["C"],
                "suffix": ["D"],
                "period": PERIOD,
            }
        ],
    ),
    condition(category=[concept("x")], onsetPeriod=PERIOD, onsetDateTime=None, abatementAge={"value": 3}),
    allergy(
        reaction=[{"manifestation": [concept("x")], "substance": concept("y")}], code=None, category=["food"]
    ),
    order(
        requester=SOMEBODY, reasonCode=[concept("x")], reasonReference=[SOMEBODY], dosageInstruction=[DOSE]
    ),
    statement(effectivePeriod=PERIOD, informationSource=SOMEBODY, dosage=[DOSE]),
    encounter(
        type=[concept("x")],
        serviceType=concept("z"),
        participant=[{"type": [concept("PPRF")], "individual": SOMEBODY}],
        location=[{"location": SOMEBODY}],
        serviceProvider=SOMEBODY,
        reasonReference=[SOMEBODY],
    ),
    observation(effectiveDateTime=None, effectiveTiming={"event": ["2020"], "code": concept("x")}),
    observation(valueQuantity=None, valueRatio={"numerator": {"value": 1}, "denominator": {"value": 2}}),
    observation(valueQuantity=None, valueSampledData={"origin": {}, "period": 1, "dimensions": 1}),
    observation(
        component=[{"code": concept("x"), "valueRange": {"low": {"value": 1}}}], dataAbsentReason=concept("x")
    ),
    practitioner(identifier=[NUMBER], qualification=[{"code": concept("x")}]),
    {"resourceType": "PractitionerRole", "id": "r", "practitioner": SOMEBODY, "code": [concept("x")]},
    {"resourceType": "Location", "id": "l", "name": "x", "status": "active", "identifier": [NUMBER]},
    {"resourceType": "Medication", "id": "m", "ingredient": [{"itemCodeableConcept": concept("x")}]},
    order(
        contained=[practitioner(), {"resourceType": "Medication", "id": "m"}], requester={"reference": "#d1"}
    ),
]
ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(
        ["2020", "9999-12-31T23:59:59-12:00", "active", "#", "urn:uuid:1", "Patient/1", "a" * 5000]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["coding", "code", "value", "reference", "start", "x"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


def paths(value: Any, so_far: Path = ()) -> list[Path]:
    found = [so_far] if so_far else []
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        found += paths(part, (*so_far, name))
    return found


PLACES = [(index, path) for index, resource in enumerate(FULL) for path in paths(resource)]


def put(resource: Any, path: Path, value: Any) -> Any:
    spoilt = copy.deepcopy(resource)
    holder = spoilt
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = value
    return spoilt


def take(resource: Any) -> bool:
    """Do all that an import does with a resource, but for the database."""
    name_of(resource)
    try:
        kind, _ = check_identity(resource)
        check_resource(resource, NOW)
    except Wrong as wrong:
        return not wrong.reason
    content_hash(resource)
    list(oddities(resource, NOW)), list(identifiers(resource)), list(before_birth(resource, None))
    for element, _, reference in references_in(resource):
        assert pointers(reference, element)
    if kind == "Medication":
        medication_code(resource)
    else:
        orjson.dumps(columns_of(resource, Links()), default=str)
    if kind == "Patient":
        list(numbers(resource)), list(replaced_by(resource))
    return True


def test_the_resources_are_taken_as_they_are():
    assert [take(resource) for resource in FULL] == [True] * len(FULL)


@given(st.sampled_from(PLACES), ANY_JSON)
def test_anything_anywhere_is_taken_or_refused(place, value):
    index, path = place
    take(put(FULL[index], path, value))


@given(ANY_JSON)
def test_anything_at_all_is_taken_or_refused(value):
    take(value)


@given(st.binary(max_size=40), st.integers(0, 400))
def test_any_bytes_are_read_or_refused(noise, at):
    text = json.dumps(FULL[0]).encode()
    for spoilt in (noise, text[:at] + noise + text[at:], text[:at] + noise):
        with contextlib.suppress(Wrong):
            parse(spoilt)
