"""Every page and every act that can stand in the trail has words of its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

import upwell
from upwell.access.declare import permission_of
from upwell.office.practice.words import ACTIONS, PAGES, action_words
from upwell.pathway.response.looks import OPENED

SOURCE = Path(upwell.__file__).parent
ACTION = re.compile(
    r"(?!upwell\.)(log-in|log-out|refused|not-found|[a-z]+(-[a-z]+)*(\.([a-z]+(-[a-z]+)*|[A-Z]+))+(?<!\.html))"
)
NOT_ACTS = {"require", "requires", "may", "system_actor", "set_config", "path", "run_sql"}


def acts(tree: ast.AST) -> Iterator[str]:
    """Strings that look like an act, where the trail is written: arguments, ``action=`` and ``"action":``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
            given = [] if name in NOT_ACTS else [*node.args]
            given += [keyword.value for keyword in node.keywords if keyword.arg == "action"]
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            given = [v for k, v in pairs if isinstance(k, ast.Constant) and k.value == "action"]
        else:
            continue
        for one in given:
            for leaf in ast.walk(one):
                if (
                    isinstance(leaf, ast.Constant)
                    and isinstance(leaf.value, str)
                    and ACTION.fullmatch(leaf.value)
                ):
                    yield leaf.value


def written() -> set[str]:
    found: set[str] = set()
    for file in SOURCE.rglob("*.py"):
        text = file.read_text("utf-8")
        if "upwell.audit" in text:
            found |= set(acts(ast.parse(text)))
    return found


def names(patterns=None) -> Iterator[tuple[str, str]]:
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            yield from names(entry.url_patterns)
        elif isinstance(entry, URLPattern):
            yield entry.name or "", permission_of(entry.callback, entry.name) or ""


def test_the_search_finds_them():
    assert {
        "patient.created", "import.fhir.chart", "import.scores.chart", "log-in", "not-found", "refused",
        "patient.merged", "assessment.asked", "chair.retired",
    } <= written()  # fmt: skip


def test_every_act_has_words():
    assert sorted(written() - set(ACTIONS)) == []


def test_every_page_that_is_noted_has_words():
    noted = {name for name, permission in names() if permission not in {"public", "signed-in"}}
    assert sorted(noted - set(PAGES)) == []


def test_words_are_given_to_pages_that_there_are():
    known = {name for name, _ in names()}
    assert sorted(set(PAGES) - known) == []
    assert sorted(set(OPENED) - known) == []


@pytest.mark.parametrize(
    ("action", "page", "words"),
    [
        ("page", "chart", "Looked at: a chart"),
        ("page.POST", "assess", "Sent from: a questionnaire"),
        ("page.DELETE", "chart", "Looked at: a chart"),
        ("refused", "numbers", "Was refused: the numbers"),
        ("not-found", "chart", "Looked for what is not there: a chart"),
        ("page", "something_new", "Looked at: something new"),
        ("something.new", "", "something new"),
    ],
)
def test_words(action, page, words):
    assert action_words(action, page) == words
