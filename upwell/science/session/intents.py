"""What may be refused: ordering, authorising, discharging. Observations never are."""

from __future__ import annotations

from dataclasses import dataclass

from upwell.science.session.fold import SessionState
from upwell.science.session.machine import OVER

ORDER, AUTHORISE, DISCHARGE = "order", "authorise", "discharge"
INTENTS: tuple[str, ...] = (ORDER, AUTHORISE, DISCHARGE)

_AT_A_DISTANCE = ("remote", "inpatient")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, in words; and the rules behind it, where there are some."""

    code: str
    message: str
    rules: tuple[str, ...] = ()


def may(state: SessionState, intent: str) -> Refusal | None:
    """Whether an intent may go ahead now; nothing stands against it where there is no refusal."""
    if state.state in OVER:
        return Refusal("session-over", "This session is over. What comes later belongs to a new one.")
    if intent == ORDER:
        return None
    if intent == AUTHORISE:
        return _authorise(state)
    if intent == DISCHARGE:
        return _discharge(state)
    raise ValueError(f"“{intent}” is not an intent.")


def _authorise(state: SessionState) -> Refusal | None:
    if not state.ordered:
        return Refusal("no-order", "Nothing is ordered yet. Order first, then decide the gate.")
    if not state.arrived and state.session_type not in _AT_A_DISTANCE:
        return Refusal("not-arrived", "The person has not arrived yet.")
    if state.dosed and not state.further:
        return Refusal("dosed", "A dose has been given already; the gate before it is behind us.")
    return _by_gate("predose", state.predose["outcome"], state.predose["findings"])


def _discharge(state: SessionState) -> Refusal | None:
    if not state.dosed:
        return Refusal("not-dosed", "Nothing was given. End the session as not dosed.")
    if state.infusion in ("running", "paused"):
        return Refusal("infusion-running", "The infusion has not been stopped yet.")
    return _by_gate("discharge", state.discharge["outcome"], state.discharge["findings"])


def _by_gate(gate: str, outcome: str, findings: list[dict[str, object]]) -> Refusal | None:
    if outcome == "go":
        return None
    standing = [one for one in findings if one["overridden"] is None]
    against = [one for one in standing if one["severity"] not in ("information", "caution")]
    rules = tuple(str(one["rule"]) for one in against)
    words = " ".join(str(one["message"]) for one in against[:1])
    if outcome == "no-go":
        return Refusal(f"{gate}-no-go", f"The gate says no-go. {words}", rules)
    return Refusal(f"{gate}-open", f"The gate needs a decision. {words}", rules)
