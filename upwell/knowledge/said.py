"""What a knowledge file says, in words that people read: conditions as sentences, tables as lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Translate = Callable[[str], str]

JOINING = ("any", "all")
_SIGNS = {"above": ">", "below": "<", "at_least": "≥", "at_most": "≤", "equals": "="}


def as_it_is(text: str) -> str:
    """No translation."""
    return text


def say(
    value: Any, *, tr: Translate = as_it_is, fact: Translate = as_it_is, key: Translate = as_it_is
) -> str:
    """A value in words. ``tr`` translates, ``fact`` is what a fact is called, ``key`` what a key is called."""

    def inner(one: Any) -> str:
        return say(one, tr=tr, fact=fact, key=key)

    if value is None:
        return "–"
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, list | tuple):
        return "; ".join(inner(one) for one in value) or "–"
    if isinstance(value, dict):
        return _table(value, inner, tr, fact, key)
    return str(value)


def _table(
    table: dict[str, Any], inner: Callable[[Any], str], tr: Translate, fact: Translate, key: Translate
) -> str:
    rest = dict(table)
    parts = []
    for name, joined in (("all", tr("and")), ("any", tr("or"))):
        if isinstance(rest.get(name), list):
            parts.append(f"({f' {joined} '.join(inner(one) for one in rest.pop(name))})")
    if "not" in rest:
        parts.append(f"{tr('not')} ({inner(rest.pop('not'))})")
    about = rest.pop("fact", None)
    if about is not None:
        signs = [f"{_SIGNS[one]} {inner(rest.pop(one))}" for one in _SIGNS if one in rest]
        parts.append(" ".join([fact(str(about)), *signs]))
    parts += [f"{key(name)} {inner(one)}" for name, one in rest.items()]
    return ", ".join(parts)
