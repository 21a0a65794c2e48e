"""What all parts of one import share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from upwell.base.actor import Actor
from upwell.exchange.fhir.desk import Desk
from upwell.exchange.fhir.known import Practice
from upwell.exchange.fhir.report import ImportReport
from upwell.exchange.fhir.resolve import Bases, Resolver
from upwell.exchange.fhir.spool import Spool


@dataclass(frozen=True, slots=True)
class Job:
    """One import: into which practice, by whom, since when; where its resources wait and its refusals go."""

    practice: Practice
    actor: Actor
    now: datetime
    desk: Desk
    spool: Spool
    bases: Bases
    resolver: Resolver

    @property
    def report(self) -> ImportReport:
        """What is counted."""
        return self.desk.report
