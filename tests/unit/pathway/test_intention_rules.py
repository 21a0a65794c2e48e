"""What may be written down as an intention or a wish."""

from __future__ import annotations

import pytest

from upwell.base.errors import BadInput
from upwell.base.limits import LONGEST_WORDS
from upwell.pathway.preparation.rules import Hopes, Wishes, checked_hopes, checked_wishes


@pytest.mark.parametrize("written", [Hopes(hope="Sleep"), Hopes(change="My mornings"), Hopes("a", "b", True)])
def test_one_of_the_two_is_enough(written: Hopes) -> None:
    assert checked_hopes(written) == written


def test_words_are_kept_as_they_were_written_without_their_edges() -> None:
    assert checked_hopes(Hopes(hope="  one\r\ntwo\x00 ")) == Hopes(hope="one\ntwo")
    assert checked_hopes(Hopes(hope="x" * LONGEST_WORDS)).hope == "x" * LONGEST_WORDS


@pytest.mark.parametrize(
    ("written", "path"),
    [
        (Hopes(), "hope"),
        (Hopes(hope=" ", change="\n"), "hope"),
        (Hopes(hope="x" * (LONGEST_WORDS + 1)), "hope"),
        (Hopes(hope="a", change="x" * (LONGEST_WORDS + 1)), "change"),
    ],
)
def test_nothing_and_too_much_are_refused(written: Hopes, path: str) -> None:
    with pytest.raises(BadInput) as told:
        checked_hopes(written)
    assert told.value.path == path


@pytest.mark.parametrize("touch", ["", "yes", "ask", "no"])
def test_all_wishes_may_be_left_out_and_touch_has_its_answers(touch: str) -> None:
    assert checked_wishes(Wishes(touch=touch, music=" Bach ")) == Wishes(touch=touch, music="Bach")


@pytest.mark.parametrize(
    ("written", "path"), [(Wishes(touch="maybe"), "touch"), (Wishes(light="x" * 10_001), "light")]
)
def test_another_answer_about_touch_is_refused(written: Wishes, path: str) -> None:
    with pytest.raises(BadInput) as told:
        checked_wishes(written)
    assert told.value.path == path
