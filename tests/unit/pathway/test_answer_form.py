"""The form of a questionnaire: what was chosen, left out, kept and refused."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upwell.base.errors import BadInput
from upwell.knowledge.loader import load_instrument
from upwell.pathway.response.forms import AnswerForm
from upwell.science.scoring import score

PHQ9 = load_instrument("phq-9")
OWNER = uuid4()


def sent(**fields: str) -> AnswerForm:
    return AnswerForm.sent(PHQ9, OWNER, {key.replace("_", "-", 1): value for key, value in fields.items()})


def test_chosen_answers_become_the_values_of_the_instrument() -> None:
    assert sent(item_1="0", item_9="3").answers() == {"1": 0, "9": 3}


def test_left_out_counts_scored_questions_only() -> None:
    everything = {f"item-{n}": "0" for n in range(1, 10)}
    assert AnswerForm.sent(PHQ9, OWNER, everything).left_out == []
    assert sent(item_10="0").is_empty
    assert sent(item_1="0").safety_left_out == ["9"]


def test_it_asks_once_about_the_same_questions_and_again_about_others() -> None:
    rest = {f"item-{n}": "0" for n in range(1, 8)}
    assert AnswerForm.sent(PHQ9, OWNER, rest).must_ask
    assert not AnswerForm.sent(PHQ9, OWNER, rest | {"left_out": "8,9"}).must_ask
    assert AnswerForm.sent(PHQ9, OWNER, rest | {"left_out": "8"}).must_ask


def test_every_answer_that_cannot_be_is_refused_at_its_question() -> None:
    form = sent(item_1="9", item_2="1", item_3="often")
    with pytest.raises(BadInput) as refused:
        score(PHQ9, form.answers())
    form.refuse(refused.value)
    assert set(form.errors) == {"1", "3"}
    by_number = {question.number: question for question in form.questions}
    assert by_number["1"].error
    assert by_number["2"].value == "1"
    assert not by_number["2"].error


def test_a_refusal_without_a_question_stands_above_the_form() -> None:
    form = sent(item_1="1")
    form.refuse(BadInput("Too late.", path="effective_at"))
    assert form.errors == {"effective_at": "Too late."}


def test_help_shows_at_the_answers_that_open_the_safety_path() -> None:
    assert sent().help_when == "item-9=1 item-9=2 item-9=3"
    assert sent(item_9="1").help_now
    assert not sent(item_9="0").help_now


def test_kept_answers_come_back_to_their_owner_alone() -> None:
    number = str(uuid4())
    kept = {"item-1": ["2"], "submission": [number], "owner": [str(OWNER)], "left_out": ["9"]}
    back = AnswerForm.fresh(PHQ9, OWNER, kept)
    assert (back.was_kept, back.chosen, str(back.submission_id)) == (True, {"1": "2"}, number)
    assert not back.asked_about
    other = AnswerForm.fresh(PHQ9, uuid4(), kept)
    assert (other.was_kept, other.chosen) == (False, {})
    assert str(other.submission_id) != number
    assert not AnswerForm.fresh(PHQ9, None, {"item-1": ["2"]}).was_kept


@given(st.dictionaries(st.sampled_from([f"item-{n}" for n in range(12)]), st.text(max_size=12), max_size=12))
def test_whatever_is_sent_is_scored_or_refused_with_its_place(data: dict[str, str]) -> None:
    form = AnswerForm.sent(PHQ9, OWNER, data)
    try:
        score(PHQ9, form.answers())
    except BadInput as error:
        form.refuse(error)
        assert form.errors
        good = {item: value for item, value in form.answers().items() if item not in form.errors}
        score(PHQ9, good)
    assert len(form.questions) == 10
