"""What Today shows to whom; the charts that it names are noted in the trail."""

from __future__ import annotations

from datetime import datetime

from upwell.access.trail import looked_at
from upwell.base.actor import Actor
from upwell.pathway.parts import in_order, waiting_for
from upwell.pathway.today.lines import Day, day_of
from upwell.pathway.today.versions import versions


def today_for(actor: Actor, at: datetime, *, whole: bool = False) -> Day:
    """Today of one person: as many queries as the steps ask, however much waits."""
    found = in_order([*waiting_for(actor, at), *versions(actor)])
    day = day_of(actor, found, at, whole=whole)
    for section in (*day.sections, day.others):
        looked_at([line.one.patient_id for line in section.shown if line.one.patient_id is not None])
    return day
