"""Likely duplicates: how much two charts look like one person, and why."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from rapidfuzz.distance import JaroWinkler

from upwell.people.names import normalise
from upwell.people.rules import possible_birth_dates

NICKNAME = 0.92  # how alike two forms of one given name are, such as Peggy and Margaret
PHONE_DIGITS_COMPARED = 9  # country codes and leading zeros are written in many ways
PHONE_FEWEST_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Someone:
    """What is compared of a person. ``names`` holds every name in full: the present one, a maiden name …"""

    names: tuple[str, ...]
    birth_date: date | None = None
    birth_date_precision: str = "day"
    sex: str = "unknown"
    phone: str = ""
    email: str = ""
    identifiers: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two charts are (0 to 100), and what speaks for and against it."""

    score: int
    reasons: tuple[str, ...]
    against: tuple[str, ...]
    likely: bool
    near_certain: bool


@dataclass(frozen=True, slots=True)
class Weight:
    """The points that one observation is worth, and the words for it."""

    points: int
    reason: str
    at_least: int


@cache
def weights() -> Mapping[str, Mapping[str, Weight]]:
    """The weights as shipped in ``duplicates.toml``."""
    return {
        fact: {
            name: Weight(entry["points"], entry.get("reason", ""), entry.get("at_least", 0))
            for name, entry in table.items()
        }
        for fact, table in _data().items()
        if isinstance(table, dict)
    }


@cache
def nicknames() -> Mapping[str, frozenset[int]]:
    """Each form in ``nicknames.toml``, with the numbers of the groups that it stands in."""
    groups = tomllib.loads((Path(__file__).parent / "nicknames.toml").read_text("utf-8"))["groups"]
    forms = {form for group in groups for form in group}
    return {form: frozenset(n for n, group in enumerate(groups) if form in group) for form in forms}


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "duplicates.toml").read_text("utf-8"))


def likeness(a: Someone, b: Someone) -> Likeness:
    """How much two charts look like one person. The order of the two makes no difference."""
    found = [
        ("name", _compare_names(a.names, b.names)),
        ("birth_date", _compare_birth_dates(a, b)),
        ("sex", _compare_sex(a.sex, b.sex)),
        ("phone", "same" if _phones_agree(a.phone, b.phone) else ""),
        ("email", "same" if _emails_agree(a.email, b.email) else ""),
        ("identifier", "same" if a.identifiers & b.identifiers else ""),
    ]
    noted = [weights()[fact][observation] for fact, observation in found if observation]
    score = max(0, min(100, sum(weight.points for weight in noted)))
    data = _data()
    return Likeness(
        score=score,
        reasons=tuple(w.reason for w in noted if w.points > 0 and w.reason),
        against=tuple(w.reason for w in noted if w.points < 0 and w.reason),
        likely=score >= data["likely"],
        near_certain=score >= data["near_certain"],
    )


def nothing_in_common(a: Someone, b: Someone) -> bool:
    """Whether they can't be one person: another name, another birth date, and no number that both carry."""
    return (
        _compare_names(a.names, b.names) == "unlike"
        and _compare_birth_dates(a, b) == "different"
        and not a.identifiers & b.identifiers
    )


def name_likeness(one: str, other: str) -> float:
    """How alike two names are, 0 to 100, whatever the order of their words.

    Each word of the shorter name is paired with its best partner in the longer one; a word left over
    (a middle name) costs little. A lone letter is taken for an initial.
    """
    short, long = sorted(
        (normalise(one).split(), normalise(other).split()), key=lambda words: (len(words), words)
    )
    if not short:
        return 0.0
    if len(short) == 1 and short[0] in {"".join(long), "".join(reversed(long))}:
        return 100.0  # written without the space between the names, as is usual in Chinese or Korean
    left, total, weight = list(long), 0.0, 0
    pairs = sorted(product(short, long), key=lambda pair: (-_word_likeness(*pair), pair))
    waiting = list(short)
    for mine, theirs in pairs:
        if mine in waiting and theirs in left:
            waiting.remove(mine)
            left.remove(theirs)
            total += _word_likeness(mine, theirs) * len(mine)
            weight += len(mine)
    left_over = 0.97 ** len(left) if len(short) > 1 else 0.8 ** len(left)
    return 100 * left_over * total / weight


def _word_likeness(one: str, other: str) -> float:
    if 1 in {len(one), len(other)} and one[0] == other[0]:
        return 1.0 if one == other else 0.9
    if not _groups_of(one).isdisjoint(_groups_of(other)):
        return max(NICKNAME, JaroWinkler.similarity(one, other))
    return JaroWinkler.similarity(one, other)


def _groups_of(word: str) -> frozenset[int]:
    return nicknames().get(word, frozenset())


def _compare_names(ours: Iterable[str], theirs: Iterable[str]) -> str:
    pairs = list(product([n for n in ours if n.strip()], [n for n in theirs if n.strip()]))
    if not pairs:
        return ""
    best = max(name_likeness(one, other) for one, other in pairs)
    for name, weight in weights()["name"].items():
        if weight.at_least and round(best, 6) >= weight.at_least:
            return name
    in_common = any(set(normalise(one).split()) & set(normalise(other).split()) for one, other in pairs)
    return "one_in_common" if in_common else "unlike"


def _compare_birth_dates(a: Someone, b: Someone) -> str:
    if a.birth_date is None or b.birth_date is None:
        return "not_known"
    if a.birth_date_precision != "day" or b.birth_date_precision != "day":
        first_a, last_a = possible_birth_dates(a.birth_date, a.birth_date_precision)
        first_b, last_b = possible_birth_dates(b.birth_date, b.birth_date_precision)
        return "may_be_same" if first_a <= last_b and first_b <= last_a else "different"
    return _compare_days(a.birth_date, b.birth_date)


def _compare_days(one: date, other: date) -> str:
    if one == other:
        return "same"
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return "day_and_month_swapped"
    ours, theirs = f"{one:%Y%m%d}", f"{other:%Y%m%d}"
    differ = [i for i, (x, y) in enumerate(zip(ours, theirs, strict=True)) if x != y]
    if len(differ) == 1:
        return "one_digit_differs"
    if len(differ) == 2 and ours[differ[0]] == theirs[differ[1]] and ours[differ[1]] == theirs[differ[0]]:
        return "digits_swapped"
    return "different"


def _compare_sex(one: str, other: str) -> str:
    if "unknown" in {one, other}:
        return ""
    return "same" if one == other else "different"


def _phones_agree(one: str, other: str) -> bool:
    ours, theirs = ("".join(c for c in phone if c.isdecimal()) for phone in (one, other))
    if min(len(ours), len(theirs)) < PHONE_FEWEST_DIGITS:
        return False
    return ours[-PHONE_DIGITS_COMPARED:] == theirs[-PHONE_DIGITS_COMPARED:]


def _emails_agree(one: str, other: str) -> bool:
    return bool(one.strip()) and one.strip().casefold() == other.strip().casefold()
