"""What every template of the house keeps: no inline script or style, and every word through translation."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import upwell

ROOT = Path(upwell.__file__).parent
TEMPLATES = sorted(ROOT.glob("**/templates/**/*.html"))
SAID = {"title", "aria-label", "placeholder", "alt", "data-confirm", "data-text", "data-label"}
SAME_EVERYWHERE = {"LOINC", "SNOMED CT", "RxNorm", "ICD-10", "FHIR", "PHQ-9", "GAD-7"}  # names, not words
BLOCK = re.compile(r"\{%-?\s*(comment|blocktrans|blocktranslate)\b.*?%\}.*?\{%\s*end\1\s*%\}", re.DOTALL)
CLASSES = re.compile(r"\{%\s*block (?:\w+_class|html_attrs)\s*%\}.*?\{%\s*endblock.*?%\}", re.DOTALL)
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
INLINE = [
    (re.compile(r"<style\b", re.IGNORECASE), "a style element"),
    (re.compile(r"\sstyle\s*=", re.IGNORECASE), "a style attribute"),
    (
        re.compile(r"\son(?!e\s*=)[a-z]+\s*=", re.IGNORECASE),
        "an event attribute",
    ),  # one= is a word of templates
    (re.compile(r"javascript:", re.IGNORECASE), "a javascript: address"),
    (re.compile(r"<script(?![^>]*\b(?:src=|type=\"application/json\"))", re.IGNORECASE), "an inline script"),
    (re.compile(r"\shx-on|\"js:|'js:"), "an htmx attribute that needs eval"),
    (re.compile(r"(?:src|href)=\"https?://"), "something from another host"),
]


class BareText(HTMLParser):
    """Collects words that stand in a template without trans or blocktrans."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in {"script", "style"}
        self.found += [f"{name}={value}" for name, value in attrs if name in SAID and has_word(value or "")]

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self.hidden and has_word(data):
            self.found.append(" ".join(data.split()))


def has_word(text: str) -> bool:
    return any(letter.isalpha() for letter in text) and text.strip(" :·()") not in SAME_EVERYWHERE


def bare_text(source: str) -> list[str]:
    parser = BareText()
    parser.feed(TAG.sub("", CLASSES.sub("", BLOCK.sub("", source))))
    parser.close()
    return parser.found


def test_the_scanner_sees_what_it_should() -> None:
    assert bare_text("<p>Hello</p>") == ["Hello"]
    assert bare_text('<input placeholder="Name">') == ["placeholder=Name"]
    assert bare_text("{% trans 'Hello' %} {{ name }} · {% blocktrans %}Hi{% endblocktrans %}") == []
    assert bare_text("{% block page_class %}page--narrow{% endblock %}") == []
    assert bare_text("{% comment %}notes{% endcomment %}{# more #}") == []


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 40


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_needs_a_looser_content_security_policy(path: Path) -> None:
    source = path.read_text("utf-8")
    assert [what for pattern, what in INLINE if pattern.search(source)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_word_can_be_translated(path: Path) -> None:
    assert bare_text(path.read_text("utf-8")) == []
