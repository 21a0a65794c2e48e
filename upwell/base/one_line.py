"""A line that somebody typed, such as a name: as it is stored."""

from __future__ import annotations

import re
import unicodedata

_JOINERS = "\u200c\u200d"  # unseen too, but Persian, Hindi and many emoji need them
# Signs that turn the direction of whatever follows them, or that nobody sees: a name can hide behind them.
_UNSEEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


def tidy(text: str) -> str:
    """Text as it is stored: one form of each letter, no unseen signs, no blanks around or in a row."""
    seen = _UNSEEN.sub("", unicodedata.normalize("NFC", text))
    return " ".join(
        "".join(c if c.isprintable() or c in _JOINERS else " " for c in seen if c != "\x00").split()
    )
