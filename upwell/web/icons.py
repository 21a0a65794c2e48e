"""Line icons (Lucide, ISC licence), inlined so that pages need no sprite and print well."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from pathlib import Path

_FOLDER = Path(__file__).parent / "icons"
_INNER = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_NAME = re.compile(r"[a-z0-9-]+")


@cache
def icon_svg(name: str, label: str = "", large: bool = False) -> str:
    """One icon as inline SVG: hidden from screen readers unless ``label`` says what it means."""
    if not _NAME.fullmatch(name) or not (path := _FOLDER / f"{name}.svg").is_file():
        raise LookupError(f"There is no icon '{name}' in upwell/web/icons; add its SVG file there.")
    match = _INNER.search(path.read_text(encoding="utf-8"))
    inner = re.sub(r"\s*\n\s*", "", match.group(1)) if match else ""
    css = "icon icon--l" if large else "icon"
    said = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return (
        f'<svg class="{css}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        f'stroke-linecap="round" stroke-linejoin="round" focusable="false" {said}>{inner}</svg>'
    )
