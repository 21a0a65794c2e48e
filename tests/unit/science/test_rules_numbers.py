"""No clinical number stands in the rules' Python: there is no number but 0 and 1."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import upwell

ROOT = Path(upwell.__file__).parent
MODULES = sorted(ROOT.glob("science/rules/*.py"))


@pytest.mark.parametrize("module", MODULES, ids=[path.name for path in MODULES])
def test_only_zero_and_one(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    numbers = [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value not in (0, 1)
    ]
    assert MODULES
    assert numbers == []


@pytest.mark.parametrize("module", MODULES, ids=[path.name for path in MODULES])
def test_no_django_and_no_clock(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert "django" not in text
    assert "upwell.base.clock" not in text
    assert ".now(" not in text
    assert ".today()" not in text.replace("self.today()", "").replace("case.today()", "")
