"""The papers of the house say what is true of the house: paths, links, commands, settings, order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from upwell.knowledge.loader import known_instruments
from upwell.platform.cli import app
from upwell.platform.configuration import Configuration
from upwell.platform.demo.cast import cast

ROOT = Path(__file__).resolve().parents[2]
PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
ROOMS = {
    folder.name for folder in (ROOT / "upwell").iterdir() if folder.is_dir() and folder.name[0] not in "_."
}
TOP = {"upwell", "tests", "docs", "scripts", "benchmarks", ".ci"}
ENDINGS = (".md", ".py", ".toml", ".css", ".js", ".html", "dev.lock", "requirements.lock")

FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
PATH = re.compile(r"\.?[A-Za-z0-9_][A-Za-z0-9_.\-/*]*")
MAKE = re.compile(r"(?<![\w-])make ([a-z][a-z-]*)")
UPWELL = re.compile(r"(?:^|[\s/;])upwell ([a-z-][^\n|;]*)")
VARIABLE = re.compile(r"\b(?:UPWELL|DATABASE)_[A-Z_]+\b")

papers = pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))


def prose(paper: Path) -> str:
    """The text without its fenced blocks."""
    return FENCE.sub("", paper.read_text("utf-8"))


def commands(paper: Path) -> Iterator[str]:
    """What stands as a command: in backticks, or on a line of a fenced block."""
    text = paper.read_text("utf-8")
    yield from CODE.findall(FENCE.sub("", text))
    for block in FENCE.findall(text):
        if not block.startswith("```mermaid"):
            yield from (line.split("#")[0] for line in block.splitlines()[1:-1])


def anchors(paper: Path) -> set[str]:
    """The places in a paper that a link can lead to, as GitHub names them."""
    headings = re.findall(r"^#+ (.+)$", prose(paper), re.MULTILINE)
    plain = (unicodedata.normalize("NFC", heading).lower() for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading).strip().replace(" ", "-") for heading in plain}


def targets() -> set[str]:
    """The targets of the Makefile that are explained there."""
    return set(re.findall(r"^([a-z][a-z-]*):.*##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)) | {
        "clean"
    }


def named_paths(text: str) -> Iterator[tuple[str, str]]:
    """Paths of the repository in backticks, each with the test that it names, if any."""
    for words in CODE.findall(text):
        path, _, test = words.partition("::")
        if not PATH.fullmatch(path):
            continue
        first = path.split("/")[0]
        if (first in TOP and "/" in path) or ("/" not in path and path.endswith(ENDINGS) and "*" not in path):
            yield path, test
        elif "/" in path and first in ROOMS and path.endswith((".py", ".toml")):
            yield f"upwell/{path}", test


@papers
def test_every_link_leads_somewhere(paper: Path) -> None:
    lost = []
    for link in LINK.findall(prose(paper)):
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        name, _, anchor = link.partition("#")
        target = (paper.parent / name).resolve() if name else paper
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            lost.append(link)
    assert lost == []


@papers
def test_every_path_and_test_that_is_named_exists(paper: Path) -> None:
    lost = []
    for path, test in named_paths(prose(paper)):
        beside = path if "/" in path or (ROOT / path).exists() else str(paper.parent.relative_to(ROOT) / path)
        found = list(ROOT.glob(beside)) if "*" in beside else [ROOT / beside]
        if "/" not in path and not found[0].exists():
            found = list((ROOT / "upwell").rglob(path))  # a file named alone, such as permissions.toml
        if not found or not found[0].exists():
            lost.append(path)
        elif test and not re.search(rf"def {re.escape(test)}\b", found[0].read_text("utf-8")):
            lost.append(f"{path}::{test}")
    assert lost == []


@papers
def test_every_make_command_exists(paper: Path) -> None:
    named = {name for words in commands(paper) for name in MAKE.findall(words)}
    assert named - targets() == set()


@papers
def test_every_upwell_command_and_option_exists(paper: Path) -> None:
    lost = [problem for words in commands(paper) for problem in _problems(words)]
    assert lost == []


def _problems(words: str) -> Iterator[str]:
    """What a command line names that the program does not know."""
    for line in UPWELL.findall(words):
        command: Any = typer.main.get_command(app)
        tokens = line.split()
        while tokens and hasattr(command, "commands"):
            if tokens[0].startswith("-"):
                break
            token = tokens.pop(0).strip(".,:")
            if token not in command.commands:
                yield f"upwell {line}: {token}"
                return
            command = command.commands[token]
        known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)} | {
            "--help"
        }
        yield from (
            f"upwell {line}: {option}"
            for option in re.findall(r"--[a-z][a-z-]*", line)
            if option not in known
        )


def test_readme_and_contributing_name_the_commands_of_the_makefile() -> None:
    readme, contributing = (
        {name for words in commands(ROOT / paper) for name in MAKE.findall(words)}
        for paper in ("README.md", "CONTRIBUTING.md")
    )
    assert {"run", "test"} <= readme
    assert contributing == targets()


def test_the_glossary_is_in_alphabetical_order() -> None:
    terms = re.findall(r"^\*\*(.+?)\*\* \(\w+\)\.", (ROOT / "GLOSSARY.md").read_text("utf-8"), re.MULTILINE)
    assert len(terms) > 80
    assert len(set(terms)) == len(terms)
    order = [re.sub(r"[^a-z0-9]", " ", term.lower()) for term in terms]
    assert order == sorted(order)


def test_decisions_are_numbered_without_gaps_and_all_listed() -> None:
    pages = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [page.name[:4] for page in pages] == [f"{number:04d}" for number in range(1, len(pages) + 1)]
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    for number, page in enumerate(pages, start=1):
        text = page.read_text("utf-8")
        title = text.splitlines()[0].removeprefix(f"# {number}. ")
        assert f"| [{number}](adr/{page.name}) | {title} |" in index
        for part in ("**Status:**", "## Context", "## Decision", "## Consequences"):
            assert part in text, f"{page.name} lacks {part}"


def test_the_operators_guide_lists_every_setting() -> None:
    guide = (ROOT / "docs" / "guides" / "operator" / "README.md").read_text("utf-8")
    fields = Configuration.__dataclass_fields__.values()
    assert [
        field.metadata["variable"] for field in fields if f"| `{field.metadata['variable']}` |" not in guide
    ] == []


def test_every_variable_that_is_named_is_read_somewhere() -> None:
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "upwell").rglob("*.py"))
    named = {name for paper in PAPERS for name in VARIABLE.findall(paper.read_text("utf-8"))}
    assert sorted(name for name in named if f'"{name}"' not in code) == []


def test_the_readme_counts_right() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    people = sum(len(practice.people) for practice in cast())
    words = {2: "two", 3: "three", 13: "thirteen", 14: "fourteen", 15: "fifteen", 16: "sixteen"}
    assert f"{words[people]} invented people in {words[len(cast())]} practices" in readme
    assert f"{len(known_instruments())} instruments" in readme
    line = next(line for line in readme.splitlines() if "upwell --help" in line)
    for command in typer.main.get_command(app).commands:  # type: ignore[attr-defined]
        assert re.search(rf"\b{command}\b", line), f"README does not name {command}"


def test_every_hazard_names_a_control_and_a_test_or_says_that_there_is_none() -> None:
    rows = re.findall(
        r"^\| (\d+) \| (.+) \| (.+) \| (.+) \|$", (ROOT / "SAFETY.md").read_text("utf-8"), re.MULTILINE
    )
    assert [int(number) for number, *_ in rows] == list(range(1, len(rows) + 1))
    assert len(rows) > 20
    for number, _hazard, control, test in rows:
        assert "`" in control or number == "24", f"hazard {number} names no code"
        assert "`tests/" in test or "**no test yet**" in test, f"hazard {number} names no test"


def test_papers_name_no_place_of_their_making() -> None:
    words = re.compile(r"/work/|/tmp/|files\.pythonhosted|pypi\.org|artifactory|\bagents?\b", re.IGNORECASE)
    papers = [
        paper for paper in PAPERS if paper.parent.name != "rule-book"
    ]  # data: "reversal agents" and the like
    found = [
        f"{paper.name}: {match[0]}" for paper in papers for match in words.finditer(paper.read_text("utf-8"))
    ]
    assert found == []
