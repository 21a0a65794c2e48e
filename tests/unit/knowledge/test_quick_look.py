"""The quick look says yes only where the schema does, and says it of what comes in most."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from upwell.knowledge.quick_look import quick_look
from upwell.knowledge.schemas import load_schema

SCHEMA = load_schema("session-event")
KINDS = SCHEMA["properties"]["type"]["enum"]
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-400, 400), st.floats(), st.text(max_size=6), st.sampled_from(KINDS)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_never_a_yes_where_the_schema_says_no(kind: str, data: st.DataObject) -> None:
    schema = SCHEMA["$defs"][kind]
    names = st.sampled_from([*schema.get("properties", {"x": {}}), "other"])
    document = data.draw(st.dictionaries(names, VALUES, max_size=4) | VALUES)
    if quick_look(schema, SCHEMA)(document):
        assert Draft202012Validator({**schema, "$defs": SCHEMA["$defs"]}).is_valid(document)


def test_it_knows_vital_signs_and_the_frame_around_them() -> None:
    whole: dict[str, Any] = {
        "id": "0190a000-0000-7000-8000-00000000aaaa",
        "session": "0190a000-0000-7000-8000-00000000aaaa",
        "type": "vitals",
        "observed_at": "2026-03-02T10:00:00-05:00",
        "received_at": "2026-03-02T10:00:00-05:00",
        "author": {"id": "nurse", "role": "monitor"},
        "body": {"bp_systolic_mmhg": 120},
    }
    frame = {key: value for key, value in SCHEMA.items() if key != "allOf"}
    assert quick_look(frame)(whole)
    assert not quick_look(frame)({**whole, "type": "nonsense"})
    look = quick_look(SCHEMA["$defs"]["vitals"], SCHEMA)
    assert look({"bp_systolic_mmhg": 120, "spo2_percent": 97.5, "position": None})
    assert not look({"bp_systolic_mmhg": 12000})
    assert not look({"heart_rate_bpm": True})
