"""A local policy is set in the text of its file: one value changes, every remark stays."""

from __future__ import annotations

import tomllib

import pytest

from upwell.knowledge.catalogue import entries, read_entry
from upwell.knowledge.check import check_edition
from upwell.knowledge.edition import Edition, packaged
from upwell.knowledge.errors import KnowledgeError
from upwell.knowledge.setting import NewSource, settable, still_said, with_values
from upwell.knowledge.toml_places import places_in

OURS = NewSource("practice-1", 'Harbor "KAP" Clinic: local policy', "2026-03-02")
FILE = "gates/predose.toml"


def fact_named(path, name=FILE):
    entry = entries()[name]
    return entry, next(one for one in entry.facts if one.path == path)


def _leaves(node, path=()):
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _leaves(value, (*path, key))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _leaves(value, (*path, number))
    else:
        yield path, node


@pytest.mark.parametrize("name", sorted(packaged().texts))
def test_every_value_of_every_file_is_found_where_it_stands(name):
    text = packaged().texts[name]
    places = places_in(text)
    for path, value in _leaves(tomllib.loads(text)):
        begin, end = places[path]
        assert tomllib.loads(f"x = {text[begin:end]}")["x"] == value


def test_one_number_changes_and_the_practice_is_named_as_its_source():
    entry, fact = fact_named("rules/predose.heart-rate")
    found = {one.key: one for one in settable(entry.content, fact)}
    upper = next(one for one in found.values() if one.value == 110)
    text = with_values(packaged().texts[FILE], fact, {upper.path: 100}, OURS)
    now = next(one for one in read_entry(FILE, text).facts if one.path == fact.path)
    assert now.is_policy
    assert now.sources[0].title == OURS.title
    assert now.sources[1:] == fact.sources
    assert "above = 100" in text
    before, after = packaged().texts[FILE].splitlines(), text.splitlines()
    assert len([one for one in before if one.startswith("#")]) == len(
        [one for one in after if one.startswith("#")]
    )
    assert len([1 for one, other in zip(before, after, strict=False) if one != other]) <= 2
    assert check_edition(Edition({FILE: text})) == []


def test_every_policy_with_a_number_can_be_set_to_what_it_is():
    for entry in entries().values():
        text = packaged().texts[entry.name]
        for fact in entry.facts:
            values = settable(entry.content, fact) if fact.is_policy else ()
            if values:
                with_values(text, fact, {one.path: one.value for one in values}, OURS)


def test_names_facts_marks_and_sources_are_not_set_on_a_page():
    entry, fact = fact_named("rules/predose.heart-rate")
    found = settable(entry.content, fact)
    assert {one.path[-1] for one in found} == {"below", "above", "severity", "message", "unknown"}
    assert [one.key for one in found if one.is_severity] == ["severity"]
    assert [one.key for one in found if one.is_words] == ["message", "unknown"]


def test_a_sentence_that_still_says_the_old_number_is_told():
    entry, fact = fact_named("rules/predose.heart-rate")
    found = settable(entry.content, fact)
    upper = next(one for one in found if one.value == 110)
    words = next(one for one in found if one.key == "message")
    assert still_said(found, {}) is None
    assert still_said(found, {upper.path: 100}) == words
    assert still_said(found, {upper.path: 100, words.path: "Resting heart rate is above 100."}) is None


def test_what_would_change_something_else_is_refused():
    entry, fact = fact_named("rules/predose.heart-rate")
    (one, *_others) = settable(entry.content, fact)
    with pytest.raises(KnowledgeError, match="change it in the file"):
        with_values(packaged().texts[FILE], fact, {(*one.path[:-1], "not-there"): 1}, OURS)
