"""How hard a text is to read: the Flesch-Kincaid grade, with a plain count of syllables."""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"[.!?:;](?:\s|$)")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_VOWELS = re.compile(r"[aeiouy]+")


def sentences(text: str) -> list[str]:
    """The sentences of a text; a colon ends one too, as a reader's breath does."""
    return [one.strip() for one in _SENTENCE.split(text) if _WORD.search(one)]


def words(text: str) -> list[str]:
    return _WORD.findall(text.replace("’", "'"))


def syllables(word: str) -> int:
    """Groups of vowels, without a silent e at the end."""
    plain = word.lower()
    count = len(_VOWELS.findall(plain))
    if plain.endswith("e") and not plain.endswith(("le", "ee", "ye")) and count > 1:
        count -= 1
    if plain.endswith("ed") and not plain.endswith(("ted", "ded")) and count > 1:
        count -= 1
    return max(count, 1)


def grade(texts: list[str]) -> float:
    """The school grade for which the texts are written, all together."""
    spoken = [one for text in texts for one in sentences(text)]
    said = [word for one in spoken for word in words(one)]
    if not said:
        return 0.0
    return 0.39 * len(said) / len(spoken) + 11.8 * sum(map(syllables, said)) / len(said) - 15.59
