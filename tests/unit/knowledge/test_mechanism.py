"""How it may work: every claim has its state, source and mark; the words are for about age 12."""

from __future__ import annotations

from tests.unit.knowledge.readability import grade
from upwell.knowledge.mechanism import ClaimState, load_mechanism
from upwell.knowledge.provenance import Mark


def test_every_claim_has_a_source_and_every_state_is_used() -> None:
    claims = [one for chapter in load_mechanism().chapters for one in chapter.claims]
    assert all(one.provenance.sources for one in claims)
    assert {one.state for one in claims} == set(ClaimState)
    assert all((one.provenance.confidence is Mark.NR) == (one.state is ClaimState.UNKNOWN) for one in claims)


def test_it_speaks_of_glutamate_nmda_ampa_and_plasticity() -> None:
    text = " ".join(
        words
        for chapter in load_mechanism().chapters
        for words in (chapter.title, *chapter.paragraphs, *(one.text for one in chapter.claims))
    )
    assert all(word in text for word in ("glutamate", "NMDA", "AMPA", "Plasticity", "BDNF", "mTOR"))


def test_words_for_about_age_twelve() -> None:
    for chapter in load_mechanism().chapters:
        texts = [*chapter.paragraphs, *(one.text for one in chapter.claims)]
        assert grade(texts) <= 7.5, (chapter.id, grade(texts))
