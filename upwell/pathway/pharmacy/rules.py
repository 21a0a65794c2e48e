"""What an entry of the drug book may be, how entries are chained, and what breaks a chain. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

GENESIS = hashlib.sha256(b"upwell: the drug book begins").hexdigest()


class Kind(StrEnum):
    """The kinds of entries."""

    OPENING = "opening"  # was here when the book began
    RECEIPT = "receipt"
    GIVEN = "given"  # drawn by a dose at the bedside
    GIVEN_CHANGED = "given-changed"  # the dose was corrected: what that changes
    SAID = "said"  # waits for its witness; what is to be thrown away is set aside until then
    WASTE = "waste"
    OFF = "off"  # what waited for its witness was not so after all
    RETURN = "return"  # to the supplier or a reverse distributor
    COUNT = "count"
    INVENTORY = "inventory"  # everything on hand was counted
    DISCREPANCY = "discrepancy"  # something does not fit; it waits to be explained
    EXPLAINED = "explained"
    LOSS = "loss"  # theft or loss; the clocks of its reports run
    REPORTED = "reported"  # one of those reports was sent
    SET_ASIDE = "set-aside"  # reserved for a dose that was released
    PUT_BACK = "put-back"  # set aside and not given
    REVERSED = "reversed"  # an entry that was wrong, taken back


KINDS = frozenset(Kind)
# What each kind does to the balance: brings in, takes out, either, or nothing.
INTO = frozenset({Kind.OPENING, Kind.RECEIPT})
OUT_OF = frozenset({Kind.GIVEN, Kind.WASTE, Kind.RETURN, Kind.LOSS})
EITHER = frozenset({Kind.GIVEN_CHANGED, Kind.EXPLAINED, Kind.REVERSED})
MAY_BE_REVERSED = INTO | frozenset({Kind.WASTE, Kind.RETURN})
# What a page of the register leaves out: it moves nothing.
INNER = frozenset({Kind.SET_ASIDE, Kind.PUT_BACK, Kind.SAID, Kind.OFF})


def fits(kind: Kind, delta: Decimal) -> bool:
    """Whether an entry of this kind may change the balance by this much."""
    if kind in INTO:
        return delta > 0
    if kind in OUT_OF:
        return delta <= 0 if kind is Kind.GIVEN else delta < 0
    return kind in EITHER or delta == 0


def hash_of(content: Mapping[str, object]) -> str:
    """The hash over all that an entry says; ``content`` holds texts, and tables of texts."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Link:
    """One entry as a verifier sees it: ``computed`` is the hash over what it says now."""

    position: int
    previous: str
    hash: str
    computed: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A position with its hash, as it was kept outside the database."""

    position: int
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain is broken first, and how."""

    position: int
    what: str  # changed, missing, inserted, cut, rewritten


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a chain: its end, and its first break where it has one."""

    entries: int
    head: Mark
    broken: Break | None


def walk(links: Iterable[Link], marks: Iterable[Mark] = ()) -> Verdict:
    """Walk a chain from its beginning; ``links`` are in order of position, ``marks`` say how it was."""
    known = {mark.position: mark.hash for mark in marks}
    position, previous, count = 0, GENESIS, 0
    first: Break | None = None
    for link in links:
        count += 1
        first = first or _wrong(link, position, previous, known)
        position, previous = link.position, link.hash
    head = Mark(position, previous)
    if first is None and known and max(known) > position:
        first = Break(position + 1, "cut")
    return Verdict(count, head, first)


def _wrong(link: Link, before: int, previous: str, known: Mapping[int, str]) -> Break | None:
    if link.position <= before:
        return Break(link.position, "inserted")
    if link.position != before + 1:
        return Break(before + 1, "missing")
    if link.computed != link.hash:
        return Break(link.position, "changed")
    if link.previous != previous or known.get(link.position, link.hash) != link.hash:
        return Break(link.position, "rewritten")
    return None


@dataclass(frozen=True, slots=True)
class Free:
    """A lot with what is in the book and what of it is set aside. ``whole``: what can't be shared out in parts."""

    lot_id: str
    balance: Decimal
    held: Decimal
    whole: Decimal | None = None

    @property
    def available(self) -> Decimal:
        return self.balance - self.held

    def part_of(self, wanted: Decimal) -> Decimal:
        """How much of it this lot can give, in whole devices where it comes in devices."""
        part = min(wanted, max(self.available, Decimal(0)))
        return part if self.whole is None else part // self.whole * self.whole


def allot(wanted: Decimal, lots: Iterable[Free]) -> list[tuple[str, Decimal]] | None:
    """Take an amount from lots in their order, all from the first that has enough; None where it is not there."""
    lots = list(lots)
    enough = next((one for one in lots if one.available >= wanted), None)
    if enough is not None:
        return [(enough.lot_id, wanted)]
    taken: list[tuple[str, Decimal]] = []
    for one in lots:
        part = one.part_of(wanted)
        if part > 0:
            taken.append((one.lot_id, part))
            wanted -= part
    return taken if wanted == 0 else None
