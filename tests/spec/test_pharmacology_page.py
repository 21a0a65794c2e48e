"""The researchers' page on exposure prints the table that the tests run on."""

from __future__ import annotations

from pathlib import Path

from upwell.science.pharmacology import models
from upwell.science.pharmacology.validation import as_markdown, validation_table

PAGE = Path(__file__).resolve().parents[2] / "docs/guides/researcher/pharmacology.md"


def test_the_page_has_the_table_and_every_model() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert as_markdown(validation_table()) in text
    assert all(f"`{one['model']}`" in text for one in models())
