"""Answers that the tests give, by what they are for."""

from __future__ import annotations

from typing import Any

CALM = {str(item): 0 for item in range(1, 10)}
MODERATE = {**{str(item): 1 for item in range(1, 9)}, "1": 3, "2": 2, "9": 0}  # total 11
SUICIDAL = {**MODERATE, "9": 2}
ITEM_9_BLANK = {item: value for item, value in MODERATE.items() if item != "9"}


def fields(answers: dict[str, Any], **more: str) -> dict[str, str]:
    """The same as a form sends them."""
    return {f"item-{item}": str(value) for item, value in answers.items()} | more
