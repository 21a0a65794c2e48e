"""Putting the actor into the transaction, so that row security in PostgreSQL knows who acts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from upwell.access.in_force import ASK, Told, in_force
from upwell.base.actor import Actor
from upwell.base.asking import ask

_SET = (
    "SELECT set_config('upwell.kind', %s, true), set_config('upwell.purpose', %s, true),"
    " set_config('upwell.account', %s, true), set_config('upwell.practice', %s, true),"
    " set_config('upwell.compartments', %s, true), set_config('upwell.patients', %s, true)"
)
_SET_AND_TELL = f"{_SET}, {ASK}"  # in this order: the question is asked as the actor
_NOBODY = ("", "", "", "", "", "")


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


def _put(values: tuple[str, ...], *, tell: bool = False) -> Told:
    """Write the actor into the transaction; with ``tell``, what knowledge is in force for them."""
    [answer] = ask(_SET_AND_TELL if tell else _SET, values)
    told: Told = answer[-1] if tell else None
    return told


@contextmanager
def acting_as(actor: Actor, *, durable: bool = False) -> Iterator[Actor]:
    """One transaction in which ``actor`` acts, on the knowledge in force at their practice.

    Nested, the outer actor is put back at the end.

    The settings are local to the transaction (``set_config(…, true)``): a pooled connection never carries one
    person's rights into another's request.
    """
    nested = connections[DEFAULT_DB_ALIAS].in_atomic_block
    with transaction.atomic(durable=durable):
        before: tuple[str, ...] = _NOBODY
        if nested:
            with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
                cursor.execute(
                    "SELECT upwell_kind(), upwell_purpose(), coalesce(upwell_account()::text, ''),"
                    " coalesce(upwell_practice()::text, ''),"
                    " coalesce(current_setting('upwell.compartments', true), ''),"
                    " coalesce(current_setting('upwell.patients', true), '')"
                )
                before = tuple(cursor.fetchone())
        told = _put(settings_of(actor), tell=bool(actor.practice_id or actor.patient_ids))
        with in_force(told):
            yield actor
        if nested:
            _put(before)
