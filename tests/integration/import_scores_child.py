"""An import of scores in a process of its own, to be killed (``kill-at-once``, ``kill-in-batches``) or measured."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any
from uuid import UUID


def main(what: str, database: str, practice_id: str, path: str) -> None:
    """Import ``path`` into a database of the tests."""
    import django

    django.setup()
    from django.conf import settings

    from upwell.access.system import system_actor
    from upwell.base.errors import BadInput
    from upwell.exchange.scores import import_scores

    settings.DATABASES["default"]["NAME"] = database

    def kill(done: int, total: int | None) -> None:
        if total and done >= 0.8 * total:
            os.kill(os.getpid(), signal.SIGKILL)

    options: dict[str, Any] = {
        "kill-at-once": {"progress": kill},
        "kill-in-batches": {"progress": kill, "batches_over_bytes": 1, "batch": 500},
        "measure": {},
    }[what]
    practice = UUID(practice_id)
    by = system_actor("import", practice)
    said = ""
    try:
        import_scores(Path(path), practice_id=practice, instrument="phq-9", by=by, **options)
    except BadInput as refused:
        said = refused.message
    peak_mb = peak_of_this_program_mb()
    sys.stdout.write(json.dumps({"said": said, "peak_mb": peak_mb}))


def peak_of_this_program_mb() -> int:
    """The most memory this program held. (``ru_maxrss`` would count the test that started it as well.)"""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
