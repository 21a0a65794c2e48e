"""The whole text of a consent as one person is shown it: frozen, hashed, and kept beside the signature."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from upwell.knowledge.consent import ConsentDocument, Question
from upwell.knowledge.education import Chapter, Fact, filler, when_words
from upwell.knowledge.toml_file import version_of

Text = dict[str, Any]


def consent_text(document: ConsentDocument, place: Mapping[str, str]) -> Text:
    """Everything that is read and asked, with the practice's own words put in. Made of plain JSON."""
    return {
        "document": document.id,
        "version": document.version,
        "language": document.language,
        "title": document.title,
        "substance": document.substance,
        "route": document.route,
        "off_label": document.off_label,
        "statement": document.statement,
        "chapters": [_chapter(chapter, place) for chapter in document.chapters],
        "questions": [_question(question, place) for question in document.questions],
    }


def sha256_of(text: Text) -> str:
    """The hash of a text: any change of any word changes it."""
    return version_of(text)


def _chapter(chapter: Chapter, place: Mapping[str, str]) -> dict[str, Any]:
    fill = filler(chapter.facts, place)
    return {
        "id": chapter.id,
        "title": fill(chapter.title),
        "paragraphs": [fill(one) for one in chapter.paragraphs],
        "points": [fill(one) for one in chapter.points],
        "steps": _steps(chapter, fill),
        "after": [fill(one) for one in chapter.after],
        "facts": [_fact(one) for one in chapter.facts.values()],
        "mark": str(chapter.provenance.confidence),
        "sources": [one.title for one in chapter.provenance.sources],
    }


def _steps(chapter: Chapter, fill: Callable[[str], str]) -> list[dict[str, str]]:
    return [
        {"when": when_words(one, chapter.facts, fill), "title": fill(one.title), "text": fill(one.text)}
        for one in chapter.steps
    ]


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "label": fact.label,
        "text": fact.text,
        "mark": str(fact.provenance.confidence),
        "sources": [one.title for one in fact.provenance.sources],
    }


def _question(question: Question, place: Mapping[str, str]) -> dict[str, Any]:
    fill = filler({}, place)
    return {
        "id": question.id,
        "text": fill(question.text),
        "choices": [{"id": one.id, "text": fill(one.text)} for one in question.choices],
        "right": question.right,
        "because": fill(question.because),
        "chapter": question.chapter,
    }
