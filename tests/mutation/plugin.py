"""What every mutant needs of pytest: things that were made of code before the mutant came are made anew."""

from __future__ import annotations

import functools
import gc
import sys
from typing import Any

HELD = (("upwell.science.scoring.compiled", "_READY"), ("upwell.science.session.going", "_kept"))


def pytest_sessionstart(session: Any) -> None:
    """A mutant runs in a fork of a process in which instruments were compiled and conditions compared already."""
    for one in gc.get_objects():
        made_by = str(getattr(one, "__module__", ""))
        if isinstance(one, functools._lru_cache_wrapper) and made_by.startswith("upwell.science"):
            one.cache_clear()
    for module, name in HELD:
        if module in sys.modules:
            getattr(sys.modules[module], name).clear()
