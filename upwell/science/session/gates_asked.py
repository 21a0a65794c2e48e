"""What the gates say of a session at a moment: asked when somebody wants to know, of what had been told by then."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from upwell.knowledge.edition import edition, using
from upwell.knowledge.gates.loader import load_monitoring, load_outcomes
from upwell.science.rules import gate as gates
from upwell.science.rules.case import Case
from upwell.science.rules.overrides import read_wishes
from upwell.science.rules.stay import Stay, stay_of

Decided = tuple[tuple[str, dict[str, Any]], ...]


class GatesAsked:
    """One case put to the gate of the hour and to that of going home; each hears the overrides of its own.

    Whoever only writes the log asks neither. The answer does not depend on when it is asked for.
    """

    def __init__(self, now_asked: str, case: Case, decided: Decided) -> None:
        self._now_asked, self._case, self._decided, self._edition = now_asked, case, decided, edition()
        for name in (now_asked, "discharge"):
            read_wishes(self._heard(name))  # what can't be read is said at once

    @cached_property
    def now(self) -> dict[str, Any]:
        """Before the first dose the pre-dose gate, then that of the session."""
        return self._ask(self._now_asked)

    @cached_property
    def predose(self) -> dict[str, Any]:
        """The gate before a dose, which a further one passes too."""
        return self.now if self._now_asked == "predose" else self._ask("predose")

    @cached_property
    def discharge(self) -> dict[str, Any]:
        """The gate of going home."""
        return self._ask("discharge")

    @cached_property
    def stay(self) -> Stay:
        """How long the person stays, by the doses."""
        with using(self._edition):
            return _stay(self._case)

    def _heard(self, name: str) -> Case:
        return with_overrides(self._case, name, self._decided)

    def _ask(self, name: str) -> dict[str, Any]:
        with using(self._edition):
            return ask_case(name, self._heard(name))


def _stay(case: Case) -> Stay:
    return stay_of(case, load_monitoring(), load_outcomes())


def with_overrides(case: Case, name: str, decided: Decided) -> Case:
    """The case with what was decided about this gate."""
    about = [one for gate, one in decided if gate == name]
    if not about:
        return case
    return case.again(raw={**case.raw, "overrides": [*(case.raw.get("overrides") or ()), *about]})


def ask_case(name: str, case: Case) -> dict[str, Any]:
    """What a gate says of a case."""
    return gates.discharge_of(case) if name == "discharge" else gates.plain_gate_of(name, case)
