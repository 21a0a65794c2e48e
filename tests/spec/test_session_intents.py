"""What may be refused in a session, and in which words: ordering, authorising a dose, discharging. Nothing else is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from upwell.science.session import State
from upwell.science.session.intents import AUTHORISE, DISCHARGE, INTENTS, ORDER, may


def finding(severity: str, rule: str, overridden: Any = None) -> dict[str, Any]:
    return {"rule": rule, "severity": severity, "message": f"It is {severity}.", "overridden": overridden}


GO: dict[str, Any] = {"outcome": "go", "findings": [finding("caution", "a")]}
OPEN = {
    "outcome": "needs-decision",
    "findings": [finding("caution", "a"), finding("unknown", "b"), finding("relative", "c")],
}
NO_GO = {
    "outcome": "no-go",
    "findings": [
        finding("needs-decision", "x", {"by": "prescriber"}),
        finding("information", "y"),
        finding("absolute", "z"),
    ],
}


def session(**changes: Any) -> Any:
    """A session in which everything may go on: ordered, arrived, both gates go."""
    ready = {
        "state": State.ARRIVED, "ordered": True, "arrived": True, "session_type": "individual", "dosed": False,
        "further": False, "infusion": None, "predose": GO, "discharge": GO,
    }  # fmt: skip
    return SimpleNamespace(**{**ready, **changes})


CASES = [
    # intent, what is different, code of the refusal, its words, the rules behind it
    (ORDER, {}, None, "", ()),
    (ORDER, {"ordered": False, "arrived": False, "predose": NO_GO}, None, "", ()),
    (
        ORDER,
        {"state": State.DISCHARGED},
        "session-over",
        "This session is over. What comes later belongs to a new one.",
        (),
    ),
    (
        AUTHORISE,
        {"state": State.ENDED},
        "session-over",
        "This session is over. What comes later belongs to a new one.",
        (),
    ),
    (AUTHORISE, {}, None, "", ()),
    (
        AUTHORISE,
        {"ordered": False},
        "no-order",
        "Nothing is ordered yet. Order first, then decide the gate.",
        (),
    ),
    (AUTHORISE, {"arrived": False}, "not-arrived", "The person has not arrived yet.", ()),
    (
        AUTHORISE,
        {"arrived": False, "session_type": "group"},
        "not-arrived",
        "The person has not arrived yet.",
        (),
    ),
    (AUTHORISE, {"arrived": False, "session_type": "remote"}, None, "", ()),
    (AUTHORISE, {"arrived": False, "session_type": "inpatient"}, None, "", ()),
    (
        AUTHORISE,
        {"dosed": True},
        "dosed",
        "A dose has been given already; the gate before it is behind us.",
        (),
    ),
    (AUTHORISE, {"dosed": True, "further": True}, None, "", ()),
    (AUTHORISE, {"predose": OPEN}, "predose-open", "The gate needs a decision. It is unknown.", ("b", "c")),
    (AUTHORISE, {"predose": NO_GO}, "predose-no-go", "The gate says no-go. It is absolute.", ("z",)),
    (AUTHORISE, {"discharge": NO_GO}, None, "", ()),
    (DISCHARGE, {}, "not-dosed", "Nothing was given. End the session as not dosed.", ()),
    (DISCHARGE, {"dosed": True}, None, "", ()),
    (
        DISCHARGE,
        {"dosed": True, "infusion": "running"},
        "infusion-running",
        "The infusion has not been stopped yet.",
        (),
    ),
    (
        DISCHARGE,
        {"dosed": True, "infusion": "paused"},
        "infusion-running",
        "The infusion has not been stopped yet.",
        (),
    ),
    (DISCHARGE, {"dosed": True, "infusion": "stopped"}, None, "", ()),
    (
        DISCHARGE,
        {"dosed": True, "discharge": OPEN},
        "discharge-open",
        "The gate needs a decision. It is unknown.",
        ("b", "c"),
    ),
    (
        DISCHARGE,
        {"dosed": True, "discharge": NO_GO},
        "discharge-no-go",
        "The gate says no-go. It is absolute.",
        ("z",),
    ),
    (DISCHARGE, {"dosed": True, "predose": NO_GO}, None, "", ()),
]


@pytest.mark.parametrize(("intent", "changes", "code", "words", "rules"), CASES)
def test_what_is_refused_and_why(
    intent: str, changes: dict[str, Any], code: str | None, words: str, rules: tuple[str, ...]
) -> None:
    refusal = may(session(**changes), intent)
    if code is None:
        assert refusal is None
        return
    assert refusal is not None
    assert (refusal.code, refusal.message, refusal.rules) == (code, words, rules)


def test_there_are_three_intents_and_no_other() -> None:
    assert INTENTS == ("order", "authorise", "discharge")
    with pytest.raises(ValueError, match="is not an intent"):
        may(session(), "note")
