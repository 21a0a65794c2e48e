"""Reading a log: what the contract allows, what is kept in quarantine with line, path and reason, what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.spec.sessions import SESSION, WELL, ident, raw
from upwell.base.errors import BadInput
from upwell.knowledge.gates.loader import load_fact_book
from upwell.knowledge.schemas import load_schema
from upwell.science.session import EVENT_TYPES, fold, of_one_session, parse_event, read_log

SCHEMA = Draft202012Validator(load_schema("session-event"))
LINE = raw(1, "vitals", 0, WELL)


def text(*lines: Any) -> str:
    return "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)


def without(key: str, **more: Any) -> dict[str, Any]:
    return {name: value for name, value in LINE.items() if name != key} | more


def body(kind: str, **told: Any) -> dict[str, Any]:
    return raw(1, kind, 0, told)


# Every type as the contract's table has it, with every key that stands there.
WHOLE: list[dict[str, Any]] = [
    body("ordered", protocol="p", substance="esketamine", route="intranasal", dose_mg=56, dose_mg_per_kg=0.7,
     weight_kg=80,
         infusion_min=40, devices=2, by="dr-1"),
    body("ordered", by={"id": "dr-1", "role": "prescriber"}),
    body("arrived", text="with sister"), body("left", text="by taxi"), body("note", text="ذهب إلى البيت"),
    body("checklist", item="oxygen checked", value=True), body("checklist", item="last_food_at",
     value="2026-03-02T07:00:00Z"),
    body("gate-decided", gate="predose", outcome="go", overrides=[
        {"rule": "predose.bp", "by": "prescriber", "reason": "calm now", "at": "2026-03-02T09:50:00-05:00"}]),
    body("dose-given", dose_mg=28, device=1, lot="L1", volume_ml=0.2, concentration_mg_per_ml=140, witnessed_by="n-2"),
    body("infusion-started", rate_mg_per_min=1, reason="as ordered"), body("infusion-paused", reason="x"),
    body("infusion-resumed", rate_mg_per_min=0.5), body("infusion-stopped", reason="done"),
    body("vitals", **WELL, temperature_c=36.8, position="reclined"), body("vitals", spo2_percent=97), body("vitals"),
    body("scale", instrument="moaa-s", answers={"1": 5}, total=5), body("scale", instrument="cadss", total=12),
    body("distress", text="afraid", present=True), body("comfort", text="hand", music="off"),
    body("medication", drug="ondansetron", dose="4 mg", text="by mouth"), body("medication", drug="ondansetron",
     dose=4),
    body("therapist", present=True), body("setting", text="lights low"),
    body("adverse-event", term="Nausea", ctcae_grade=1, onset_at="2026-03-02T09:00:00Z",
     resolved_at="2026-03-02T09:30:00Z",
         action="none", outcome="resolved", serious=False),
    body("deviation", term="late reading"), body("near-miss", term="wrong chair"),
    body("criterion", id="oriented", met=True, text="x4"),
    body("discharged", escort="Ana", instructions_given=True), body("discharged"),
    body("ended", disposition="admitted", capacity_note="has capacity", who_was_called="wife", follow_up="tomorrow"),
    body("supply", source="patient-dispensed", pharmacy="Corner", prescription_number="7", count=2),
    body("correction", corrects=ident(2), replacement={"text": "x"}, reason="slip"),
    body("correction", corrects=ident(2), body={"text": "x"}, reason="slip"),
    body("correction", corrects=ident(2), entered_in_error=True, reason="slip"),
    body("correction", corrects=ident(2), entered_in_error=False, replacement={}, reason="slip"),
    without("author"), without("device"), LINE | {"author": None, "device": None},
    LINE | {"session": {"id": SESSION, "type": "group"}}, LINE | {"session_type": "remote"},
    LINE | {"id": LINE["id"].upper()}, raw(1, "arrived", 0) | {"body": None}, without("body", type="arrived"),
    LINE | {"body": dict.fromkeys(WELL)},
]  # fmt: skip


def test_every_type_is_here() -> None:
    assert {line["type"] for line in WHOLE} == set(EVENT_TYPES)


@pytest.mark.parametrize("line", WHOLE, ids=[f"{place}-{line['type']}" for place, line in enumerate(WHOLE)])
def test_what_the_contract_allows_is_read_and_is_valid_by_the_schema(line: dict[str, Any]) -> None:
    assert list(SCHEMA.iter_errors(line)) == []
    event = parse_event(json.loads(json.dumps(line)))
    assert event.id == line["id"].lower()
    assert read_log(text(line)).quarantined == ()


# Malformed lines: (line, path, a word of the reason)
MALFORMED: list[tuple[Any, str | None, str]] = [
    *((without(key), key, "missing") for key in ("id", "session", "type", "observed_at", "received_at")),
    (LINE | {"colour": "red"}, "colour", "known"),
    (LINE | {"type": "vital"}, "type", "not one of"),
    (LINE | {"type": ["vitals"]}, "type", "not one of"),
    (LINE | {"id": "e1"}, "id", "UUID"), (LINE | {"id": 7}, "id", "string"),
    (LINE | {"session": "mine"}, "session", ""), (LINE | {"session": None}, "session", ""),
    (LINE | {"observed_at": "yesterday"}, "observed_at", "time"),
    (LINE | {"observed_at": "2026-03-02T10:00:00"}, "observed_at", "offset"),
    (LINE | {"observed_at": "2026-13-02T10:00:00Z"}, "observed_at", "time"),
    (LINE | {"observed_at": "2026-03-02"}, "observed_at", "offset"),
    (LINE | {"observed_at": 1772463600}, "observed_at", "string"),
    (LINE | {"received_at": None}, "received_at", "string"),
    (LINE | {"received_at": "0026-03-02T10:00:00Z"}, "received_at", "centuries"),
    (LINE | {"author": "nurse-1"}, "author", "object"), (LINE | {"author": {"role": "monitor"}}, "author.id",
     "missing"),
    (LINE | {"author": {"id": "n", "name": "Ada"}}, "author.name", "known"),
    (LINE | {"session_type": "couple"}, "session_type", "not one of"),
    (LINE | {"body": []}, "body", "object"), (LINE | {"body": {"pulse": 80}}, "body.pulse", "known"),
    (body("vitals", heart_rate_bpm="80"), "body.heart_rate_bpm", "number"),
    (body("vitals", heart_rate_bpm=True), "body.heart_rate_bpm", "number"),
    (body("vitals", heart_rate_bpm=-1), "body.heart_rate_bpm", "not possible"),
    (body("vitals", heart_rate_bpm=351), "body.heart_rate_bpm", "not possible"),
    (body("vitals", spo2_percent=101), "body.spo2_percent", "not possible"),
    (body("vitals", bp_systolic_mmhg=80, bp_diastolic_mmhg=120), "body.bp_systolic_mmhg", "below diastolic"),
    (body("dose-given", dose_mg=-28), "body.dose_mg", "not possible"),
    (body("dose-given", dose_mg=5001), "body.dose_mg", "not possible"),
    (body("dose-given", device=1.5), "body.device", "integer"),
    (body("infusion-started", rate_mg_per_min=0), "body.rate_mg_per_min", "not possible"),
    (body("ordered", route="nasal"), "body.route", "not one of"),
    (body("ordered", substance="ketamine"), "body.substance", "not one of"),
    (body("gate-decided", gate="predose"), "body.outcome", "missing"),
    (body("gate-decided", gate="predose", outcome="maybe"), "body.outcome", "not one of"),
    (body("gate-decided", gate="predose", outcome="go", overrides=[{"rule": "x"}]), "body.overrides.0.by", "missing"),
    (body("gate-decided", gate="predose", outcome="go", overrides=[{"rule": "x", "by": "p",
     "at": "2026-03-02T10:00:00"}]),
     "body.overrides.0.at", "offset"),
    (body("adverse-event", ctcae_grade=6), "body.ctcae_grade", "not possible"),
    (body("adverse-event", onset_at="2026-03-02T10:00:00Z", resolved_at="2026-03-02T09:00:00Z"), "body.resolved_at",
     "before"),
    (body("checklist", value=True), "body.item", "missing"),
    (body("criterion", id="oriented"), "body.met", "missing"),
    (body("ended"), "body.disposition", "missing"), (body("ended", disposition="left"), "body.disposition",
     "not one of"),
    (body("correction", corrects=ident(2)), "body", "either"),
    (body("correction", corrects=ident(2), entered_in_error=True, replacement={}), "body", "either"),
    (body("correction", corrects="x", entered_in_error=True), "body.corrects", "UUID"),
    (body("note", text="x\0y"), "body.text", "NUL"), (body("comfort", music={"a": 1}), "body.music", ""),
    ("{", None, "JSON"), ("[1]", None, "object"), ('"x"', None, "object"), ("null", None, "object"),
     ("vitals 120/80", None, "JSON"),
    (json.dumps(LINE)[:-20], None, "JSON"), (json.dumps(LINE) + json.dumps(LINE), None, "JSON"),
    (json.dumps(LINE).replace("128", "NaN"), None, "NaN"), (json.dumps(LINE).replace("128", "-Infinity"), None,
     "Infinity"),
    (json.dumps(LINE).replace("128", "1e999"), None, "too large"), (json.dumps(LINE).replace("128", "1" * 5000),
     None, "digits"),
    (json.dumps(LINE).replace('"device"', '"type"'), "type", "twice"),
    (json.dumps(LINE).replace('"heart_rate_bpm"', '"spo2_percent"'), "spo2_percent", "twice"),
    (json.dumps(body("note", text="x")).replace('"x"', '"\\ud800"'), "body.text", "half"),
    ('{"a":' * 100_000 + "1" + "}" * 100_000, None, "deep"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "path", "word"), MALFORMED, ids=[str(place) for place in range(len(MALFORMED))]
)
def test_what_is_malformed_is_kept_with_its_line_and_a_reason(line: Any, path: str | None, word: str) -> None:
    log = read_log(text(raw(90, "arrived", -9), line, raw(91, "left", 9)))
    assert [event.type for event in log.events] == ["arrived", "left"]
    (kept,) = log.quarantined
    assert (kept.line, kept.path) == (2, path)
    assert word in kept.reason
    assert kept.raw == (line if isinstance(line, str) else json.dumps(line))
    state = fold(log.events, quarantined=log.quarantined)
    assert state.as_json()["quarantined"][0]["line"] == 2


@pytest.mark.parametrize("line", [line for line, _, _ in MALFORMED if isinstance(line, dict)])
def test_what_the_schema_refuses_is_never_read_as_an_event(line: dict[str, Any]) -> None:
    """Quarantine is at least as strict as the published schema; times and bodies' sense are checked beyond it."""
    if list(SCHEMA.iter_errors(line)):
        with pytest.raises(BadInput):
            parse_event(line)


def test_limits_of_the_schema_are_those_of_the_fact_book() -> None:
    book, shapes = load_fact_book().entries, load_schema("session-event")["$defs"]
    names = {("ordered", "dose_mg"): "doses.dose_mg", ("dose-given", "dose_mg"): "doses.dose_mg",
             ("ordered", "weight_kg"): "person.weight_kg", ("scale", "total"): "assessments.total"}  # fmt: skip
    names |= {("vitals", key): f"vitals.{key}" for key in shapes["vitals"]["properties"] if key != "position"}
    for (kind, key), name in names.items():
        shape = shapes[kind]["properties"][key]
        assert (shape["minimum"], shape["maximum"]) == book[name].possible, name


@pytest.mark.parametrize(
    "empty", ["", "  \n\n\t\n", "vitals 120/80\nnote: well\n", "1\n2\n", "[]", "[1,", "[{}] x", "<html>"]
)
def test_what_is_no_log_at_all_is_refused(empty: str) -> None:
    with pytest.raises(BadInput):
        read_log(empty)


def test_a_log_of_broken_events_is_a_log() -> None:
    log = read_log('{"id": 1}\n')
    assert (log.events, len(log.quarantined)) == ((), 1)
    assert fold(log.events, quarantined=log.quarantined).state == "planned"


def test_lines_arrays_and_one_document_are_read_alike() -> None:
    lines = [raw(1, "arrived", 0), raw(2, "note", 1, {"text": "a\u2028b\u0085c"}), raw(3, "left", 2)]
    by_line = "\r\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n\n"
    for form in (by_line, json.dumps(lines), json.dumps(lines, indent=2), "  " + text(*lines)):
        assert [event.id for event in read_log(form).events] == [line["id"] for line in lines]
    assert read_log(json.dumps(lines[0], indent=2)).events == (parse_event(lines[0]),)


def test_an_element_of_an_array_is_kept_by_its_place() -> None:
    log = read_log(
        json.dumps([raw(1, "arrived", 0), {"id": 7}, raw(3, "left", 2)]).replace('{"id": 7}', '{"id": NaN}')
    )
    assert [one.line for one in log.quarantined] == [2]
    assert len(log.events) == 2


def test_several_sessions_are_not_mixed() -> None:
    other = "0190a000-0000-7000-8000-00000000bbbb"
    lines = [raw(1, "arrived", 0), raw(2, "arrived", 0, session=other), raw(3, "left", 1), {"id": ident(4)},
             raw(5, "vitals", 0, {"pulse": 1}, session=other)]  # fmt: skip
    log = read_log(text(*lines))
    with pytest.raises(BadInput, match="2 sessions"):
        of_one_session(log, None)
    mine = of_one_session(log, SESSION.upper())
    assert [event.id for event in mine.events] == [ident(1), ident(3)]
    assert [one.line for one in mine.quarantined] == [4]  # which session the broken line is of, nobody knows
    assert [one.line for one in of_one_session(log, other).quarantined] == [4, 5]
    with pytest.raises(BadInput, match="no session"):
        of_one_session(log, ident(99))
