"""What ships as knowledge: every fact has its source and mark, and a file that is broken says where."""

from __future__ import annotations

import dataclasses
import random
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from upwell.base.errors import NotFound
from upwell.knowledge import loader
from upwell.knowledge.answers_schema import answers_schema, score_schema
from upwell.knowledge.edition import FOLDER
from upwell.knowledge.errors import KnowledgeError
from upwell.knowledge.provenance import Mark
from upwell.knowledge.schemas import load_schema, schema_names
from upwell.knowledge.toml_file import version_of

FILES = sorted(FOLDER.glob("**/*.toml"))
PHQ9 = (FOLDER / "instruments/phq-9.toml").read_text(encoding="utf-8")


def facts(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        if "confidence" in node:
            yield path, node
        for key, value in node.items():
            yield from facts(value, f"{path}.{key}")
    elif isinstance(node, list):
        for position, value in enumerate(node):
            yield from facts(value, f"{path}.{position}")


@pytest.mark.parametrize("file", FILES, ids=[path.stem for path in FILES])
def test_every_fact_has_source_mark_and_date(file: Path) -> None:
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    found = list(facts(content))
    assert found
    for path, fact in found:
        assert fact["source"], path
        assert set(fact["source"]) <= set(content["sources"]), path
        assert fact["confidence"] in set(Mark), path
        assert fact.get("verify", False) is (fact["confidence"] in ("M", "L")), path
    for source in content["sources"].values():
        assert source["title"]
        assert source["effective_from"]  # a date, or NR said aloud


@pytest.mark.parametrize("name", loader.known_instruments())
def test_every_number_of_an_instrument_stands_beside_its_source(name: str) -> None:
    """A table that holds a clinical number carries source and mark itself (conditions carry their step's)."""
    content = tomllib.loads((FOLDER / f"instruments/{name}.toml").read_text(encoding="utf-8"))
    for part in ("range", "recall", "missing"):
        assert "confidence" in content.get(part, {"confidence": "no total"})
    for part in ("bands", "steps", "flags", "one_of", "notes"):
        assert all("confidence" in one for one in content.get(part, ()))
    variants = content["change"].pop("variants", [])
    assert all("confidence" in limit for limit in (*content["change"].values(), *variants))


@pytest.mark.parametrize("name", loader.known_instruments())
def test_instruments_load_frozen_and_once(name: str) -> None:
    instrument = loader.load_instrument(name)
    assert instrument is loader.load_instrument(name)
    assert instrument.id == name
    with pytest.raises(dataclasses.FrozenInstanceError):
        instrument.name = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        instrument.plain_patient["complete"] = "other"  # type: ignore[index]


def test_an_unknown_instrument_names_the_known_ones() -> None:
    with pytest.raises(NotFound, match=r"gad-7,.* phq-9,"):
        loader.load_instrument("../phq-9")


# --- the version ---
def test_the_version_is_of_what_is_said_not_of_how() -> None:
    plain = loader.parse_instrument(PHQ9, name="phq-9.toml")
    spaced = loader.parse_instrument("# a remark\n\n" + PHQ9.replace(" = ", "   =  "), name="phq-9.toml")
    assert spaced.version == plain.version
    assert len(plain.version) == 64


def test_the_version_ignores_the_order_of_keys() -> None:
    content = tomllib.loads(PHQ9)
    keys = list(content)
    random.Random(1).shuffle(keys)
    assert version_of({key: content[key] for key in keys}) == version_of(content)


def test_any_change_of_content_changes_the_version() -> None:
    plain = loader.parse_instrument(PHQ9, name="phq-9.toml")
    changed = loader.parse_instrument(PHQ9.replace("at_least = 6", "at_least = 7"), name="phq-9.toml")
    assert changed.version != plain.version


# --- broken files ---
def line_with(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if part in line)


BROKEN = [
    ("a mark that is none", 'confidence = "M"', 'confidence = "X"', "confidence"),
    ("an uncertain fact without verify", 'confidence = "M"\nverify = true', 'confidence = "M"', "verify"),
    ("a certain fact to verify", "[recall]", "[recall]\nverify = true", "verify"),
    (
        "a source that is not listed",
        '[recall]\ndays = 14\nsource = ["reference-2-1"]',
        '[recall]\ndays = 14\nsource = ["somewhere"]',
        "somewhere",
    ),
    ("a key that is unknown", "[range]", "[range]\nmedian = 3", "median"),
    ("a gap between bands", "low = 5", "low = 6", "should begin at 5"),
    ("a last band that ends early", "high = 27", "high = 26", "should end at 27"),
    (
        "a step over an item that is not there",
        'at_least_for = { "9" = 1 }',
        'at_least_for = { "12" = 1 }',
        "12",
    ),
    ("an operation that is unknown", 'op = "count"', 'op = "guess"', "guess"),
    ("an item twice", 'id = "10"', 'id = "9"', "twice"),
    ("responses that are not there", 'responses = "difficulty"', 'responses = "ease"', "ease"),
    ("a result without its step", 'total = "total"', 'total = "sum"', "no step"),
    ("a code that is none", 'code = "44261-6"', 'code = "44261"', "44261"),
    ("a limit without a number", "[change.mcid]\nat_least = 5", "[change.mcid]", "mcid"),
    ("an id that is not the file's", 'id = "phq-9"', 'id = "phq-8"', "phq-9"),
    ("no sentence for a status", 'imputed = "{name}', 'incomplete = "{name}', "imputed"),
    ("a number of blanks without a way of handling them", "allowed = 2", "allowed = 0", "handling"),
]


@pytest.mark.parametrize(("what", "old", "new", "said"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_broken_file_is_refused(what: str, old: str, new: str, said: str) -> None:
    assert old in PHQ9
    with pytest.raises(KnowledgeError) as refused:
        loader.parse_instrument(PHQ9.replace(old, new, 1), name="phq-9.toml")
    assert said in refused.value.message
    assert refused.value.message.startswith("phq-9.toml:")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('op = "count"', 'op = "guess"', 'op = "guess"'),
        ("low = 15", "low = 16", "low = 16"),
        ('loinc = { code = "44258-2"', 'loinc = { code = "x"', 'loinc = { code = "x"'),
        ("days = 14", 'days = "14"', 'days = "14"'),
        ("[range]\nminimum = 0", "[range]", "[range]"),
    ],
)
def test_an_error_names_the_line(old: str, new: str, line: str) -> None:
    broken = PHQ9.replace(old, new, 1)
    with pytest.raises(KnowledgeError) as refused:
        loader.parse_instrument(broken, name="phq-9.toml")
    assert refused.value.path == f"phq-9.toml:{line_with(broken, line)}"


def test_an_error_of_grammar_names_the_line() -> None:
    with pytest.raises(KnowledgeError) as refused:
        loader.parse_instrument('kind = "instrument"\nid = phq-9\n', name="phq-9.toml")
    assert refused.value.path == "phq-9.toml:2"


# --- schemas, crisis, age ---
@pytest.mark.parametrize("name", schema_names())
def test_schemas_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(load_schema(name))


@pytest.mark.parametrize("name", ["phq-9", "gad-7"])
def test_the_schema_of_answers_takes_what_can_be_scored(name: str) -> None:
    instrument = loader.load_instrument(name)
    schema = answers_schema(instrument)
    Draft202012Validator.check_schema(score_schema(instrument))
    validator = Draft202012Validator(schema)
    assert validator.is_valid({"1": 3, "2": None, "context": {"age_years": 40}})
    refused: list[Any] = [{"1": 4}, {"1": "2"}, {"99": 1}, {"context": {"age": 3}}, []]
    for wrong in [*refused, {"context": {"age_years": 200}}]:
        assert not validator.is_valid(wrong)


def test_the_context_of_the_schema_is_that_of_the_data() -> None:
    rules = loader.load_context_rules()
    context = load_schema("score-answers")["$defs"]["context"]["properties"]
    assert context["sex"]["enum"] == [*rules.sexes, None]
    age = context["age_years"]
    assert (age["minimum"], age["maximum"]) == (rules.age_minimum_years, rules.age_maximum_years)


def test_crisis_resources() -> None:
    us, eu = loader.load_crisis("US"), loader.load_crisis("eu")
    assert [(way.by, way.to) for way in us.known[0].ways] == [("call", "988"), ("text", "988")]
    assert [one.id for one in eu.known] == ["emergency"]
    assert [one.provenance.confidence for one in eu.resources if not one.is_known] == [Mark.NR]
    with pytest.raises(NotFound, match="EU, US"):
        loader.load_crisis("MARS")


@pytest.mark.parametrize(
    ("age", "rule", "severity"),
    [
        (0, "under-18", "absolute"),
        (17, "under-18", "absolute"),
        (17.99, "under-18", "absolute"),
        (None, "unknown", "unknown"),
    ],
)
def test_under_18_is_absolute_and_unknown_is_asked(age: float | None, rule: str, severity: str) -> None:
    finding = loader.load_age_rule().finding(age)
    assert finding is not None
    assert (finding.rule, finding.severity) == (f"eligibility.age.{rule}", severity)
    assert finding.overridable_by == ()
    assert finding.source


@pytest.mark.parametrize("age", [18, 18.01, 70])
def test_adults_pass_the_age_rule(age: float) -> None:
    assert loader.load_age_rule().finding(age) is None
