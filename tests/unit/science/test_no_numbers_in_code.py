"""No clinical number stands in Python: in science and in rules there is no number but 0 and 1."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import upwell

ROOT = Path(upwell.__file__).parent
MODULES = sorted(
    {
        *ROOT.glob("science/scoring/**/*.py"),
        *ROOT.glob("science/measures/**/*.py"),
        *ROOT.glob("pathway/*/rules.py"),
    }
)


@pytest.mark.parametrize("module", MODULES, ids=[str(path.relative_to(ROOT)) for path in MODULES])
def test_only_zero_and_one(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    numbers = [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value not in (0, 1)
    ]
    assert numbers == []
