"""The rule book: everything that stands in the knowledge files, as pages for people, made from the data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from upwell.knowledge.catalogue import Entry, Fact
from upwell.knowledge.said import say

HEAD = (
    "<!-- Made from upwell/knowledge by: .venv/bin/python -m tests.unit.knowledge.test_rule_book."
    " Change the data, not this page. -->"
)
MARKS = {
    "V": "read in a stored copy of the source",
    "H": "well established, general knowledge",
    "M": "fairly sure, to be verified",
    "L": "unsure, to be verified",
    "C": "local policy: a convention, signed for by the medical director",
    "NR": "not known: no source was found, and no number is made up",
}
TITLES = {
    "aftercare": "After a session",
    "cards": "Cards",
    "consent": "Consent",
    "crisis": "Where a person in crisis turns to",
    "controlled": "Controlled substances",
    "education": "What people are told",
    "eligibility": "Eligibility",
    "gates": "Gates",
    "instruments": "Instruments",
    "integration": "Integration",
    "interactions": "Interactions",
    "mechanism": "How it may work",
    "pharmacology": "Exposure",
    "protocols": "Dosing protocols",
    "relapse": "Relapse",
    "remote": "Sessions at a distance",
    "reporting": "Reports, forms and codes",
    "schedules": "What is asked when",
    "scoring": "Scoring",
    "screening": "Screening",
    "triage": "Suicide risk: who acts when",
    "workup": "Work-up before the first dose",
    "treatment": "Earlier treatments and resistance",
    "vitals": "Vital signs",
}
_LEFT_OUT = {"loinc"}  # codes stand beside the items, and say nothing clinical
_SAFE = {"|": "\\|", "<": "&lt;", "*": "\\*", "_": "\\_", "`": "'", "[": "\\[", "{": "&#123;"}
_IN_OTHER_COLUMNS = {"id", "rule"}
Tests = Mapping[str, Sequence[str]]


def pages(every: Mapping[str, Entry], tests: Tests) -> dict[str, str]:
    """All pages by file name; ``tests`` are the tables that hold a file, as paths from the top of the repository."""
    folders = {
        folder: list(some)
        for folder, some in groupby(sorted(every.values(), key=lambda one: one.name), key=_folder)
    }
    found = {f"{folder}.md": _page(folder, some, tests) for folder, some in folders.items()}
    found["README.md"] = _contents(folders)
    return found


def _folder(entry: Entry) -> str:
    return entry.name.partition("/")[0]


def _contents(folders: Mapping[str, Sequence[Entry]]) -> str:
    rows = []
    for folder, some in folders.items():
        marks = {mark: sum(one.marks().get(mark, 0) for one in some) for mark in MARKS}
        counted = " | ".join(str(marks[mark] or "") for mark in MARKS)
        rows.append(f"| [{_title(folder)}]({folder}.md) | {len(some)} | {counted} |")
    lines = [
        HEAD,
        "",
        "# The rule book",
        "",
        "Everything that rules run on, as the data says it: each fact with its mark and source. Not medical advice.",
        "",
        *(f"* **{mark}** {words}" for mark, words in MARKS.items()),
        "",
        "| part | files | V | H | M | L | C | NR |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
        *rows,
    ]
    return "\n".join(lines) + "\n"


def _title(folder: str) -> str:
    return TITLES.get(folder, folder.capitalize())


def _page(folder: str, some: Sequence[Entry], tests: Tests) -> str:
    lines = [HEAD, "", f"# {_title(folder)}", "", "[The rule book](README.md)", ""]
    for entry in some:
        lines += _section(entry, tests.get(entry.name, ()))
    return "\n".join(lines).rstrip() + "\n"


def _section(entry: Entry, tests: Sequence[str]) -> Iterator[str]:
    yield f"## {_cell(entry.title)}"
    yield ""
    held = ", ".join(f"[{one.rpartition('/')[2]}](../../{one})" for one in tests)
    yield f"`upwell/knowledge/{entry.name}`" + (f", held by {held}" if held else "")
    yield ""
    yield "| fact | says | mark | source |"
    yield "|---|---|---|---|"
    for fact in entry.facts:
        if not _LEFT_OUT & set(fact.place):
            yield f"| {_cell(fact.path or 'whole file')} | {_says(fact)} | {_mark(fact)} | {_source(fact)} |"
    yield ""


def _says(fact: Fact) -> str:
    said = dict(fact.says)
    first = [
        _cell(str(said.pop(key))) for key in ("message", "words", "text") if isinstance(said.get(key), str)
    ]
    rest = [
        f"{_key(key)}: {_cell(say(value, key=_key))}" for key, value in said.items() if _shown(key, value)
    ]
    return "<br>".join([*first, *rest]) or "–"


def _shown(key: str, value: Any) -> bool:
    return key not in _IN_OTHER_COLUMNS and value not in ("", [], {})


def _key(key: str) -> str:
    return key.replace("_", " ")


def _mark(fact: Fact) -> str:
    notes = [str(fact.mark), *(one for one in (fact.jurisdiction, fact.population) if one)]
    return _cell(", ".join(notes))


def _source(fact: Fact) -> str:
    return "<br>".join(_cell(one.title) for one in fact.sources) or "–"


def _cell(text: str) -> str:
    """Text that can't break a table."""
    plain = " ".join(text.split())
    for sign, safe in _SAFE.items():
        plain = plain.replace(sign, safe)
    return plain
