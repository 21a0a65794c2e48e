"""The texts that people sign: every number marked, no number invented, and words that a child of 12 can read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.unit.knowledge.readability import grade, sentences, syllables, words
from upwell.knowledge.consent import ConsentDocument
from upwell.knowledge.consent import loader as consent
from upwell.knowledge.consent.text import Text, consent_text, sha256_of
from upwell.knowledge.edition import FOLDER
from upwell.knowledge.education import NAMED, PLACE, minutes_in_words
from upwell.knowledge.errors import KnowledgeError
from upwell.knowledge.gates.loader import load_monitoring
from upwell.knowledge.provenance import Mark

DOCUMENTS = consent.load_documents()
PINNED = Path(__file__).parent / "consent-texts.json"
PLACES = {
    "practice": "Harbor Clinic",
    "practice_phone": "our number",
    "crisis": "Call for help.",
    "emergency": "the emergency number",
}
ROUTES = ("iv", "im", "sc", "sublingual", "oral", "intranasal")
each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.id)


def shown(document: ConsentDocument) -> Text:
    return consent_text(document, PLACES)


def said(chapter: dict[str, Any]) -> list[str]:
    steps = [step["text"] for step in chapter["steps"]]
    return [*chapter["paragraphs"], *chapter["points"], *steps, *chapter["after"]]


# --- there is a text where there should be one ---
@pytest.mark.parametrize("jurisdiction", ["US", "EU"])
@pytest.mark.parametrize("route", ROUTES)
def test_every_route_of_racemic_ketamine_has_its_text(route: str, jurisdiction: str) -> None:
    document = consent.document_for("racemic-ketamine", route, jurisdiction)
    assert document is not None
    assert document.off_label == "always"
    assert "off-label" in json.dumps(shown(document))


@pytest.mark.parametrize("jurisdiction", ["US", "EU"])
def test_the_esketamine_spray_has_the_text_of_its_country(jurisdiction: str) -> None:
    document = consent.document_for("esketamine", "intranasal", jurisdiction)
    assert document is not None
    assert document.id.endswith(jurisdiction.lower())
    assert document.off_label == "depends"


def test_without_a_text_there_is_none() -> None:
    assert consent.document_for("racemic-ketamine", "rectal", "US") is None
    assert consent.document_for("esketamine", "iv", "US") is None
    assert consent.document_for("", "", "US") is None


# --- numbers ---
@pytest.mark.parametrize("file", sorted((FOLDER / "education").glob("*.toml")), ids=lambda p: p.stem)
def test_no_number_stands_in_a_text_outside_a_fact(file: Path) -> None:
    """A number in a sentence has no source; "of 100 people" is only the way of counting."""
    education = consent.parse_education(file.read_text("utf-8"), name=f"education/{file.name}")
    for chapter in education.chapters.values():
        for text in chapter.sentences():
            plain = re.sub(r"\bof (100|1,000)\b", "", NAMED.sub("", text))
            assert not re.search(r"\d", plain), text


def test_no_number_stands_in_a_question() -> None:
    for question in consent.load_questions().values():
        for text in (question.text, question.because, *(choice.text for choice in question.choices)):
            assert not re.search(r"\d", NAMED.sub("", text)), text


@each_document
def test_every_fact_that_is_shown_has_a_mark_and_a_source(document: ConsentDocument) -> None:
    for chapter in shown(document)["chapters"]:
        assert chapter["sources"]
        for fact in chapter["facts"]:
            assert fact["mark"] in set(Mark)
            assert fact["sources"]
            assert bool(fact["text"]) is (fact["mark"] != Mark.NR), fact


@each_document
def test_what_is_not_known_is_said_so(document: ConsentDocument) -> None:
    text = shown(document)
    day = next(chapter for chapter in text["chapters"] if chapter["id"] == "the-day")
    begins = next(step for step in day["steps"] if step["title"] == "It begins")
    assert begins["when"] == "Time not known"
    side = next(chapter for chapter in text["chapters"] if chapter["id"] == "side-effects")
    assert any("How many people: not known." in point for point in side["points"])


@each_document
def test_the_shortest_stay_is_the_one_of_the_discharge_gate(document: ConsentDocument) -> None:
    minimum = next(
        one
        for one in load_monitoring().minimums
        if one.substance in {None, document.substance} and (not one.routes or document.route in one.routes)
    )
    day = next(chapter for chapter in shown(document)["chapters"] if chapter["id"] == "the-day")
    assert f"At least {minutes_in_words(minimum.minutes)}" in [step["when"] for step in day["steps"]]


@pytest.mark.parametrize(
    ("minutes", "in_words"),
    [
        (40, "40 minutes"),
        (60, "1 hour"),
        (90, "1 and a half hours"),
        (100, "100 minutes"),
        (120, "2 hours"),
        (150, "2 and a half hours"),
    ],
)
def test_times_are_said_as_people_say_them(minutes: float, in_words: str) -> None:
    assert minutes_in_words(minutes) == in_words


def test_the_time_that_is_told_is_the_time_that_is_kept() -> None:
    rules = consent.load_consent_rules()
    assert rules.provenance.is_policy
    for document in DOCUMENTS:
        choice = next(chapter for chapter in document.chapters if chapter.id == "your-choice")
        assert choice.facts["valid"].text == f"{rules.valid_months} months"


# --- what has to be in it ---
@each_document
def test_what_a_person_must_know_is_in_it(document: ConsentDocument) -> None:
    everything = " ".join(text for chapter in shown(document)["chapters"] for text in said(chapter))
    for words_ in (
        "Nobody can promise",
        "not what makes people better",  # dissociation is neither mechanism nor target
        "Don't drive until the next day, after a night of good sleep",
        "Somebody takes you home",
        "Take your medicines as they were prescribed",
        "stop at any time",
        "61 to 84 of 100",
        "48 to 61 of 100",
        "bladder",
        "liver",
        "craving",
        "off-label",
        "Another practice sees only what you have opened",
    ):
        assert words_ in everything, words_
    assert "skip" not in everything.replace("Don't skip", "")


@each_document
def test_benefits_are_never_told_without_what_they_are_compared_with(document: ConsentDocument) -> None:
    benefits = next(chapter for chapter in document.chapters if chapter.id == "benefits")
    names = set(benefits.facts)
    assert "control" in names or any(name.endswith("_other") for name in names)
    for name in names:
        if f"{name}_other" in names:
            assert any(f"{{{name}}}" in text and f"{{{name}_other}}" in text for text in benefits.points), (
                name
            )


# --- reading ---
def test_the_measure_measures() -> None:
    assert [syllables(word) for word in ("a", "take", "medicine", "glutamate", "people", "watched")] == [
        1,
        1,
        3,
        3,
        2,
        1,
    ]
    assert grade(["The cat sat. The dog ran."]) < 1
    hard = "Notwithstanding considerable heterogeneity, pharmacokinetic variability necessitates individualisation."
    assert grade([hard]) > 20


@each_document
def test_a_child_of_twelve_can_read_it(document: ConsentDocument) -> None:
    text = shown(document)
    everything = [one for chapter in text["chapters"] for one in said(chapter)]
    assert grade(everything) <= 6
    for chapter in text["chapters"]:
        assert grade(said(chapter)) <= 7.5, chapter["id"]
    for question in text["questions"]:
        assert grade([question["text"], question["because"]]) <= 8, question["id"]
    for one in everything:
        for sentence in sentences(one):
            assert len(words(sentence)) <= 25, sentence


# --- questions ---
@each_document
def test_the_questions_ask_what_matters_and_point_to_where_it_stands(document: ConsentDocument) -> None:
    ids = [question.id for question in document.questions]
    assert ids[0] == "driving"
    assert {"perception", "side-effects", "stopping", "whom-to-call", "guarantee"} <= set(ids)
    assert {"off-label", "approved-use"} & set(ids)
    assert 5 <= len(ids) <= 7
    for question in document.questions:
        assert any(chapter.id.startswith(question.chapter) for chapter in document.chapters), question.id


def test_the_right_answer_does_not_always_stand_at_the_same_place() -> None:
    places = {
        [choice.id for choice in question.choices].index(question.right)
        for question in consent.load_questions().values()
    }
    assert len(places) == 3


# --- versions ---
def test_another_text_is_another_version() -> None:
    """Whoever changes a text changes its version too, and says which signatures still count.

    After that: python -m tests.unit.knowledge.test_consent_files
    """
    assert pinned() == json.loads(PINNED.read_text("utf-8"))


def pinned() -> dict[str, str]:
    return {f"{one.id} {one.version}": sha256_of(shown(one)) for one in DOCUMENTS}


def test_any_word_changes_the_hash() -> None:
    first = shown(DOCUMENTS[0])
    other = consent_text(DOCUMENTS[0], {**PLACES, "practice": "Harbour Clinic"})
    assert sha256_of(first) != sha256_of(other)
    assert sha256_of(first) == sha256_of(json.loads(json.dumps(first)))


def test_an_old_signature_counts_only_where_the_text_says_so() -> None:
    document = DOCUMENTS[0]
    assert document.accepts(document.version)
    assert not document.accepts("0")


# --- broken files ---
KETAMINE = (FOLDER / "education/ketamine.toml").read_text("utf-8")
IV = (FOLDER / "consent/racemic-ketamine-iv.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said_"),
    [
        ("{nausea}", "{vomiting}", "{vomiting} is no fact"),
        ('text = "61 to 84"\n', "", "dissociation"),
        ("Feeling sick, or throwing up. How many people: {nausea}.", "Feeling sick.", "no text names"),
        ('confidence = "NR"', 'confidence = "NR"\ntext = "half"', "nausea"),
        ('source = ["wan-2015"]', 'source = ["elsewhere"]', "elsewhere"),
        ('id = "long-use"', 'id = "side-effects"', "twice"),
        ('confidence = "M"\nverify = true', 'confidence = "M"', "pressure"),
    ],
)
def test_a_broken_chapter_is_refused(old: str, new: str, said_: str) -> None:
    assert old in KETAMINE
    with pytest.raises(KnowledgeError) as refused:
        consent.parse_education(KETAMINE.replace(old, new, 1), name="education/ketamine.toml")
    assert said_ in refused.value.message


@pytest.mark.parametrize(
    ("old", "new", "said_"),
    [
        ('"iv/benefits"', '"iv/nothing"', "no chapter iv/nothing"),
        ('"driving"', '"flying"', "no question flying"),
        ('id = "racemic-ketamine-iv"', 'id = "other"', "as the file is called"),
        ('route = "iv"', 'route = "ear"', "ear"),
    ],
)
def test_a_broken_document_is_refused(old: str, new: str, said_: str) -> None:
    with pytest.raises(KnowledgeError) as refused:
        consent.parse_document(IV.replace(old, new, 1), name="consent/racemic-ketamine-iv.toml")
    assert said_ in refused.value.message


def test_the_words_of_the_practice_are_all_filled_in() -> None:
    for document in DOCUMENTS:
        assert not NAMED.search(json.dumps(shown(document)))
    assert set(PLACES) == PLACE


if __name__ == "__main__":
    PINNED.write_text(json.dumps(pinned(), indent=2) + "\n", "utf-8")
