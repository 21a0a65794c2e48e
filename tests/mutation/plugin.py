"""What mutants need of pytest: each test makes anew what code makes once and keeps.

Else only the first test that compiles an instrument would seem to be about compiling, and a mutant, which runs in a
fork of a process in which everything was made already, would never be asked.
"""

from __future__ import annotations

import functools
import gc
import sys
from typing import Any

HELD = (("upwell.science.scoring.compiled", "_READY"), ("upwell.science.session.going", "_kept"))
_caches: list[Any] = []


def pytest_collection_finish(session: Any) -> None:
    """Find what is kept by the modules that are mutated; knowledge itself stays."""
    _caches[:] = [
        one
        for one in gc.get_objects()
        if isinstance(one, functools._lru_cache_wrapper)
        and str(getattr(one, "__module__", "")).startswith("upwell.science")
    ]


def pytest_runtest_setup(item: Any) -> None:
    """Nothing that was made before counts."""
    for cache in _caches:
        cache.cache_clear()
    for module, name in HELD:
        if module in sys.modules:
            getattr(sys.modules[module], name).clear()
