"""Whether a consent is in force, and why; when a signature ends; what counts as one. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from upwell.base.clock import MONTHS_IN_YEAR
from upwell.base.errors import BadInput
from upwell.base.limits import LONGEST_NAME
from upwell.pathway.consent.states import UNSIGNED, State, state_at
from upwell.people.names import words_of


class Why(StrEnum):
    """Why a consent is in force, or is not."""

    IN_FORCE = "in-force"
    NONE = "none"
    NOT_SIGNED = "not-signed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    OTHER_TREATMENT = "other-treatment"
    OTHER_VERSION = "other-version"
    NO_TREATMENT = "no-treatment"


class Written(Protocol):
    """What the rule reads of a consent."""

    id: UUID
    state: str
    substance: str
    route: str
    document: str
    document_version: str
    offered_at: datetime
    signed_at: datetime | None
    expires_at: datetime | None
    withdrawn_at: datetime | None


class Accepts(Protocol):
    """What the rule asks of a document as it is now."""

    def accepts(self, version: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class ConsentStatus:
    """Whether a consent is in force for the treatment that is chosen now, and why; shown and asked by the gate."""

    in_force: bool
    because: Why
    why: str = ""
    consent_id: UUID | None = None
    signed_at: datetime | None = None
    expires_at: datetime | None = None
    withdrawn_at: datetime | None = None


def decide(
    consents: Iterable[Written], substance: str, route: str, at: datetime, document: Accepts | None
) -> tuple[Why, Written | None]:
    """Which consent counts at a time, and why it is in force or not. ``document`` is the text as it is now."""
    if not substance or not route:
        return Why.NO_TREATMENT, None
    ordered = sorted(consents, key=lambda one: (one.offered_at, str(one.id)), reverse=True)
    signed = [one for one in ordered if one.state == State.SIGNED]
    for one in signed:
        found = _against(one, substance, route, at, document)
        if found is Why.IN_FORCE:
            return found, one
    if signed:
        return _against(signed[0], substance, route, at, document), signed[0]
    last = next((one for one in ordered if one.state != State.SUPERSEDED), None)
    if last is None:
        return Why.NONE, None
    return (Why.NOT_SIGNED if State(last.state) in UNSIGNED else Why.WITHDRAWN), last


def _against(one: Written, substance: str, route: str, at: datetime, document: Accepts | None) -> Why:
    if (one.substance, one.route) != (substance, route):
        return Why.OTHER_TREATMENT
    if state_at(one.state, one.expires_at, at) is State.EXPIRED:
        return Why.EXPIRED
    if document is None or not document.accepts(one.document_version):
        return Why.OTHER_VERSION
    return Why.IN_FORCE


def months_later(at: datetime, months: int) -> datetime:
    """The same day and time some months on; the last day of a month where there is no such day."""
    number = at.year * MONTHS_IN_YEAR + at.month - 1 + months
    year, month = divmod(number, MONTHS_IN_YEAR)
    last = calendar.monthrange(year, month + 1)[1]
    return at.replace(year=year, month=month + 1, day=min(at.day, last))


def same_person(signed: str, charted: Iterable[str]) -> bool:
    """Whether a typed name shares a word with a name in the chart; if not, somebody should ask."""
    return bool(set(words_of(signed)) & set(words_of(*charted)))


def checked_name(written: str) -> str:
    """The name that was typed as a signature, without idle spaces."""
    name = " ".join(written.replace("\x00", "").split())
    if not any(letter.isalpha() for letter in name):
        raise BadInput("Type your full name. It is your signature.", path="name")
    if len(name) > LONGEST_NAME:
        raise BadInput(f"The name is longer than {LONGEST_NAME} characters. Shorten it.", path="name")
    return name
