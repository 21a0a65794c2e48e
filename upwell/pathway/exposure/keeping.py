"""Keeps what was computed lately, each with the edition of knowledge that it was computed from."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from upwell.knowledge.edition import Edition, edition

P = ParamSpec("P")
R = TypeVar("R")


def kept_lately(most: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Answers again from memory, for the last ``most`` questions."""

    def keeping(make: Callable[P, R]) -> Callable[P, R]:
        @lru_cache(maxsize=most)
        def of_edition(_edition: Edition, *args: P.args, **kwargs: P.kwargs) -> R:
            return make(*args, **kwargs)

        @wraps(make)
        def lately(*args: P.args, **kwargs: P.kwargs) -> R:
            return of_edition(edition(), *args, **kwargs)  # type: ignore[arg-type]

        return lately

    return keeping
