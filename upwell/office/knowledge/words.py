"""Marks and changes in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upwell.knowledge.carrying import Outcome, OwnPolicy
from upwell.knowledge.changes import How
from upwell.knowledge.errors import KnowledgeError
from upwell.knowledge.gates.loader import load_fact_book
from upwell.knowledge.said import JOINING, say

MARKS: dict[str, str | Promise] = {
    "V": gettext_lazy("read in the source itself"),
    "H": gettext_lazy("well established, general knowledge"),
    "M": gettext_lazy("fairly sure; somebody has to verify it"),
    "L": gettext_lazy("unsure; somebody has to verify it"),
    "C": gettext_lazy("local policy: a convention, no guideline says it; the medical director signs for it"),
    "NR": gettext_lazy("not known: no source was found, and no number is made up"),
}
HOW: dict[str, str | Promise] = {
    How.ADDED: gettext_lazy("new"),
    How.REMOVED: gettext_lazy("gone"),
    How.CHANGED: gettext_lazy("changed"),
}
LICENCES: dict[str, str | Promise] = {
    "PD": gettext_lazy("public domain"),
    "FREE": gettext_lazy("free to use"),
    "ATTR": gettext_lazy("free with conditions, such as naming the source or no commercial use"),
    "PERM": gettext_lazy("ask the owner first"),
    "PROP": gettext_lazy("licensed by its owner"),
}
TEXT: dict[str, str | Promise] = {
    "verbatim": gettext_lazy("in its own words"),
    "own": gettext_lazy("Upwell's own words"),
    "short-titles": gettext_lazy("short titles; the wording does not ship"),
    "licensed": gettext_lazy("item numbers and answers; the wording does not ship"),
    "loaded": gettext_lazy("the wording that this practice loaded"),
}
OUTCOMES: dict[str, str | Promise] = {
    Outcome.TAKEN: gettext_lazy("Taken along"),
    Outcome.OTHERWISE: gettext_lazy("Taken along, though Upwell says another thing than before"),
    Outcome.GONE: gettext_lazy("No local policy any more"),
    Outcome.REBUILT: gettext_lazy("Built otherwise now, so not taken along"),
    Outcome.REFUSED: gettext_lazy("Not allowed any more with your value"),
}
# What a key is called where its name alone would not tell.
KEYS: dict[str, str | Promise] = {
    "when": gettext_lazy("holds when"),
    "unless": gettext_lazy("not when"),
    "applies": gettext_lazy("applies to"),
    "message": gettext_lazy("says"),
    "unknown": gettext_lazy("says where a fact is missing"),
    "severity": gettext_lazy("severity"),
    "overridable_by": gettext_lazy("may be overridden by"),
    "id": gettext_lazy("name"),
    "confidence": gettext_lazy("mark"),
    "source": gettext_lazy("sources"),
}
SAID: dict[str, str | Promise] = {
    "yes": gettext_lazy("yes"),
    "no": gettext_lazy("no"),
    "and": gettext_lazy("and"),
    "or": gettext_lazy("or"),
    "not": gettext_lazy("not"),
}


def key_words(key: str) -> str:
    """What a line of a fact is called."""
    first, _slash, rest = key.partition("/")
    known = str(KEYS.get(first, first.replace("_", " ")))
    parts = [_fact_words(part) for part in rest.split("/") if part and part not in JOINING]
    return f"{known}: {' › '.join(parts)}" if parts else known


def _fact_words(name: str) -> str:
    """A fact as people call it, with its unit; other words as they stand."""
    plain, _space, number = name.partition(" (")
    try:
        entry = load_fact_book().entries.get(plain)
    except KnowledgeError:  # pages on knowledge open even where it can't be used
        entry = None
    if entry is None:
        return name.replace("_", " ")
    unit = f" ({entry.unit})" if entry.unit else ""
    return f"{_(entry.label)}{unit}{_space}{number}"


def value_words(value: Any) -> str:
    """A value of a knowledge file as people read it."""
    return say(value, tr=_said, fact=_fact_words, key=key_words)


def _said(word: str) -> str:
    """The few words between values."""
    return str(SAID.get(word, word))


def told_of(policies: Sequence[OwnPolicy]) -> str:
    """What became of the practice's own policies, outcome by outcome; those that need a look come first."""
    order = [*(one for one in Outcome if one is not Outcome.TAKEN), Outcome.TAKEN]
    told = {one: [policy.path for policy in policies if policy.outcome is one] for one in order}
    return " ".join(f"{OUTCOMES[one]}: {', '.join(paths)}." for one, paths in told.items() if paths)
