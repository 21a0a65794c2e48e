"""What the pages about knowledge say in words."""

from __future__ import annotations

from typing import Any

from django import template

from upwell.office.knowledge.words import HOW, MARKS, key_words, value_words

register = template.Library()

register.filter("key_words", key_words)
register.filter("value_words", value_words)


@register.filter
def mark_words(mark: str) -> str:
    """What a mark says of a fact."""
    return str(MARKS.get(str(mark), ""))


@register.filter
def how_words(how: str) -> str:
    """What became of a fact."""
    return str(HOW.get(str(how), how))


@register.filter
def lines_of(says: Any) -> list[tuple[str, Any]]:
    """The lines of a fact, without its own name."""
    return [(key, value) for key, value in says.items() if key != "id"]
