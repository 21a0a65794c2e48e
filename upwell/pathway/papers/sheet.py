"""A sheet as a PDF, from plain data: made anew each time, and of the same data always the same."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import typst
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

TEMPLATE = Path(__file__).parent / "paper" / "sheet.typ"
NO_GLYPH = "could not be displayed with font"  # as typst says it
LONG_WORD = re.compile(r"\S{30}(?=\S)")


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a sheet: facts, a table, points, paragraphs; what is empty is left out."""

    title: str
    facts: list[list[str]] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    points: list[str] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.facts or self.rows or self.points or self.paragraphs)


def sheet(
    *,
    title: str,
    practice: Any,
    facts: list[list[str]],
    sections: list[Section],
    footer: str,
    mark: str = "",
    note: str = "",
) -> dict[str, Any]:
    """All that stands on the paper, as plain text that can be kept."""
    return {
        "title": title,
        "practice": practice.name,
        "language": "en",
        "letter": practice.jurisdiction == "US",
        "footer": footer,
        "facts": facts,
        "mark": mark,
        "note": note,
        "sections": [asdict(one) for one in sections if not one.is_empty],
    }


def fingerprint(content: dict[str, Any]) -> str:
    """The hash of what stands on the paper."""
    said = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def pdf_of(content: dict[str, Any], at: datetime) -> bytes:
    """The PDF, tagged for screen readers (PDF/UA-1); where a letter is in no font, the paper says so instead."""
    try:
        return _compiled(content, at, standard="ua-1")
    except typst.TypstError as error:
        if NO_GLYPH not in str(error):
            raise
    words = _(
        "Some letters on this page can't be printed, because no font for them is installed."
        " They are kept on record as they were typed."
    )
    return _compiled({**content, "note": f"{content['note']} {words}".strip()}, at, standard=None)


def _compiled(content: dict[str, Any], at: datetime, *, standard: Literal["ua-1"] | None) -> bytes:
    inputs = {"data": json.dumps(content, ensure_ascii=False)}
    compiler = typst.Compiler(TEMPLATE, root=TEMPLATE.parent, sys_inputs=inputs)
    made = compiler.compile(format="pdf", timestamp=int(at.timestamp()), pdf_standards=standard)
    if not isinstance(made, bytes):
        raise TypeError("One document makes one file.")
    return made


def pdf_response(made: bytes, name: str) -> HttpResponse:
    """The file to download."""
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "no-store"
    return response


def isolated(words: str) -> str:
    """Words that keep their own direction, whatever stands around them; one without spaces may break over lines."""
    broken = LONG_WORD.sub(lambda found: f"{found.group()}\u200b", words)
    return f"\u2068{broken}\u2069"
