"""The rule book in the docs says what the data says. After a change of the data make it anew:

.venv/bin/python -m tests.unit.knowledge.test_rule_book
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from upwell.knowledge.book import pages
from upwell.knowledge.catalogue import Entry, entries_of, tables
from upwell.knowledge.edition import packaged

ROOT = Path(__file__).resolve().parents[3]
BOOK = ROOT / "docs/rule-book"
SPEC = sorted((ROOT / "tests/spec").glob("test_*.py"))


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _held_by(entry: Entry, texts: Mapping[Path, str]) -> list[str]:
    """The spec tests that bear the file's name, or that name one of its rules."""
    named = [path for path in texts if _plain(path.stem.removeprefix("test_")) == _plain(entry.id)]
    if not named:
        rules = {
            str(table[key]) for _, table in tables(entry.content) for key in ("id", "rule") if key in table
        }
        wanted = {f'"{one}"' for one in rules if "." in one or one == entry.id}
        named = [path for path, text in texts.items() if any(one in text for one in wanted)]
    return [path.relative_to(ROOT).as_posix() for path in named]


def made() -> dict[str, str]:
    every = entries_of(packaged())
    texts = {path: path.read_text("utf-8") for path in SPEC}
    return pages(every, {name: _held_by(entry, texts) for name, entry in every.items()})


@pytest.fixture(scope="module")
def book() -> dict[str, str]:
    return made()


def test_the_book_is_current(book: dict[str, str]) -> None:
    there = {path.name: path.read_text("utf-8") for path in BOOK.glob("*.md")}
    assert sorted(there) == sorted(book)
    stale = [name for name, text in book.items() if there[name] != text]
    assert stale == [], "the data changed: make the rule book anew, as the head of this file says"


def test_every_fact_but_codes_stands_in_it(book: dict[str, str]) -> None:
    whole = "".join(book.values())
    facts = [
        fact for entry in entries_of(packaged()).values() for fact in entry.facts if "loinc" not in fact.place
    ]
    assert (
        whole.count("\n| ") - whole.count("\n| fact |") - whole.count("\n| part |")
        == len(facts) + len(book) - 1
    )


def test_gates_and_instruments_lead_to_their_tables(book: dict[str, str]) -> None:
    assert "(../../tests/spec/test_phq9.py)" in book["instruments.md"]
    assert "(../../tests/spec/test_gates_predose.py)" in book["gates.md"]


if __name__ == "__main__":
    BOOK.mkdir(exist_ok=True)
    for name, text in made().items():
        (BOOK / name).write_text(text, "utf-8")
