"""An element that stands twice in one object: nobody can say which of the two was meant, so neither is taken."""

from __future__ import annotations

import json
import re
from typing import Any

from upwell.exchange.fhir.places import Wrong

_PLAIN_NAME = re.compile(r"_?[A-Za-z][A-Za-z0-9]{0,63}")


def refuse_doubles(text: bytes) -> None:
    """Refuse a JSON text in which an object has two members of one name; the quick reader keeps the last."""
    try:
        _read(text)
    except RecursionError:
        raise Wrong("is not valid JSON (nested too deeply)") from None


def said_twice(name: str) -> str:
    """The refusal in words. Only a name that could be one of FHIR's is repeated."""
    element = f"the element “{name}”" if _PLAIN_NAME.fullmatch(name) else "an element"
    return f"holds {element} twice in one object, and nothing says which is right"


def _only_once(pairs: list[tuple[str, Any]]) -> None:
    if len(pairs) == len(dict(pairs)):
        return
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise Wrong(said_twice(name))
        seen.add(name)


def _read(text: bytes) -> None:
    json.loads(text.decode(), object_pairs_hook=_only_once, parse_float=str, parse_int=str)
