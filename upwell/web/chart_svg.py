"""Plain SVG text, built safely: every attribute and every word is escaped here."""

from __future__ import annotations

from html import escape

_CONTROL = dict.fromkeys(
    (*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF)
)


def words(text: object, limit: int = 0) -> str:
    """Text made safe for SVG; longer than ``limit`` ends in an ellipsis."""
    plain = str(text).translate(_CONTROL)
    if limit and len(plain) > limit:
        plain = plain[: limit - 1].rstrip() + "…"
    return escape(plain, quote=True)


def tag(name: str, inner: str = "", **attributes: object) -> str:
    """One element. ``inner`` is markup already; attribute names write _ for -, and a last _ is dropped."""
    parts = [name]
    for key, value in attributes.items():
        shown = f"{value:.1f}".rstrip("0").rstrip(".") if isinstance(value, float) else words(value)
        parts.append(f'{key.rstrip("_").replace("_", "-")}="{shown}"')
    head = " ".join(parts)
    return f"<{head}>{inner}</{name}>" if inner else f"<{head}/>"


def path(points: list[tuple[float, float]]) -> str:
    """A polyline's ``d``."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
