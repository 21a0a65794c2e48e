"""Every pair of colours that carries text can be read, in light, in dark and in the treatment room."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import upwell.web

CSS = Path(upwell.web.__file__).parent / "static" / "upwell" / "css"
TOKENS = (CSS / "tokens.css").read_text("utf-8")
BLOCKS = {
    "light": r':root, \[data-theme="light"\] \{(.*?)\}',
    "dark": r'\n  \[data-theme="dark"\] \{(.*?)\}',
    "dark by system": r":root:not\(\[data-theme\]\) \{(.*?)\}",
    "session": r'\[data-theme="session"\] \{(.*?)\}',
}
TEXT = 4.5  # WCAG 2.2, 1.4.3
SHAPE = 3.0  # WCAG 2.2, 1.4.11
TONES = ("good", "caution", "decision", "danger")
TEXT_PAIRS = [
    *[(ink, ground) for ink in ("ink", "ink-soft") for ground in ("paper", "surface", "sunk")],
    *[(water, ground) for water in ("water", "water-deep") for ground in ("paper", "surface")],
    ("on-water", "water"), ("on-water", "water-deep"), ("on-water-soft", "water-soft"), ("ink", "water-soft"),
    *[(ink, ground) for ink in ("on-deep", "on-deep-soft") for ground in ("deep", "deep-2")],
    *[(tone, ground) for tone in TONES for ground in ("paper", "surface", f"{tone}-soft")],
    ("ink", "danger-soft"), ("ink-soft", "danger-soft"), ("on-danger-solid", "danger-solid"),
    *[("ink", f"band-{level}") for level in range(5)],
]  # fmt: skip
SHAPE_PAIRS = [
    ("focus", "paper"), ("focus", "surface"), ("focus-on-deep", "deep"), ("focus-on-deep", "deep-2"),
    ("line-strong", "paper"), ("line-strong", "surface"), ("danger", "surface"),
    *[("water", f"band-{level}") for level in range(5)],
    *[("decision", ground) for ground in ("surface", "band-0")],
]  # fmt: skip


def tokens(theme: str) -> dict[str, str]:
    block = re.search(BLOCKS[theme], TOKENS, re.DOTALL)
    assert block, theme
    return dict(re.findall(r"--([a-z0-9-]+):\s*([^;]+);", block.group(1)))


def luminance(colour: str) -> float:
    def linear(part: str) -> float:
        value = int(part, 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(colour[place : place + 2]) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_the_ratio_that_wcag_defines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark", "session"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_can_be_read(theme: str, ink: str, ground: str) -> None:
    have = tokens(theme)
    assert contrast(have[ink], have[ground]) >= TEXT, f"{theme}: --{ink} on --{ground}"


@pytest.mark.parametrize("theme", ["light", "dark", "session"])
@pytest.mark.parametrize(("shape", "ground"), SHAPE_PAIRS)
def test_shapes_that_mean_something_can_be_seen(theme: str, shape: str, ground: str) -> None:
    have = tokens(theme)
    assert contrast(have[shape], have[ground]) >= SHAPE, f"{theme}: --{shape} on --{ground}"


def test_dark_is_the_same_whether_chosen_or_asked_for_by_the_system() -> None:
    assert tokens("dark") == tokens("dark by system")


def test_no_colour_stands_outside_the_tokens() -> None:
    allowed = {"tokens.css", "print.css"}
    for path in CSS.glob("*.css"):
        if path.name not in allowed:
            found = set(re.findall(r"#[0-9a-f]{3,8}\b|\brgba?\([^)]*\)", path.read_text("utf-8")))
            assert found <= {"#fff"}, (path.name, found)


def test_every_named_token_exists() -> None:
    known = set(re.findall(r"--([a-z0-9-]+):", "".join(p.read_text("utf-8") for p in CSS.glob("*.css"))))
    for path in CSS.glob("*.css"):
        used = set(re.findall(r"var\(--([a-z0-9-]+)", path.read_text("utf-8")))
        assert used <= known, (path.name, used - known)
