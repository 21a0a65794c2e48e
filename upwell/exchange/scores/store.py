"""Storing rows: charts found or made, answers scored, what is on record left alone unless it differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from upwell.audit.models import AuditEntry
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import StaleState
from upwell.base.ids import new_id
from upwell.exchange import bulk
from upwell.exchange.scores.columns import Layout
from upwell.exchange.scores.occasions import Dates, Weeks
from upwell.exchange.scores.people import People
from upwell.exchange.scores.report import Counts
from upwell.exchange.scores.reviews import ask_for_review
from upwell.exchange.scores.rows import Row, given_answers
from upwell.knowledge.instrument import Instrument
from upwell.record.models import Assessment
from upwell.science.scoring import score

Columns = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """A row that is on record under the same identity."""

    id: UUID
    patient_id: UUID
    answers: dict[str, Any]
    effective_at: datetime
    date_assumed: bool
    in_error: bool


class Store:
    """Stores the rows of one import, whole people at a time, inside the transaction of its caller."""

    def __init__(
        self,
        *,
        practice_id: UUID,
        actor: Actor,
        people: People,
        instrument: Instrument,
        layout: Layout,
        calendar: Weeks | Dates,
        source: str,
        counts: Counts,
    ) -> None:
        self._practice_id = practice_id
        self._actor = actor
        self._people = people
        self._instrument = instrument
        self._layout = layout
        self._calendar = calendar
        self._source = source
        self._counts = counts

    def put(self, rows: Sequence[Row], run_id: UUID) -> None:
        """Store these rows."""
        charts = self._charts(list(dict.fromkeys(row.identifier for row in rows)))
        keys = [self._key(row) for row in rows]
        kept = self._on_record(keys)
        new: list[Columns] = []
        redated: list[Columns] = []
        rescored: list[Columns] = []
        touched: set[UUID] = set()
        for row, key in zip(rows, keys, strict=True):
            before = kept.get(key)
            if before is None:
                new.append(self._columns(row) | self._identity(row, key, charts))
                touched.add(charts[row.identifier])
            elif self._change(row, before, redated, rescored):
                touched.add(before.patient_id)
        bulk.insert(Assessment, new)
        bulk.update(Assessment, redated)
        bulk.update(Assessment, rescored)
        self._counts.added += len(new)
        self._counts.updated += len(redated) + len(rescored)
        self._after(touched, run_id)

    def _charts(self, identifiers: list[str]) -> dict[str, UUID]:
        found = self._people.find(identifiers)
        if any(len(charts) > 1 for charts in found.values()):
            raise StaleState("Charts were changed while the import ran. Run the same command again.")
        known = {identifier: charts[0] for identifier, charts in found.items()}
        self._people.note((name, chart.id) for name, chart in known.items() if not chart.by_identifier)
        made = self._people.create([name for name in identifiers if name not in known])
        self._counts.patients_matched += len(known)
        self._counts.patients_created += len(made)
        return {name: chart.id for name, chart in known.items()} | made

    def _key(self, row: Row) -> str:
        return f"{self._instrument.id}:{row.identifier}:{row.occasion}"

    def _on_record(self, keys: list[str]) -> dict[str, Kept]:
        rows = Assessment.objects.filter(
            practice_id=self._practice_id, source=self._source, source_key__in=keys
        )
        columns = ("id", "patient_id", "answers", "effective_at", "date_assumed", "entered_in_error")
        return {str(key): Kept(*facts) for key, *facts in rows.values_list("source_key", *columns)}

    # ---- what is new

    def _columns(self, row: Row) -> Columns:
        """The answers and their score."""
        answers = given_answers(self._layout, row.answers)
        result = score(self._instrument, answers)
        self._counts.imputed += result.status == "imputed"
        self._counts.not_scorable += result.total is None
        return {
            "id": new_id(),
            "instrument_version": result.instrument_version,
            "answers": answers,
            "status": result.status,
            "total": None if result.total is None else Decimal(str(result.total)),
            "band": result.band or "",
            "flags": list(result.flags),
            "result": result.as_json(),
            "updated_by_id": self._actor.account_id,
        }

    def _identity(self, row: Row, key: str, charts: dict[str, UUID]) -> Columns:
        return {
            "practice_id": self._practice_id,
            "patient_id": charts[row.identifier],
            "instrument": self._instrument.id,
            "effective_at": self._calendar.moment(row.occasion),
            "date_assumed": self._calendar.assumed,
            "origin": Assessment.Origin.HISTORY.value,
            "source": self._source,
            "source_key": key,
            "created_by_id": self._actor.account_id,
        }

    # ---- what is on record

    def _change(self, row: Row, before: Kept, redated: list[Columns], rescored: list[Columns]) -> bool:
        """Note what the row changes; whether it changes anything."""
        if before.in_error:
            self._counts.left_in_error += 1
            return False
        dates = self._new_date(row, before)
        if before.answers != given_answers(self._layout, row.answers):
            stays = {"effective_at": before.effective_at, "date_assumed": before.date_assumed}
            rescored.append(self._columns(row) | stays | dates | {"id": before.id, "updated_at": now()})
        elif dates:
            redated.append(
                dates | {"id": before.id, "updated_at": now(), "updated_by_id": self._actor.account_id}
            )
        else:
            self._counts.unchanged += 1
            return False
        return True

    def _new_date(self, row: Row, before: Kept) -> Columns:
        """The date, where it is known now and was assumed or another one before. An assumption replaces nothing."""
        if self._calendar.assumed:
            return {}
        moment = self._calendar.moment(row.occasion)
        same = self._calendar.day(moment) == self._calendar.day(before.effective_at)
        return {} if same and not before.date_assumed else {"effective_at": moment, "date_assumed": False}

    # ---- what follows

    def _after(self, touched: set[UUID], run_id: UUID) -> None:
        """Tasks for the team, and one row in the trail of every chart that was changed."""
        self._counts.review_tasks += ask_for_review(
            practice_id=self._practice_id,
            patients=touched,
            instrument=self._instrument,
            account_id=self._actor.account_id,
        )
        common = {
            "actor_kind": self._actor.kind.value,
            "account_id": self._actor.account_id,
            "actor_name": self._actor.name,
            "practice_id": self._practice_id,
            "purpose": self._actor.purpose,
            "action": "import.scores.chart",
            "object_type": "exchange.importrun",
            "object_id": run_id,
        }
        bulk.insert(
            AuditEntry, [common | {"id": new_id(), "patient_id": patient} for patient in sorted(touched)]
        )
