"""What may be written down as an intention or a wish. Pure."""

from __future__ import annotations

from dataclasses import dataclass, fields

from upwell.base.errors import BadInput
from upwell.base.limits import LONGEST_WORDS

TOUCH = frozenset({"", "yes", "ask", "no"})


@dataclass(frozen=True, slots=True)
class Hopes:
    """An intention as it was written."""

    hope: str = ""
    change: str = ""
    show_at_session: bool = False


@dataclass(frozen=True, slots=True)
class Wishes:
    """Wishes for the setting as they were written."""

    music: str = ""
    light: str = ""
    touch: str = ""
    people: str = ""
    other: str = ""


def checked_hopes(written: Hopes) -> Hopes:
    """The intention that is stored: at least one of the two is said."""
    hopes = Hopes(_text(written.hope, "hope"), _text(written.change, "change"), written.show_at_session)
    if not hopes.hope and not hopes.change:
        raise BadInput("Write a few words in at least one of the two. One word is enough.", path="hope")
    return hopes


def checked_wishes(written: Wishes) -> Wishes:
    """The wishes that are stored; all may be left out."""
    if written.touch not in TOUCH:
        raise BadInput("Choose one of the answers about touch.", path="touch")
    found = {one.name: _text(getattr(written, one.name), one.name) for one in fields(Wishes)}
    return Wishes(**found)


def _text(written: str, path: str) -> str:
    text = written.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(text) > LONGEST_WORDS:
        raise BadInput(
            f"This is longer than {LONGEST_WORDS} characters. Shorten it: nothing of it is lost.", path=path
        )
    return text
