"""Instruments by the names that people write: PHQ9, MOAA/S, C-SSRS. One spelling is kept: the id."""

from __future__ import annotations

from collections.abc import Mapping

from upwell.knowledge.edition import kept
from upwell.knowledge.loader import known_instruments

# Names that are no spelling of an id. C-SSRS alone is the screener that asks about the past month.
_ALSO_CALLED = {
    "cssrs": "c-ssrs-screener-recent",
    "cssrsrecent": "c-ssrs-screener-recent",
    "cssrsscreener": "c-ssrs-screener-recent",
    "cssrssincelast": "c-ssrs-screener-since-last",
    "cssrssincelastcontact": "c-ssrs-screener-since-last",
    "cssrssincelastvisit": "c-ssrs-screener-since-last",
    "aldrete": "modified-aldrete",
    "cgis": "cgi",
    "hamd": "ham-d17",
    "hdrs17": "ham-d17",
    "qids": "qids-sr16",
    "qidssr": "qids-sr16",
}


def instrument_named(text: str) -> str:
    """The id of the instrument that is meant; the text itself where none is known by it."""
    ids = _ids()
    known = ids.get(text)
    return known if known is not None else ids.get(_folded(text), text)


def _folded(text: str) -> str:
    """Letters and digits alone: no case, no dash, no slash."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


@kept
def _ids() -> Mapping[str, str]:
    known = known_instruments()
    also = {name: one for name, one in _ALSO_CALLED.items() if one in known}
    return {**also, **{_folded(one): one for one in known}, **{one: one for one in known}}
