"""Which knowledge is in force: what the practice adopted, or what comes with the product. The one place that decides.

The database says it in the statement that puts the actor into the transaction; the content itself is read once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from upwell.knowledge.edition import Edition, filled, packaged, using
from upwell.knowledge.errors import KnowledgeError

Told = Sequence[str | None] | None  # place, version adopted, when licensed wording was loaded last
ASK = "upwell_knowledge()"
NAMES = re.compile(
    r"[\w.-]{1,128}(\+[\w.-]{1,128}){0,4}"
)  # of an edition, or of several that fill each other up
MOST_KEPT = 16  # editions in memory, of all practices that this process serves

_signed: ContextVar[bool] = ContextVar("upwell_knowledge_signed", default=False)
_kept: dict[tuple[str | None, ...], Edition] = {}


@contextmanager
def in_force(told: Told) -> Iterator[None]:
    """Everything inside runs on what is in force at the practice; without one, on what is in force outside."""
    if told is None:
        yield
        return
    token = _signed.set(told[1] is not None)
    try:
        with using(_edition_for(told)):
            yield
    finally:
        _signed.reset(token)


def is_signed() -> bool:
    """Whether a medical director has signed for what is in force here; else it is what comes with the product."""
    return _signed.get()


@contextmanager
def in_force_for_own_care() -> Iterator[None]:
    """The same for a person whose charts were only found inside the transaction."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(f"SELECT {ASK}")
        told = cursor.fetchone()[0]
    with in_force(told):
        yield


def edition_named(version: str) -> Edition | None:
    """An edition by its hash, as it was kept; None where this practice has none of that name."""
    if version == packaged().version:
        return packaged()
    if not NAMES.fullmatch(version):
        return None
    own, _, lent = version.partition("+")
    if lent:
        first, other = edition_named(own), edition_named(lent)
        return None if first is None or other is None else filled(first.texts, other)
    texts = _texts(own)
    return None if texts is None else Edition(texts)


def _edition_for(told: Sequence[str | None]) -> Edition | None:
    place, version, words_at = told
    if version is None and words_at is None:
        return None
    key = (version, place, words_at)
    if key not in _kept:
        if len(_kept) >= MOST_KEPT:
            _kept.pop(next(iter(_kept)), None)
        _kept[key] = _made(version, words_at)
    return _kept[key]


def _made(version: str | None, words_at: str | None) -> Edition:
    base = packaged()
    if version is not None and version != base.version:
        texts = _texts(version)
        if texts is None:
            raise KnowledgeError(f"The knowledge that this practice adopted ({version}) is not kept here.")
        base = filled(texts, base)
    return base if words_at is None else replace(base, words=_words(), made={})


def _texts(version: str) -> Mapping[str, str] | None:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(
            "SELECT files::text FROM people_knowledgeedition WHERE version = %s LIMIT 1", [version]
        )
        row = cursor.fetchone()
        if row is None:
            return None
        cursor.execute(
            "SELECT t.name, t.text FROM people_knowledgetext t"
            " WHERE (t.name, t.sha256) IN (SELECT key, value FROM jsonb_each_text(%s::jsonb))",
            [row[0]],
        )
        texts: dict[str, str] = dict(cursor.fetchall())
    if Edition(texts).version != version:
        raise KnowledgeError(f"The knowledge kept as {version} is not what was kept: its hash is another.")
    return texts


def _words() -> Mapping[str, Mapping[str, Any]]:
    """Licensed wording of the practice, the latest for each instrument."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (instrument) instrument, items::text FROM people_itemtext"
            " WHERE practice_id = (SELECT (upwell_knowledge())[1]::uuid) ORDER BY instrument, number DESC"
        )
        return {name: json.loads(items) for name, items in cursor.fetchall()}
