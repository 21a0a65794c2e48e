"""How well a name fits what was typed. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from rapidfuzz.distance import OSA, JaroWinkler

from upwell.people.names import normalise

FITS = 0.76  # a word that is less like every word of a name does not mean it; steven/stephen is 0.81
BEGINS = 0.97  # an unfinished word that begins a name comes after the name itself


def fit(typed: str, names: Iterable[str]) -> float:
    """How well the best of these names fits what was typed: 1 the same words, 0 not meant.

    The order of words makes no difference, and words may be unfinished. Of three words or more, one may be
    missing from the name (a middle name that is not on record), and so may a word of two letters (*de*, *la*).
    """
    words = normalise(typed).split()
    return max((_fit(words, normalise(name).split()) for name in names), default=0.0) if words else 0.0


def _fit(typed: list[str], name: list[str]) -> float:
    # Also the family name first, without a space, as is usual in Chinese or Korean.
    joined_name = {one for a, b in pairwise(name) for one in (a + b, b + a)}
    joined = {a + b for a, b in pairwise(typed)}
    if len(typed) == 2 and joined & set(name):
        return 1.0  # "Mary Ann" for "Maryann"
    best = [
        1.0 if word in joined_name else max((_alike(word, part) for part in name), default=0.0)
        for word in typed
    ]
    missing = [word for word, score in zip(typed, best, strict=True) if score < FITS]
    found = len(typed) - len(missing)
    if missing and (found < 2 or sum(len(word) > 2 for word in missing) > 1):
        return 0.0
    return sum(score for score in best if score >= FITS) / len(typed)


def _alike(typed: str, part: str) -> float:
    if typed == part:
        return 1.0
    if part.startswith(typed):
        return BEGINS + 0.02 * len(typed) / len(part)  # the more of it is there, the better
    if len(typed) < 3:
        return 0.0
    whole = _likeness(typed, part)
    if len(part) > len(typed) and part[0] == typed[0]:
        return max(whole, BEGINS * _likeness(typed, part[: len(typed)]))
    return whole


def _likeness(one: str, other: str) -> float:
    return (JaroWinkler.similarity(one, other) + OSA.normalized_similarity(one, other)) / 2
