"""The demo's drug book: what was in stock and came in before the stories, and what waits in it today."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from upwell.access.acting import acting_as
from upwell.access.system import Purpose, system_actor
from upwell.access.who import staff_actor
from upwell.base.actor import Actor
from upwell.base.clock import playing_at
from upwell.pathway.pharmacy.actions.counting import count_lot
from upwell.pathway.pharmacy.actions.stock import Box, bring_in
from upwell.pathway.pharmacy.actions.waste import Waste, waste
from upwell.pathway.pharmacy.models import LedgerEntry
from upwell.pathway.pharmacy.queries import Stock, stock_of
from upwell.pathway.pharmacy.rules import Kind
from upwell.people.models import Account, Membership, Practice
from upwell.platform.demo.cast import DATA, cast

PAPERS = ("supplier", "invoice")


@cache
def books() -> list[dict[str, Any]]:
    """The books as they are shipped."""
    found: list[dict[str, Any]] = tomllib.loads((DATA / "drug-book.toml").read_text("utf-8"))["books"]
    return found


def play_drug_books(loaded_at: datetime, part: str) -> None:
    """Play ``before`` or ``after`` of every book, unless that was done."""
    for book in books():
        with acting_as(system_actor(Purpose.DEMO)):
            practice = Practice.objects.get(name=book["practice"], is_demo=True)
            kinds = {Kind.OPENING} if part == "before" else {Kind.COUNT}
            played = LedgerEntry.objects.filter(practice=practice, kind__in=kinds).exists()
        for beat in [] if played else book[part]:
            ago = timedelta(days=beat.get("days_ago", 0), hours=beat.get("hours_ago", 0))
            with playing_at(loaded_at - ago), acting_as(_actor(practice, beat["who"])) as by:
                _play(by, practice, beat, loaded_at)


def _actor(practice: Practice, role: str) -> Actor:
    demo = next(one for one in cast() if one.details["name"] == practice.name)
    with acting_as(system_actor(Purpose.DEMO)):
        account = Account.objects.get(email=demo.person(role).email)
        return staff_actor(Membership.objects.get(account=account, practice=practice), account.name)


def _play(by: Actor, practice: Practice, beat: dict[str, Any], loaded_at: datetime) -> None:
    if beat["do"] == "waste":
        what = Waste(_lot(practice, beat).lot.id, Decimal(beat["amount_mg"]), beat["words"])
        waste(by=by, what=what, witness=None, later=True)
    elif beat["do"] == "count":
        one = _lot(practice, beat)
        counted = one.balance - Decimal(beat["missing_mg"])
        count_lot(by=by, lot_id=one.lot.id, counted_mg=counted, words=beat["words"])
    else:
        _bring_in(by, beat, loaded_at)


def _bring_in(by: Actor, beat: dict[str, Any], loaded_at: datetime) -> None:
    strength = beat.get("strength_mg_per_ml")
    box = Box(
        substance=beat["substance"],
        name=beat["name"],
        form=beat["form"],
        container_mg=Decimal(beat["container_mg"]),
        number=beat["lot"],
        expires_on=loaded_at.date() + timedelta(days=beat["expires_in_days"]),
        strength_mg_per_ml=None if strength is None else Decimal(strength),
    )
    more = {name: beat[name] for name in PAPERS if name in beat}
    amount = box.container_mg * beat["containers"]
    bring_in(by=by, kind=Kind(beat["do"]), box=box, amount_mg=amount, more=more)


def _lot(practice: Practice, beat: dict[str, Any]) -> Stock:
    return next(one for one in stock_of(practice.id) if one.lot.number == beat["lot"])
