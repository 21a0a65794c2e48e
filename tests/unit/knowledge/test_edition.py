"""Editions: what is made of knowledge belongs to the edition it was made of."""

from __future__ import annotations

import ast
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import upwell
from tests.spec.facts import READY
from upwell.knowledge.edition import (
    Edition,
    edition,
    filled,
    kept,
    packaged,
    text_of,
    using,
    version_of_files,
)
from upwell.knowledge.errors import KnowledgeError
from upwell.knowledge.gates.loader import knowledge_version, load_rule_set
from upwell.knowledge.loader import known_instruments, load_instrument
from upwell.knowledge.toml_file import read_knowledge
from upwell.science.rules.gate import predose
from upwell.science.scoring import score

FILE = "gates/predose.toml"
PHQ9 = "instruments/phq-9.toml"


def with_text(name: str, old: str, new: str) -> Edition:
    assert old in packaged().texts[name]
    return Edition({**packaged().texts, name: packaged().texts[name].replace(old, new, 1)})


def test_rules_and_scores_follow_the_edition_and_come_back() -> None:
    stricter = with_text(FILE, "above = 110 }] }", "above = 60 }] }")
    before = predose(READY)
    with using(stricter):
        inside = predose(READY)
        assert knowledge_version() == stricter.version
    assert predose(READY) == before
    rules = {one["rule"] for one in inside["findings"]}
    assert "predose.heart-rate" in rules
    assert "predose.heart-rate" not in {one["rule"] for one in before["findings"]}
    assert inside["knowledge_version"] == stricter.version != before["knowledge_version"]


def test_a_score_names_the_version_that_made_it() -> None:
    answers = {str(item): 1 for item in range(1, 10)}
    other = with_text(PHQ9, "Little interest or pleasure", "Little interest, or pleasure,")
    outside = score(load_instrument("phq-9"), answers)
    with using(other):
        assert load_instrument("phq-9") is load_instrument("phq-9")
        inside = score(load_instrument("phq-9"), answers)
    assert inside.total == outside.total
    assert inside.instrument_version != outside.instrument_version


def _fail_inside(expected: Edition) -> None:
    assert edition() is expected
    raise ZeroDivisionError


def test_editions_nest_and_end_with_an_error() -> None:
    one, other = with_text(FILE, "below = 94", "below = 92"), with_text(FILE, "below = 94", "below = 93")
    with using(one):
        with pytest.raises(ZeroDivisionError), using(other):
            _fail_inside(other)
        assert edition() is one
        with using(None):
            assert edition() is packaged()
    assert edition() is packaged()


def test_another_thread_has_its_own() -> None:
    seen = []
    with using(with_text(FILE, "below = 94", "below = 92")):
        thread = threading.Thread(target=lambda: seen.append(edition() is packaged()))
        thread.start()
        thread.join()
    assert seen == [True]


def test_a_file_that_an_edition_never_had_comes_from_the_product_and_says_so() -> None:
    own = {name: text for name, text in packaged().texts.items() if name != PHQ9}
    older = filled(own, packaged())
    assert older.borrowed == {PHQ9}
    assert older.version == f"{Edition(own).version}+{packaged().version}"
    with using(older):
        assert "phq-9" in known_instruments()
    assert filled(packaged().texts, packaged()).version == packaged().version


def test_a_file_that_is_not_there_is_named() -> None:
    with using(Edition({})), pytest.raises(KnowledgeError, match=r"gates/predose\.toml"):
        text_of(FILE)


def test_kept_is_made_once_for_each_edition() -> None:
    made: list[str] = []

    @kept
    def thing(name: str) -> str:
        made.append(name)
        return f"{name} {len(made)}"

    own = with_text(FILE, "below = 94", "below = 92")
    assert thing("a") == thing("a") == "a 1"
    with using(own):
        assert thing("a") == thing("a") == "a 2"
    with using(own):
        assert thing("a") == "a 2"
    assert thing("a") == "a 1"


def test_the_version_tells_names_apart_and_ignores_their_order() -> None:
    assert version_of_files({"a": "1", "b": "2"}) == version_of_files({"b": "2", "a": "1"})
    assert version_of_files({"a": "1"}) != version_of_files({"b": "1"})


def test_load_rule_set_is_of_its_edition() -> None:
    outside = load_rule_set("predose")
    with using(with_text(FILE, "below = 94", "below = 92")):
        assert load_rule_set("predose") is not outside
    assert load_rule_set("predose") is outside


# --- nobody keeps knowledge beside its edition ---
CACHES = {"cache", "lru_cache", "cached_property"}
READS = ("load_", "known_", "text_of", "file_of", "names_in", "entries", "facts_of_rule")


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)} | {
        one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)
    }


def _kept_beside() -> Iterator[str]:
    for path in Path(upwell.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(_names(one) & CACHES for one in node.decorator_list):
                used = {one for one in _names(node) if one.startswith(READS)} - {"load_schema"}
                if used:
                    yield f"{path.name}: {node.name} ({', '.join(sorted(used))})"


def test_what_is_made_of_knowledge_is_kept_with_its_edition() -> None:
    assert list(_kept_beside()) == []


def test_what_was_allowed_once_is_allowed_as_that_kind_alone_and_what_was_refused_is_refused_again() -> None:
    text = packaged().texts[PHQ9]
    for _ in range(2):
        assert read_knowledge(text, name=PHQ9, kind="instrument").content["id"] == "phq-9"
        with pytest.raises(KnowledgeError):
            read_knowledge(text, name=PHQ9, kind="schedule")
        with pytest.raises(KnowledgeError, match=r"phq-9\.toml"):
            read_knowledge(f"surplus = 1\n{text}", name=PHQ9, kind="instrument")


def test_nobody_who_reads_a_file_changes_it_for_the_next() -> None:
    first = read_knowledge(packaged().texts[PHQ9], name=PHQ9, kind="instrument").content
    first["id"] = "another"
    assert read_knowledge(packaged().texts[PHQ9], name=PHQ9, kind="instrument").content["id"] == "phq-9"
