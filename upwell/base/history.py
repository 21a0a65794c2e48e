"""Row history: a trigger keeps the former row at every change, whoever makes it and however."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pghistory


def keeps_history(*, but: Sequence[str] = ()) -> Any:
    """The class decorator for a model whose former rows are kept, append-only, in ``<model>event``.

    A change of nothing but the fields in ``but`` (counters, say) is not kept.
    """
    changed = pghistory.AnyChange(exclude=list(but)) if but else pghistory.AnyChange()
    former = pghistory.UpdateEvent(row=pghistory.Old, condition=changed)
    return pghistory.track(former, context_field=None, append_only=True)  # type: ignore[arg-type]
