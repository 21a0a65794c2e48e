"""An import in a process of its own, to be killed (``kill-me``) or measured (``measure``)."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any
from uuid import UUID


def peak_of_this_program_mb() -> int:
    """The most memory this program held. (``ru_maxrss`` would count the test that started it as well.)"""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def main(what: str, database: str, practice_id: str, path: str) -> None:
    """Import ``path`` in batches into a database of the tests."""
    import django

    django.setup()
    from django.conf import settings

    from upwell.access.system import system_actor
    from upwell.exchange.fhir import import_fhir

    settings.DATABASES["default"]["NAME"] = database

    def kill(done: int, total: int | None) -> None:
        if total and done >= 0.8 * total:
            os.kill(os.getpid(), signal.SIGKILL)

    options: dict[str, Any] = {"batches_over_bytes": 20 << 20}
    if what == "kill-me":
        options = {"batches_over_bytes": 1, "batch": 500, "progress": kill}
    practice = UUID(practice_id)
    report = import_fhir(Path(path), practice_id=practice, by=system_actor("import", practice), **options)
    found = {
        "added": report.total("added"),
        "refused": len(report.refusals),
        "in_batches": report.in_batches,
        "peak_mb": peak_of_this_program_mb(),
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
