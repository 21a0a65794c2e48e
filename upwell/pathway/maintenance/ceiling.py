"""Whether doses come too often or for too long: two rules of section 3.7, asked with the dosing days alone. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from upwell.base.finding import Finding
from upwell.knowledge.gates.loader import load_fact_book, load_outcomes, load_rule_set
from upwell.science.rules.engine import judge_rules
from upwell.science.rules.gate import found
from upwell.science.rules.reading import read_facts

GATE = "maintenance"
FREQUENCY = "maintenance.frequency"


def too_often(dosing_days: Iterable[datetime], at: datetime) -> list[Finding]:
    """The findings about how often doses are given. Times are in the practice's zone: days are its days."""
    days: dict[date, datetime] = {}
    for moment in dosing_days:
        days.setdefault(moment.date(), moment)
    if not days:
        return []
    document = {"at": at.isoformat(), "doses": [{"at": moment.isoformat()} for moment in days.values()]}
    about = {one.id for one in load_rule_set(GATE).rules if one.id.startswith(FREQUENCY)}
    case = read_facts(document, load_fact_book())
    return found(judge_rules(GATE, case, gate=GATE, only=about), load_outcomes())
