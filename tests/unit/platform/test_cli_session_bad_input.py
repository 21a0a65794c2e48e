"""``upwell session replay`` with what a bedside should never send: stored and flagged, or set aside; never lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.spec.sessions import clock, ident, raw
from upwell.platform.cli_session import session_app

ORDER: dict[str, Any] = {
    "protocol": "esketamine-trd",
    "substance": "esketamine",
    "route": "intranasal",
    "dose_mg": 56,
}
HERE = raw(2, "arrived", -40)
LONG = 300_000


def replay(*lines: Any, options: tuple[str, ...] = ()) -> dict[str, Any]:
    """The result of these lines."""
    text = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines)
    done = CliRunner().invoke(session_app, ["replay", "-", "--json", *options], input=text)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def flags(result: dict[str, Any]) -> list[str]:
    return [one["flag"] for one in result["flags"]]


SET_ASIDE = [
    # what, type, body, what is said
    ("BP 12/80", "vitals", {"bp_systolic_mmhg": 12, "bp_diastolic_mmhg": 80}, "body.bp_systolic_mmhg"),
    ("BP 400/80", "vitals", {"bp_systolic_mmhg": 400, "bp_diastolic_mmhg": 80}, "body.bp_systolic_mmhg"),
    ("upside down", "vitals", {"bp_systolic_mmhg": 80, "bp_diastolic_mmhg": 120}, "body.bp_systolic_mmhg"),
    ("SpO2 101", "vitals", {"spo2_percent": 101}, "body.spo2_percent"),
    ("SpO2 in words", "vitals", {"spo2_percent": "fine"}, "body.spo2_percent"),
    ("less than nothing", "dose-given", {"dose_mg": -28}, "body.dose_mg"),
    ("a key of nobody", "vitals", {"aura": 3}, "body.aura"),
    ("a body that is a list", "vitals", [1, 2], "body"),
    ("a text that is too long", "note", {"text": "x" * LONG}, "body.text"),
]


@pytest.mark.parametrize(("what", "kind", "body", "path"), SET_ASIDE, ids=[row[0] for row in SET_ASIDE])
def test_what_no_body_has_is_set_aside_with_its_path(what: str, kind: str, body: Any, path: str) -> None:
    result = replay(HERE, {**raw(3, kind, -20), "body": body}, raw(4, "note", -10, {"text": "calm"}))
    assert [(one["id"], one["line"]) for one in result["quarantined"]] == [(ident(3), 2)]
    assert (result["quarantined"][0]["path"] or "").startswith(path.split(".", 1)[0])
    assert result["quarantined"][0]["reason"]
    assert result["timeline"] == [ident(2), ident(4)]


FLAGGED = [
    # what, entries, flags
    ("300/200", [HERE, raw(3, "vitals", -9, {"bp_systolic_mmhg": 300, "bp_diastolic_mmhg": 200})],
     ["reading-unlikely"]),
    ("MOAA/S 6", [HERE, raw(3, "scale", -9, {"instrument": "moaa-s", "total": 6})], ["scale-out-of-range"]),
    ("nothing measured", [HERE, raw(3, "vitals", -9, {})], ["empty"]),
    ("before arrival", [raw(3, "vitals", -50, {"spo2_percent": 97}), HERE], ["event-before-arrival"]),
    ("ahead of its time", [HERE, {**raw(3, "note", 0), "observed_at": clock(90), "received_at": clock(0)}],
     ["clock-skew"]),
    ("a dose without an order", [HERE, raw(3, "dose-given", 0, {"dose_mg": 28})],
     ["dose-without-go", "dose-without-order"]),
    ("0 mg", [raw(1, "ordered", -60, ORDER), HERE, raw(3, "gate-decided", -5, {"gate": "predose", "outcome": "go"}),
              raw(4, "dose-given", 0, {"dose_mg": 0})], ["dose-of-zero"]),
    ("the second device after 3 minutes",
     [raw(1, "ordered", -60, ORDER), HERE, raw(3, "gate-decided", -5, {"gate": "predose", "outcome": "go"}),
      raw(4, "dose-given", 0, {"dose_mg": 28, "device": 1}), raw(5, "dose-given", 3, {"dose_mg": 28, "device": 2})],
     ["device-too-soon"]),
    ("after the end",
     [HERE, raw(3, "ended", 0, {"disposition": "not-dosed"}), raw(4, "vitals", 5, {"spo2_percent": 97})],
     ["event-after-end"]),
    ("late, of before the end", [HERE, raw(3, "ended", 0, {"disposition": "not-dosed"}),
                                 {**raw(4, "vitals", -9, {"spo2_percent": 97}), "received_at": clock(30)}],
     ["received-after-end"]),
]  # fmt: skip


@pytest.mark.parametrize(("what", "lines", "wrong"), FLAGGED, ids=[row[0] for row in FLAGGED])
def test_what_happened_is_kept_and_flagged(what: str, lines: list[Any], wrong: list[str]) -> None:
    result = replay(*lines)
    assert flags(result) == wrong
    assert len(result["timeline"]) == len(lines)
    assert result["quarantined"] == []


MALFORMED = [
    "{",
    "[]",
    "null",
    '"text"',
    "{}",
    '{"id": 1}',
    json.dumps({**raw(9, "note", 0), "body": {"text": "a\x00b"}}),
    '{"a": ' * 5000,
    '{"type": "vitals", "type": "vitals"}',
    json.dumps({**raw(9, "vitals", 0), "body": {"spo2_percent": "NaN"}}).replace('"NaN"', "NaN"),
    json.dumps({**raw(9, "vitals", 0), "body": {"spo2_percent": "1e999"}}).replace('"1e999"', "1e999"),
    json.dumps({**raw(9, "vitals", 0), "observed_at": "yesterday"}),
    json.dumps({**raw(9, "vitals", 0), "observed_at": "2026-03-02T10:00:00"}),
    json.dumps({**raw(9, "dance", 0)}),
    "x" * LONG,
    json.dumps({**raw(9, "note", 0), "device": "x" * LONG}),
]


@pytest.mark.parametrize("line", MALFORMED, ids=range(len(MALFORMED)))
def test_a_line_that_is_no_event_is_kept_beside_the_others(line: str) -> None:
    result = replay(HERE, line, raw(3, "note", -9, {"text": "calm"}))
    assert [one["line"] for one in result["quarantined"]] == [2]
    assert result["quarantined"][0]["raw"] == line.strip()
    assert result["timeline"] == [ident(2), ident(3)]
    plainly = CliRunner().invoke(session_app, ["replay", "-"], input="\n".join([json.dumps(HERE), line]))
    assert plainly.exit_code == 0
    assert "quarantined, line 2" in plainly.output


def test_same_id_and_other_content_is_said() -> None:
    result = replay(HERE, raw(3, "note", -9, {"text": "calm"}), raw(3, "note", -9, {"text": "not calm"}))
    assert flags(result) == ["same-id-other-content"]
