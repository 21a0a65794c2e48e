"""What every instrument says of itself: licence and wording, marks, codes, and the range its steps can reach."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from upwell.knowledge.answers_schema import answers_schema
from upwell.knowledge.build_responses import build_responses, build_scale
from upwell.knowledge.edition import FOLDER
from upwell.knowledge.errors import KnowledgeError
from upwell.knowledge.instrument import Instrument, Item
from upwell.knowledge.loader import known_instruments, load_instrument, parse_instrument
from upwell.science.scoring import score

EVERY = pytest.mark.parametrize("name", known_instruments())
FREE = ("PD", "FREE")

CODES = {
    # instrument: panel, total; all others have none, since none was recovered
    "phq-9": ("44249-1", "44261-6"),
    "phq-2": ("55757-9", "55758-7"),
    "gad-7": ("69737-5", "70274-6"),
    "c-ssrs-screener-recent": ("93373-9", None),
    "audit": ("72110-0", "75624-7"),
    "audit-c": ("72109-2", "75626-2"),
    "dast-10": ("82666-9", "82667-7"),
    "rass": (None, "54632-5"),
}


@EVERY
def test_only_wording_that_is_free_ships(name: str) -> None:
    """Every other form shows item numbers, and says why."""
    known = load_instrument(name)
    if known.licence.kind in FREE:
        assert known.text_status in ("verbatim", "short-titles", "own")
    else:
        assert known.text_status == "licensed"
        assert "your practice loads its text" in known.text_reason
        assert all(item.text == f"Item {item.id}" or item.own_stem for item in known.items)
    assert known.has_wording or known.text_reason
    assert all(item.text for item in known.items)


@EVERY
def test_codes_only_where_the_reference_gives_them(name: str) -> None:
    known = load_instrument(name)
    found = tuple(code.code if code else None for code in (known.loinc_panel, known.loinc_total))
    assert found == CODES.get(name, (None, None))


@EVERY
def test_the_range_is_what_the_items_can_reach(name: str) -> None:
    """Every item at its lowest, and at its highest, gives the ends of the range (reversed items the other way)."""
    known = load_instrument(name)
    if known.total is None:
        assert (known.range.minimum, known.range.maximum) == (0, 0)
        return
    turned = {item for step in known.steps if step.op == "reverse" for item in step.of}
    lowest = {item.id: _end(item, highest=item.id in turned) for item in known.scored_items}
    highest = {item.id: _end(item, highest=item.id not in turned) for item in known.scored_items}
    for group in known.one_of:
        for item_id in group.items[1:]:
            del lowest[item_id], highest[item_id]
    assert score(known, lowest).total == known.range.minimum
    assert score(known, highest).total == known.range.maximum


def _end(item: Item, *, highest: bool) -> Any:
    """The lowest or highest answer; BPRS+ ratings of 0 to 7 need not be told apart here."""
    if item.scale is not None:
        return item.scale.maximum if highest else item.scale.minimum
    values = [one.value for one in item.responses if one.counts_as is one.value]
    numbers = [value for value in values if isinstance(value, int | float)]
    if not numbers:
        return values[-1] if highest else values[0]
    return max(numbers) if highest else min(numbers)


@EVERY
def test_the_schema_of_answers_takes_each_offer_and_nothing_else(name: str) -> None:
    known = load_instrument(name)
    schema = Draft202012Validator(answers_schema(known))
    for item in known.items:
        offered = [spelling for one in item.responses for spelling in (one.value, *one.also)]
        for value in [*offered, None]:
            assert schema.is_valid({item.id: value})
        for wrong in ("never offered", 10**6, [], {}):
            assert not schema.is_valid({item.id: wrong})
    assert not schema.is_valid({"no such item": 1})


@EVERY
def test_who_reads_the_instrument_finds_words_for_every_status(name: str) -> None:
    known = load_instrument(name)
    assert {"complete", known.missing.otherwise} <= set(known.plain_clinician)
    assert set(known.plain_clinician) == set(known.plain_patient)


@EVERY
def test_uncertain_facts_are_marked_so(name: str) -> None:
    for limit in _limits(load_instrument(name)):
        assert limit.provenance.verify is (limit.provenance.confidence in ("M", "L"))


def _limits(known: Instrument) -> list[Any]:
    change = known.change
    variants = [limit for _, limit in change.variants]
    return [change.response, change.remission, change.reliable, change.mcid, *variants, *known.bands]


# --- ranges of answers ---
def no_code(raw: Any) -> None:
    assert raw is None


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        ({"minimum": 0, "maximum": 3, "step": 1}, [0, 1, 2, 3]),
        ({"minimum": 0, "maximum": 8, "step": 2}, [0, 2, 4, 6, 8]),
        ({"minimum": 0, "maximum": 1, "step": 0.5}, [0, 0.5, 1]),
        ({"minimum": 0, "maximum": 0.3, "step": 0.1}, [0, 0.1, 0.2, 0.3]),
        ({"minimum": -1, "maximum": 1, "step": 1}, [-1, 0, 1]),
        ({"minimum": 0, "maximum": 100}, []),
    ],
)
def test_a_range_of_answers(raw: dict[str, Any], values: list[float]) -> None:
    responses = build_responses(raw, no_code)
    assert [one.value for one in responses] == values
    assert [one.text for one in responses] == [str(value) for value in values]
    assert (build_scale(raw) is not None) == ("step" not in raw)


def test_a_range_with_anchors_and_an_answer_beside_it() -> None:
    raw = {
        "minimum": 0,
        "maximum": 2,
        "step": 1,
        "texts": {"0": "Never", "2": "Always"},
        "beside": [{"value": "na", "text": "Not applicable", "not_applicable": True}],
    }
    responses = build_responses(raw, no_code)
    assert [one.text for one in responses] == ["Never", "1", "Always", "Not applicable"]
    assert [one.counts_as for one in responses] == [0, 1, 2, None]


# --- broken files ---
def text_of(name: str) -> str:
    return (FOLDER / f"instruments/{name}.toml").read_text(encoding="utf-8")


BROKEN = [
    (
        "wording of a licensed instrument",
        "isi",
        '[[items]]\nid = "1"',
        '[[items]]\nid = "1"\ntext = "Q"',
        "licensed",
    ),
    (
        "a licensed instrument called free to show",
        "isi",
        'status = "licensed"',
        'status = "verbatim"',
        "does not ship",
    ),
    ("no reason why there is no wording", "isi", "\nreason = ", "\nstem2 = ", "stem2"),
    ("a free item without text", "urinary", 'text = "Did it hurt', 'label = "Did it hurt', "label"),
    (
        "a skip that looks at no item",
        "ssi",
        '{ value = "4", at_least = 1 }',
        '{ value = "44", at_least = 1 }',
        "44",
    ),
    ("a pair with an item that is not there", "qids-sr16", 'items = ["6", "7"]', 'items = ["6", "17"]', "17"),
    ("a level without its step", "asq", 'level_at_least = "level"', 'level_at_least = "levels"', "levels"),
    ("a partial sum without its step", "wsas", 'step = "partial"', 'step = "parts"', "parts"),
    ("no sentence for a partial result", "wsas", "\nnot-scorable = ", "\nimputed = ", "not-scorable"),
    ("no sentence for a bridged gap", "qids-sr16", "\nimputed = ", "\nnot-scorable = ", "imputed"),
    ("bands without a total", "asq", "\nbands = []", "", "bands"),
    ("a total without a range", "asq", "[results]\n", '[results]\ntotal = "level"\n', "range"),
    ("an NR limit with a number", "asq", "[change.mcid]\n", "[change.mcid]\nat_least = 3\n", "mcid"),
    ("a contradiction that names no item", "bprs-plus", 'item = "anchor_base"', 'item = "base"', "base"),
    ("a flag that rests on nothing", "ssi", 'because = ["proven"', 'because = ["proved"', "proved"),
]


@pytest.mark.parametrize(("what", "name", "old", "new", "said"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_broken_file_is_refused(what: str, name: str, old: str, new: str, said: str) -> None:
    text = text_of(name)
    assert old in text
    with pytest.raises(KnowledgeError) as refused:
        parse_instrument(text.replace(old, new, 1), name=f"{name}.toml")
    assert said in refused.value.message
