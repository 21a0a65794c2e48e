"""Names as a search sees them: without case, accents or order, in keys that forgive spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

# Letters that Unicode does not take apart into a letter and a mark.
_LETTERS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l",
        "ħ": "h", "ı": "i", "ŋ": "n", "ə": "e", "ſ": "s",
    }
)  # fmt: skip
_APOSTROPHES = re.compile(r"['’ʼ`´]")
LONGEST_WORD = 40  # a longer one is a pasted paragraph; its beginning is enough to find it
MOST_WORDS = 12


def normalise(name: str) -> str:
    """A name in plain lower-case letters: ``"Müller-Łącki, José"`` becomes ``"muller lacki jose"``.

    Scripts without case or accents stay as they are. A name of signs alone (an emoji) stays too, so that it
    can still be found.
    """
    bare = name.casefold() if name.isascii() else _without_marks(name)
    words = "".join(c if _in_a_word(c) else " " for c in _APOSTROPHES.sub("", bare)).split()
    return " ".join(words) or " ".join(bare.replace("\x00", "").split())


def _without_marks(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name).casefold().translate(_LETTERS)
    return "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))


def _in_a_word(char: str) -> bool:
    """Letters, digits, and the vowel signs that many scripts write as marks (not those that dress an emoji)."""
    return char.isalnum() or (unicodedata.category(char)[0] == "M" and not "\ufe00" <= char <= "\ufe0f")


def words_of(*names: str) -> list[str]:
    """The words of all these names, each once, in order."""
    words = (word[:LONGEST_WORD] for name in names for word in normalise(name).split())
    return list(dict.fromkeys(words))


def _trigrams(padded: str) -> set[str]:
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


def search_keys(family: str, given: str, *others: str) -> set[str]:
    """Three-letter pieces of every word of the names, so that a likeness of spelling is a likeness of keys.

    Two blanks lead each word, so that its first letters weigh more, and one follows it: ``"Jon"`` gives
    ``"  j", " jo", "jon", "on "``. The order of the names leaves no trace.
    """
    longest_first = sorted(words_of(family, given, *others), key=lambda word: (-len(word), word))
    return {key for word in longest_first[:MOST_WORDS] for key in _trigrams(f"  {word} ")}


def query_keys(text: str) -> set[str]:
    """The keys to look for while somebody types: the last word may not be finished."""
    words = words_of(text)[:MOST_WORDS]
    keys = {key for word in words[:-1] for key in _trigrams(f"  {word} ")}
    return keys | {key for word in words[-1:] for key in _trigrams(f"  {word}")}


def full_names(family: str, given: str, human_names: Any) -> tuple[str, ...]:
    """Every name a chart holds, in full: the present one, then those in FHIR's form (a maiden name …)."""
    others = human_names if isinstance(human_names, list) else []
    names = [f"{given} {family}", *(_full_name(other) for other in others if isinstance(other, dict))]
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def _full_name(human_name: Mapping[str, Any]) -> str:
    given, family = human_name.get("given") or [], human_name.get("family") or ""
    parts = [*(map(str, given) if isinstance(given, list) else [str(given)]), str(family)]
    return " ".join(part for part in parts if part) or str(human_name.get("text") or "")
