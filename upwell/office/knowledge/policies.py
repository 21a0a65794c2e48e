"""The practice's local policies one by one: what each says now, who signed for it, and what it said before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.base.actor import Actor
from upwell.base.errors import NotFound
from upwell.knowledge.catalogue import Entry, Fact, entries, read_entry
from upwell.knowledge.edition import Edition, edition, using
from upwell.knowledge.setting import Settable, settable
from upwell.office.knowledge.queries import edition_here
from upwell.office.practice.place import here
from upwell.people.models import Adoption, KnowledgeText


@dataclass(frozen=True, slots=True)
class Policy:
    """One local policy, with the values that can be set one by one."""

    entry: Entry
    fact: Fact
    values: tuple[Settable, ...]

    @property
    def numbers(self) -> tuple[Settable, ...]:
        """What is shown in a list; the sentences stand beside it."""
        return tuple(one for one in self.values if not one.is_words)

    @property
    def sentence(self) -> str:
        """What it says in words, where it does."""
        return next((str(one.value) for one in self.values if one.is_words), "")


@dataclass(frozen=True, slots=True)
class File:
    """A file with its local policies."""

    entry: Entry
    policies: tuple[Policy, ...]

    @property
    def title(self) -> str:
        """What it is called; a file without a title, by its kind."""
        named = "/" not in self.entry.title
        return self.entry.title if named else self.entry.kind.replace("-", " ").capitalize()

    @property
    def has_numbers(self) -> bool:
        """Whether a number, a yes or a severity stands in one of them; else they are words alone."""
        return any(one.numbers for one in self.policies)


@dataclass(frozen=True, slots=True)
class Former:
    """What a policy said under one signature, where it was not the same as under the one before."""

    adoption: Adoption
    reason: str
    says: Fact | None  # None: it was not there, or no local policy


def base_of(by: Actor, version: str) -> Edition:
    """The edition that is looked at: the one in force, or one that waits and is not yet signed for."""
    require(by, "knowledge.read")
    return edition_here(version) if version else edition()


def policies(base: Edition) -> list[File]:
    """Every local policy, file by file, in the order of the files."""
    with using(base):
        every = entries().values()
    found = (File(entry, tuple(_of_entry(entry))) for entry in every)
    return [one for one in found if one.policies]


def _of_entry(entry: Entry) -> Iterator[Policy]:
    for fact in entry.facts:
        if fact.is_policy:
            yield Policy(entry, fact, settable(entry.content, fact))


def policy_of(base: Edition, name: str, path: str) -> Policy:
    """One local policy of a file."""
    with using(base):
        entry = entries().get(name)
    found = next((one for one in _of_entry(entry) if one.fact.path == path), None) if entry else None
    if found is None:
        raise NotFound(_("There is no such local policy."))
    return found


def former(by: Actor, name: str, path: str) -> list[Former]:
    """What the policy said under each signature, the latest first. Two queries, however many there are."""
    require(by, "knowledge.read")
    rows = list(Adoption.objects.filter(practice_id=here(by)).select_related("edition").order_by("number"))
    hashes = {row.edition.files.get(name, "") for row in rows}
    texts: dict[str, str] = dict(
        KnowledgeText.objects.filter(name=name, sha256__in=hashes).values_list("sha256", "text")
    )
    told: list[Former] = []
    before: Any = object()
    for row in rows:
        fact = _fact_in(name, texts.get(row.edition.files.get(name, "")), path)
        said = None if fact is None else dict(fact.says)
        if said != before:
            told.append(Former(row, row.edition.note, fact))
        before = said
    return told[::-1]


def _fact_in(name: str, text: str | None, path: str) -> Fact | None:
    facts = () if text is None else read_entry(name, text).facts
    return next((one for one in facts if one.path == path and one.is_policy), None)
