"""What people write in their own words: taken whole, or refused with the reason. Nothing is cut off silently."""

from __future__ import annotations

from django.utils.translation import gettext as _

from upwell.base.errors import BadInput
from upwell.base.limits import LONGEST_WORDS

LONGEST = LONGEST_WORDS


def own_words(text: str, *, path: str, missing: str = "", longest: int = LONGEST) -> str:
    """The words without blanks around them. ``missing`` is what to say where there are none, if there must be some."""
    words = text.replace("\x00", "").strip()
    if missing and not words:
        raise BadInput(missing, path=path)
    if len(words) > longest:
        raise BadInput(_("This is longer than %(n)d characters. Shorten it.") % {"n": longest}, path=path)
    return words
