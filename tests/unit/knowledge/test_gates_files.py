"""Rules as data: every rule has source and mark, and a file that is broken says where."""

from __future__ import annotations

import re

import pytest

from upwell.base.finding import Severity
from upwell.knowledge.edition import FOLDER
from upwell.knowledge.errors import KnowledgeError
from upwell.knowledge.gates import loader
from upwell.knowledge.gates.conditions import parts_of
from upwell.knowledge.gates.loader import RULE_FILES, parse_rule_set

NAMES = sorted(RULE_FILES)
PREDOSE = (FOLDER / RULE_FILES["predose"]).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_says_what_to_do_and_where_it_comes_from(name: str) -> None:
    for rule in loader.load_rule_set(name).rules:
        assert rule.provenance.sources, rule.id
        assert len(rule.message) > len(rule.id) / 2, rule.id
        assert rule.message.endswith((".", "?")), rule.id
        assert rule.unknown is None or rule.unknown.endswith((".", "?")), rule.id
        assert set(rule.severity) <= {"any", "esketamine", "racemic-ketamine"}, rule.id


def test_rule_ids_are_unique_across_files() -> None:
    ids = [rule.id for name in NAMES for rule in loader.load_rule_set(name).rules]
    assert len(ids) == len(set(ids))


def test_every_code_list_says_what_it_covers_and_is_asked_for() -> None:
    lists = loader.load_code_lists().lists
    asked = {
        part.has
        for name in NAMES
        for rule in loader.load_rule_set(name).rules
        for condition in (rule.when, rule.unless)
        if condition is not None
        for part in parts_of(condition)
    }
    assert set(lists) - asked == {"depression"}, "the indication itself is known, and no finding"
    for one in lists.values():
        assert one.snomed or one.icd10 or one.names
        assert all(re.fullmatch(r"[0-9]{6,18}", code) for code in one.snomed)


@pytest.mark.parametrize(
    "code", sorted({code for one in loader.load_code_lists().lists.values() for code in one.snomed})
)
def test_snomed_codes_have_a_right_check_digit(code: str) -> None:
    """Verhoeff's check digit: a mistyped SNOMED code is not one."""
    multiply = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 4, 0, 6, 7, 8, 9, 5], [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
                [3, 4, 0, 1, 2, 8, 9, 5, 6, 7], [4, 0, 1, 2, 3, 9, 5, 6, 7, 8], [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
                [6, 5, 9, 8, 7, 1, 0, 4, 3, 2], [7, 6, 5, 9, 8, 2, 1, 0, 4, 3], [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
                [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]]  # fmt: skip
    permute = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]]
    for row in range(2, 8):
        permute.append([permute[row - 1][permute[1][digit]] for digit in range(10)])
    check = 0
    for place, digit in enumerate(reversed(code)):
        check = multiply[check][permute[place % 8][int(digit)]]
    assert check == 0


def test_every_severity_has_its_row() -> None:
    assert set(loader.load_outcomes().rows) == set(Severity)


def test_a_code_is_never_that_of_two_ingredients() -> None:
    seen: dict[str, str] = {}
    for one in loader.load_drug_classes().classes.values():
        for drug in one.ingredients:
            if drug.rxnorm is not None:
                assert seen.setdefault(drug.rxnorm, drug.name) == drug.name


BROKEN = [
    ('fact = "vitals.heart_rate_bpm", below', 'fact = "vitals.pulse", below', "vitals.pulse"),
    ("below = 50", 'below = "fifty"', "fifty"),
    ('source = ["us-pi-bp"]', 'source = ["nowhere"]', "nowhere"),
    ('severity = "absolute"', 'severity = "terrible"', "terrible"),
    ('confidence = "V"', 'confidence = "M"', "verify"),
    ('id = "predose.spo2"', 'id = "predose.heart-rate"', "twice"),
    ("[[rules]]", "[[rules]", "TOML"),
    ('window = "today"', 'window = "tomorrow"', "tomorrow"),
    ('severity = "absolute"', 'severity = "absolute"\nsurprise = 1', "surprise"),
]


@pytest.mark.parametrize(("old", "new", "told"), BROKEN)
def test_a_broken_file_says_file_line_and_what_is_wrong(old: str, new: str, told: str) -> None:
    assert old in PREDOSE
    with pytest.raises(KnowledgeError) as broken:
        parse_rule_set(PREDOSE.replace(old, new, 1), name="gates/predose.toml")
    assert re.match(r"gates/predose\.toml:\d+: ", broken.value.message)
    assert told in broken.value.message


def test_the_version_changes_with_a_threshold_and_not_with_a_comment() -> None:
    before = parse_rule_set(PREDOSE, name="x").version
    assert parse_rule_set("# a word\n" + PREDOSE, name="x").version == before
    assert parse_rule_set(PREDOSE.replace("above = 140", "above = 141", 1), name="x").version != before
    assert re.fullmatch(r"[0-9a-f]{64}", loader.knowledge_version())


def test_what_is_measured_by_the_clock_is_a_fact_that_is_known() -> None:
    book = loader.load_fact_book().entries
    for schedule in loader.load_monitoring().schedules:
        assert schedule.timed, schedule.id
        for timed in schedule.timed:
            assert all(fact in book or fact == "any" for fact in timed.facts), timed.what


def test_a_log_is_read_as_answers_and_criteria_that_are_known() -> None:
    reading, book = loader.load_log_reading(), loader.load_fact_book().entries
    asked = {rule.criterion for rule in loader.load_rule_set("discharge").rules}
    assert set(reading.criteria) <= asked
    answers = {one.answer for one in reading.criteria.values()} | set(reading.terms.values())
    answers |= {reading.distress_answer, *reading.distress_keys}
    assert all(f"answers.{name}" in book for name in answers if name is not None)
