"""The examples in the docstrings run, and every public function has its equation, units, errors or example there."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
from types import ModuleType

import pytest

from upwell.science import pharmacology

MODULES = [
    importlib.import_module(f"{pharmacology.__name__}.{one.name}")
    for one in pkgutil.iter_modules(pharmacology.__path__)
]


@pytest.mark.parametrize("module", MODULES, ids=lambda one: one.__name__.rpartition(".")[2])
def test_examples_run(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("name", [one for one in pharmacology.__all__ if one[0].islower()])
def test_what_is_public_is_explained(name: str) -> None:
    said = inspect.getdoc(getattr(pharmacology, name)) or ""
    assert len(said.splitlines()[0]) > 20
    assert "Examples\n" in said or name in ("observed", "read_people")
