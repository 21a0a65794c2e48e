"""Storing a row once: sent twice, it is one row, without a failed transaction."""

from __future__ import annotations

from datetime import datetime
from enum import Enum, auto
from functools import cache

from django.db import DEFAULT_DB_ALIAS, connections, models

from upwell.base.asking import ask
from upwell.base.inserting import columns_of, insert, values_of
from upwell.record.models import Assessment, AssessmentRequest


class Answered(Enum):
    """What became of answers to a question that was asked."""

    STORED = auto()
    NOT_OPEN = auto()  # the question was answered meanwhile, or taken back
    TAKEN = auto()  # the copy of the form was used for something else


def insert_once(row: models.Model) -> bool:
    """Insert the row unless it would be there twice; whether it was inserted. One statement, no savepoint.

    Two that come at the same moment: the second waits until the first is durable, and is then told no.
    """
    return bool(insert([row], once=True))


def store_answer(asked: AssessmentRequest, row: Assessment, *, at: datetime) -> Answered:
    """Answer the question and store the answers, in one statement. Who comes second waits in it for the first."""
    values = [row.id, at, row.created_by_id, asked.id, *values_of(row)]
    [(claimed, stored)] = ask(_store_answer(), values)
    row._state.adding, row._state.db = not stored, DEFAULT_DB_ALIAS
    if stored:
        return Answered.STORED
    return Answered.TAKEN if claimed else Answered.NOT_OPEN


@cache
def _store_answer() -> str:
    connection = connections[DEFAULT_DB_ALIAS]
    fields = [field for field, _ in columns_of(Assessment)]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(f"%s::{field.db_type(connection)}" for field in fields)
    return (
        "WITH claimed AS (UPDATE record_assessmentrequest SET assessment_id = %s, updated_at = %s, updated_by_id = %s"  # noqa: S608
        " WHERE id = %s AND assessment_id IS NULL AND cancelled_at IS NULL RETURNING id),"
        f" stored AS (INSERT INTO record_assessment ({columns}) SELECT {values} FROM claimed"
        " ON CONFLICT DO NOTHING RETURNING id)"
        " SELECT EXISTS (SELECT FROM claimed), EXISTS (SELECT FROM stored)"
    )
