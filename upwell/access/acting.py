"""Putting the actor into the transaction, so that row security in PostgreSQL knows who acts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from upwell.access.in_force import ASK, Told, in_force
from upwell.base.actor import Actor
from upwell.base.asking import ask

_PUT = (
    "set_config('upwell.kind', %s, true) AS kind, set_config('upwell.purpose', %s, true),"
    " set_config('upwell.account', %s, true), set_config('upwell.practice', %s, true),"
    " set_config('upwell.compartments', %s, true), set_config('upwell.patients', %s, true)"
)
_PUT_AND_TELL = f"{_PUT}, {ASK} AS told"  # in this order: the question is asked as the actor
_WHO_ACTS = (
    "upwell_kind(), upwell_purpose(), coalesce(upwell_account()::text, ''), coalesce(upwell_practice()::text, ''),"
    " coalesce(current_setting('upwell.compartments', true), ''),"
    " coalesce(current_setting('upwell.patients', true), '')"
)
_SETTINGS = 6


@dataclass(slots=True)
class First:
    """What a page asks first: it goes with the statement that puts the actor into the transaction.

    ``call`` is a function of the database. It takes ``put.kind``, which is there when the actor is: so it asks as the
    actor. The first of ``columns`` is never null in what it finds.
    """

    columns: str
    call: str
    params: Sequence[Any]
    rows: list[tuple[Any, ...]] = field(default_factory=list)  # what it found


def settings_of(actor: Actor) -> tuple[str, str, str, str, str, str]:
    """The six settings that the policies read, as text."""
    return (
        actor.kind.value,
        actor.purpose,
        str(actor.account_id or ""),
        str(actor.practice_id or ""),
        ",".join(sorted(actor.compartments)),
        ",".join(str(p) for p in actor.patient_ids),
    )


def _put(values: tuple[str, ...], *, tell: bool = False, first: First | None = None) -> Told:
    """Write the actor into the transaction; with ``tell``, what knowledge is in force for them."""
    if first is not None:
        found = ask(_put_and_ask(first.columns, first.call), [*values, *first.params])
        first.rows = [row[1:] for row in found if row[1] is not None]
        return cast(Told, found[0][0])
    [answer] = ask(f"SELECT {_PUT_AND_TELL if tell else _PUT}", values)
    return cast(Told, answer[-1]) if tell else None


def _replace(values: tuple[str, ...], *, tell: bool) -> tuple[tuple[str, ...], Told]:
    """The same inside of another's transaction: who acted before, too, read before it is written over."""
    [answer] = ask(f"SELECT {_WHO_ACTS}, {_PUT_AND_TELL if tell else _PUT}", values)
    return answer[:_SETTINGS], cast(Told, answer[-1]) if tell else None


@cache
def _put_and_ask(columns: str, call: str) -> str:
    # A subquery with functions like these is worked out for itself, whole, before what depends on it.
    return f"SELECT put.told, {columns} FROM (SELECT {_PUT_AND_TELL} OFFSET 0) put LEFT JOIN LATERAL {call} q ON true"  # noqa: S608


@contextmanager
def acting_as(actor: Actor, *, durable: bool = False, first: First | None = None) -> Iterator[Actor]:
    """One transaction in which ``actor`` acts, on the knowledge in force at their practice.

    ``first`` is asked at once. Nested, the outer actor is put back at the end.

    The settings are local to the transaction (``set_config(…, true)``): a pooled connection never carries one
    person's rights into another's request.
    """
    nested = connections[DEFAULT_DB_ALIAS].in_atomic_block
    with transaction.atomic(durable=durable):
        before: tuple[str, ...] = ()
        told: Told = None
        values, tell = settings_of(actor), bool(actor.practice_id or actor.patient_ids)
        if nested:
            before, told = _replace(values, tell=tell)
        if not nested or first is not None:
            told = _put(values, tell=tell, first=first)
        with in_force(told):
            yield actor
        if before:
            _put(before)
