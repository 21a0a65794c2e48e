"""Finds conditions and medicines on file: by code first, then by name, which is marked as less sure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from upwell.knowledge.gates.model import CodeList, CodeLists, DrugClass
from upwell.science.rules.case import Coded

_QUALIFIER = re.compile(r"\((disorder|finding|situation|procedure|substance|organism|product|event)\)")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_NAME_ONLY = "matched by name, less sure than by code"


@dataclass(frozen=True, slots=True)
class Match:
    """An entry on file that a list covers, and how it was recognised."""

    entry: Coded
    by_code: bool

    @property
    def words(self) -> str:
        """The entry as a finding shows it."""
        name = self.entry.display or "no name given"
        code = f" ({self.entry.system} {self.entry.code})" if self.entry.code else ""
        source = f"; source: {self.entry.source}" if self.entry.source else ""
        return f"{name}{code}{source}" if self.by_code else f"{name}{code}{source}; {_NAME_ONLY}"


@cache
def normalised(text: str) -> str:
    """A name without case, punctuation and the qualifier in brackets, with a blank at each end."""
    plain = _QUALIFIER.sub(" ", text.lower())
    return f" {_NOT_WORD.sub(' ', plain).strip()} "


def spelled(text: str, lists: CodeLists) -> str:
    """A normalised name in the spelling that the lists use."""
    plain = normalised(text)
    for other, ours in lists.spellings.items():
        plain = plain.replace(other, ours)
    return plain


def match_condition(entry: Coded, wanted: CodeList, lists: CodeLists) -> Match | None:
    """Whether a code list covers a condition on file."""
    if _code_covers(entry, wanted):
        return Match(entry, by_code=True)
    name = spelled(entry.display, lists)
    if any(normalised(words) in name for words in (*lists.only_suspected, *_never(wanted, lists))):
        return None
    return Match(entry, by_code=False) if _named(name, wanted, lists) else None


def only_suspected(entry: Coded, wanted: CodeList, lists: CodeLists) -> bool:
    """Whether a name says that what the list covers is suspected, no more: it is asked about."""
    name = spelled(entry.display, lists)
    if not any(normalised(words) in name for words in lists.only_suspected):
        return False
    return _named(name, wanted, lists) and not any(
        normalised(words) in name for words in _never(wanted, lists)
    )


def _never(wanted: CodeList, lists: CodeLists) -> tuple[str, ...]:
    return (*lists.not_the_condition, *wanted.not_names)


def _named(name: str, wanted: CodeList, lists: CodeLists) -> bool:
    return any(spelled(words, lists) in name for words in wanted.names)


def _code_covers(entry: Coded, wanted: CodeList) -> bool:
    if entry.system == "snomed":
        return entry.code in wanted.snomed
    if entry.system == "icd10":
        code = entry.code.replace(".", "").upper()
        return code.startswith(wanted.icd10) and not code.startswith(wanted.icd10_except)
    return False


def match_medicine(entry: Coded, wanted: DrugClass) -> Match | None:
    """Whether a class of medicines covers a medicine on file."""
    for ingredient in wanted.ingredients:
        if entry.system == "rxnorm" and ingredient.rxnorm is not None and entry.code == ingredient.rxnorm:
            return Match(entry, by_code=True)
    name = normalised(entry.display)
    for ingredient in wanted.ingredients:
        if any(normalised(words) in name for words in ingredient.names) and all(
            normalised(words) in name for words in ingredient.also
        ):
            return Match(entry, by_code=False)
    return None


def is_current(entry: Coded, on: date | None) -> bool:
    """Whether a condition is there on the day: it has not ended yet, and is not said to be inactive."""
    if not entry.active:
        return False
    if entry.ends is None:
        return True
    return on is not None and entry.ends > on
