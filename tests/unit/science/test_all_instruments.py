"""Properties of every instrument that ships, whatever is answered."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from upwell.base.errors import BadInput
from upwell.knowledge.answers_schema import answers_schema
from upwell.knowledge.instrument import Instrument, Item
from upwell.knowledge.loader import known_instruments, load_instrument
from upwell.knowledge.schemas import violations
from upwell.science.scoring import ScoreResult, asked_items, score

IDS = [
    "phq-9",
    "phq-2",
    "gad-7",
    "qids-sr16",
    "madrs",
    "madrs-s",
    "ham-d17",
    "cgi",
    "who-5",
    "wsas",
    "sds",
    "isi",
    "shaps",
    "pseq",
    "c-ssrs-screener-recent",
    "c-ssrs-screener-since-last",
    "asq",
    "ssi",
    "pcl-5",
    "asrm",
    "mdq",
    "ymrs",
    "bprs-plus",
    "audit",
    "audit-c",
    "dast-10",
    "cadss",
    "moaa-s",
    "rass",
    "modified-aldrete",
    "padss",
    "meq30",
    "ebi",
    "pis",
    "ptgi-sf",
    "edi",
    "urinary",
    "check-in",
]
SUICIDE = ["c-ssrs-screener-recent", "c-ssrs-screener-since-last", "asq", "ssi"]
LEVELS = {
    "c-ssrs-screener-recent": [None, "none", "low", "moderate", "high"],
    "c-ssrs-screener-since-last": [None, "none", "low", "moderate", "high"],
    "asq": [None, "negative", "non-acute-positive", "acute-positive"],
    "ssi": [None, "not-elevated", "elevated"],
}
NEVER_WITH_A_GAP = {"none", "negative", "not-elevated"}
EVERY = pytest.mark.parametrize("name", IDS)
FEW = settings(max_examples=40, deadline=None)


@cache
def accepted(name: str) -> Draft202012Validator:
    """What the published schema of an instrument's answers lets in."""
    return Draft202012Validator(answers_schema(load_instrument(name)))


def answers_to(item: Item) -> st.SearchStrategy[Any]:
    offered = [spelling for one in item.responses for spelling in (one.value, *one.also)]
    found = [st.sampled_from(offered)] if offered else []
    if item.scale is not None:
        found.append(st.floats(item.scale.minimum, item.scale.maximum))
    return st.one_of(found)


def forms(instrument: Instrument, *, gaps: bool) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            item.id: st.none() | answers_to(item) if gaps or not item.scored else answers_to(item)
            for item in instrument.items
        }
    )


def scored(instrument: Instrument, form: dict[str, Any]) -> ScoreResult | None:
    """The result, or None where the instrument names answers that can't stand together."""
    try:
        return score(instrument, form)
    except BadInput as refused:
        if refused.path in {one.item for one in instrument.contradictions}:
            return None
        raise


def test_these_are_all() -> None:
    assert sorted(IDS) == known_instruments()


@EVERY
@FEW
@given(data=st.data())
def test_whatever_is_answered(name: str, data: st.DataObject) -> None:
    """Shape, range, gaps and sentences of one result; the order of the answers is irrelevant."""
    instrument = load_instrument(name)
    form = data.draw(forms(instrument, gaps=True))
    assert accepted(name).is_valid(form)
    result = scored(instrument, form)
    shuffled = dict(data.draw(st.permutations(list(form.items()))))
    absent = {item: value for item, value in form.items() if value is not None}
    assert result == scored(instrument, shuffled) == scored(instrument, absent)
    if result is None:
        return
    assert violations("score-result", result.as_json()) == []
    assert_total_in_range(instrument, result)
    assert_gaps_are_told(instrument, form, result)
    assert_no_gap_is_skipped(instrument, form, result)
    for sentence in (*result.plain.values(), *(one.message for one in result.findings)):
        assert sentence.strip()
        assert not re.search(r"[{}]|\bNone\b|\bTrue\b|\bFalse\b|  ", sentence), sentence
    for one in result.findings:
        assert one.source
        assert one.policy == all(source.confidence == "C" for source in one.source)


def assert_total_in_range(instrument: Instrument, result: ScoreResult) -> None:
    has_total = instrument.total is not None and result.status in ("complete", "imputed")
    assert (result.total is not None) == has_total
    if result.total is not None:
        assert instrument.range.minimum <= result.total <= instrument.range.maximum
        assert (result.band is not None) == bool(instrument.bands)


def assert_gaps_are_told(instrument: Instrument, form: dict[str, Any], result: ScoreResult) -> None:
    """A gap is listed, never complete, and never read as no risk."""
    for item in instrument.scored_items:
        if item.id in result.missing:
            chosen = None if form[item.id] is None else item.response_to(form[item.id])
            assert form[item.id] is None or (chosen is not None and chosen.no_answer)
    assert (result.status == "complete") == (not result.missing and not result.partial)
    if result.missing:
        assert result.status in ("imputed", instrument.missing.otherwise)
        assert result.level_at_least not in NEVER_WITH_A_GAP
        assert result.algorithms.get("risk", "incomplete") == "incomplete"
        assert any(one.severity in ("unknown", "information", "emergency") for one in result.findings)


def assert_no_gap_is_skipped(instrument: Instrument, form: dict[str, Any], result: ScoreResult) -> None:
    """The form and the scoring skip alike."""
    asked = asked_items(instrument, form)
    assert all(asked[item] for item in result.missing)


@EVERY
@FEW
@given(data=st.data())
def test_a_complete_form_has_no_gap(name: str, data: st.DataObject) -> None:
    instrument = load_instrument(name)
    result = scored(instrument, data.draw(forms(instrument, gaps=False)))
    if result is not None:
        assert result.status in ("complete", "not-scorable") or set(result.missing) <= {
            item.id for item in instrument.items if any(one.no_answer for one in item.responses)
        }
        assert result.missing_handling == "none"


def reversed_items(instrument: Instrument) -> set[str]:
    return {name for step in instrument.steps if step.op == "reverse" for name in step.of}


def numbers_of(item: Item) -> list[Any]:
    """The answers of an item that are more or less of something, least first."""
    if item.scale is not None:
        return [item.scale.minimum, item.scale.maximum]
    return sorted(
        one.value for one in item.responses if isinstance(one.value, int | float) and not one.no_answer
    )


@EVERY
@FEW
@given(data=st.data())
def test_more_of_an_item_never_lowers_the_total(name: str, data: st.DataObject) -> None:
    """It raises it, or leaves it; where an item is reversed, the other way round."""
    instrument = load_instrument(name)
    form = data.draw(forms(instrument, gaps=False))
    item = data.draw(st.sampled_from([one for one in instrument.scored_items if len(numbers_of(one)) > 1]))
    low, high = sorted(data.draw(st.lists(st.sampled_from(numbers_of(item)), min_size=2, max_size=2)))
    before, after = (scored(instrument, {**form, item.id: value}) for value in (low, high))
    if before is None or after is None or before.total is None or after.total is None:
        return
    if item.id in reversed_items(instrument):
        before, after = after, before
    assert before.total is not None
    assert after.total is not None
    assert before.total <= after.total
    if instrument.bands:
        order = [band.id for band in instrument.bands]
        assert order.index(str(before.band)) <= order.index(str(after.band))


@pytest.mark.parametrize("name", SUICIDE)
@FEW
@given(data=st.data())
def test_an_answer_more_never_lowers_the_level_that_is_proven(name: str, data: st.DataObject) -> None:
    """But for the open question 5 of the ASQ, which is read as acute only until it is answered."""
    instrument, order = load_instrument(name), LEVELS[name]
    form = data.draw(forms(instrument, gaps=True))
    fuller = {**form, **{k: v for k, v in data.draw(forms(instrument, gaps=True)).items() if form[k] is None}}
    before, after = score(instrument, form), score(instrument, fuller)
    if "acuity-open" not in before.flags:
        assert order.index(before.level_at_least) <= order.index(after.level_at_least)


@pytest.mark.parametrize("name", SUICIDE[:3])
@FEW
@given(data=st.data())
def test_a_worse_answer_never_lowers_the_level(name: str, data: st.DataObject) -> None:
    instrument, order = load_instrument(name), LEVELS[name]
    form = data.draw(forms(instrument, gaps=True))
    item = data.draw(st.sampled_from([one.id for one in instrument.items]))
    before, after = (score(instrument, {**form, item: value}) for value in (False, True))
    if "acuity-open" not in before.flags:
        assert order.index(before.level_at_least) <= order.index(after.level_at_least)


@given(
    st.fixed_dictionaries(
        {item: st.sampled_from([None, True, False]) for item in ("1", "2", "3", "4", "5", "l", "m")}
    )
)
def test_c_ssrs_agrees_with_an_oracle(said: dict[str, bool | None]) -> None:
    """The triage once more, written apart from the data."""
    ever, recent = said["l"], said["m"]
    proven = "none"
    if said["1"] or said["2"]:
        proven = "low"
    if said["3"] or ever:
        proven = "moderate"
    if said["4"] or said["5"] or recent:
        proven = "high"
    gaps = [item for item in "12" if said[item] is None]
    gaps += [item for item in "345" if said["2"] is True and said[item] is None]
    gaps += ["6_lifetime"] if ever is None and recent is not True else []
    gaps += ["6_3_months"] if ever is True and recent is None else []
    form = {**{item: said[item] for item in "12345"}, "6_lifetime": ever, "6_3_months": recent}
    result = score(load_instrument("c-ssrs-screener-recent"), form)
    assert list(result.missing) == gaps
    assert result.algorithms["risk"] == ("incomplete" if gaps else proven)
    assert result.level_at_least == (None if gaps and proven == "none" else proven)


@EVERY
def test_what_is_no_item_or_no_answer_is_refused(name: str) -> None:
    instrument = load_instrument(name)
    item = instrument.items[0]
    for form in ({"0": 1}, {"": 1}, {item.id: [1]}, {item.id: {}}, {item.id: ""}, {item.id: 10**9}):
        with pytest.raises(BadInput) as refused:
            score(instrument, form)
        assert refused.value.path == next(iter(form))
