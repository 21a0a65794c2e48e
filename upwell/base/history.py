"""Row history: a trigger keeps the former row at every change, whoever makes it and however."""

from __future__ import annotations

from typing import Any

import pghistory


def keeps_history() -> Any:
    """The class decorator for a model whose former rows are kept, append-only, in ``<model>event``."""
    former = pghistory.UpdateEvent(row=pghistory.Old)
    return pghistory.track(former, context_field=None, append_only=True)  # type: ignore[arg-type]
