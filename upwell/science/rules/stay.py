"""The stay after the dose: how long at least, counted from when, and whether that time is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from upwell.base.finding import Because, Finding, Severity
from upwell.base.minutes import first_full_minute, minutes_over
from upwell.knowledge.gates.model import MinimumObservation, Monitoring, Outcomes
from upwell.knowledge.provenance import Provenance
from upwell.science.rules.case import Case, Dose

_END = "end-of-infusion"
_MET, _NOT_MET, _NOT_ASSESSED = "met", "not-met", "not-assessed"


@dataclass(frozen=True, slots=True)
class Stay:
    """The clock of a session: both starts, the minimum, when it is over, and what stands against leaving."""

    first_dose_at: datetime | None
    last_dose_at: datetime | None
    minimum_minutes: float | None
    earliest_at: datetime | None
    status: str
    findings: tuple[Finding, ...]
    asked_at: datetime | None

    def as_json(self) -> dict[str, Any]:
        """The clock in the shape of the contract; both starts are shown, the last dose is what counts."""
        return {
            "from_first_dose_at": _iso(self.first_dose_at),
            "from_last_dose_at": _iso(self.last_dose_at),
            "gated_on": "last",
            "minimum_minutes": self.minimum_minutes,
            "minutes_since_first_dose": self._since(self.first_dose_at),
            "minutes_since_last_dose": self._since(self.last_dose_at),
        }

    def _since(self, start: datetime | None) -> float | None:
        if start is None or self.asked_at is None:
            return None
        return minutes_over(self.asked_at - start)

    @property
    def minutes_past(self) -> float | None:
        """Minutes since the person could have left at the earliest."""
        if self.earliest_at is None or self.asked_at is None:
            return None
        return (self.asked_at - self.earliest_at) / timedelta(minutes=1)


def stay_of(case: Case, monitoring: Monitoring, outcomes: Outcomes) -> Stay:
    """The stay after the doses of the last session."""
    doses = case.session_doses()
    first = doses[0].at if doses else None
    last = max((dose.at for dose in doses), default=None)
    substance, route = case.text("substance"), case.text("route")
    minimums = minimums_for(substance, route, monitoring)
    if last is None or not minimums:
        because = Because("doses" if last is None else "route", "not on record, or no minimum time is known")
        finding = _unknown(
            monitoring.unknown_rule, monitoring.unknown_message, because, monitoring.provenance, outcomes
        )
        minutes = minimums[0].minutes if minimums else None
        return Stay(first, last, minutes, None, _NOT_ASSESSED, (finding,), case.at)
    findings: list[Finding] = []
    over: list[tuple[datetime, MinimumObservation]] = []
    for minimum in minimums:
        start = last
        if minimum.counts_from == _END:
            start, asked = _end_of_infusion(doses, last, minimum, monitoring, outcomes)
            findings += asked
        over.append((start + timedelta(minutes=minimum.minutes), minimum))
    sure = case.at is not None and not findings and substance is not None and route is not None
    status = _MET if sure else _NOT_ASSESSED
    for until, minimum in over:
        if case.at is not None and case.at < until:
            status = _NOT_MET
            findings.append(_too_early(minimum, until, case.at, monitoring, outcomes))
    earliest, longest = max(over, key=lambda one: one[0])
    return Stay(first, last, longest.minutes, earliest, status, tuple(findings), case.at)


def minimums_for(
    substance: str | None, route: str | None, monitoring: Monitoring
) -> tuple[MinimumObservation, ...]:
    """The minimum observations for a substance by a route: that of the one and that of the other both hold.

    Where one of them is unknown, the strictest alone.
    """
    fitting = [
        line
        for line in monitoring.minimums
        if (substance is None or line.substance in (None, substance))
        and (route is None or not line.routes or route in line.routes)
    ]
    if substance is not None and route is not None:
        return tuple(fitting)
    return tuple(sorted(fitting, key=lambda line: (line.hard, line.minutes))[-1:])


def _end_of_infusion(
    doses: tuple[Dose, ...],
    last: datetime,
    minimum: MinimumObservation,
    monitoring: Monitoring,
    outcomes: Outcomes,
) -> tuple[datetime, list[Finding]]:
    """When the infusion stopped; where that is not on record it is asked for."""
    known = [dose.ends for dose in doses if dose.ends is not None]
    start = max([last, *known])
    if len(known) == len(doses):
        return start, []
    because = Because("doses.ended_at", "not on record")
    asked = _unknown(monitoring.no_end_rule, monitoring.no_end_message, because, minimum.provenance, outcomes)
    return start, [asked]


def _unknown(
    rule: str, message: str, because: Because, provenance: Provenance, outcomes: Outcomes
) -> Finding:
    return _finding(rule, Severity.UNKNOWN, message, because, provenance, outcomes)


def _too_early(
    minimum: MinimumObservation,
    earliest: datetime,
    at: datetime,
    monitoring: Monitoring,
    outcomes: Outcomes,
) -> Finding:
    severity = monitoring.too_early_hard if minimum.hard else monitoring.too_early
    start = earliest - timedelta(minutes=minimum.minutes)
    elapsed = minutes_over(at - start)
    because = Because("doses", f"{elapsed:g} of {minimum.minutes:g} minutes", start.isoformat())
    message = f"{minimum.message} Earliest: {first_full_minute(earliest.astimezone(at.tzinfo)):%H:%M}."
    return _finding(minimum.rule, severity, message, because, minimum.provenance, outcomes)


def _finding(
    rule: str,
    severity: Severity,
    message: str,
    because: Because,
    provenance: Provenance,
    outcomes: Outcomes,
) -> Finding:
    row = outcomes.rows[severity]
    roles = () if row.before_the_day else row.overridable_by  # a time of today was not there before the day
    return Finding(rule, severity, message, (because,), provenance.sources, provenance.is_policy, roles)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
