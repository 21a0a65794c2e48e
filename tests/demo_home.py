"""A home with the demo in it: made once, by the command that people use; who needs one takes a copy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from upwell.platform.locks import FileLock

UPWELL = [sys.executable, "-c", "from upwell.platform.cli import main; main()"]
PROCESSOR_SECONDS = 90  # of the processor, so that it matters little what else runs


def environment_of(home: Path) -> dict[str, str]:
    """What a command finds around it that works on this home."""
    environment = os.environ | {"UPWELL_HOME": str(home), "PYTHONWARNINGS": "default"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    return environment


def copied_demo_home() -> Path:
    """A home of one's own, stopped; to be removed by who took it."""
    home = Path(tempfile.mkdtemp(prefix="upwell-demo-"))
    subprocess.run(["cp", "--archive", f"{_demo_home()}/.", home], check=True)  # owners and modes come along
    return home


def _demo_home() -> Path:
    home = Path(os.environ["UPWELL_TEST_HOME"]) / "demo-home"
    lock = FileLock(home.with_suffix(".lock"))
    while not lock.take():
        time.sleep(0.2)
    try:
        if not (home / "demo").exists():
            making = home.with_suffix(".making")
            shutil.rmtree(making, ignore_errors=True)
            began = _processor_seconds()
            subprocess.run([*UPWELL, "demo"], env=environment_of(making), check=True)
            assert _processor_seconds() - began < PROCESSOR_SECONDS
            making.rename(home)
        return home
    finally:
        lock.release()


def _processor_seconds() -> float:
    """Of the commands that were waited for."""
    return os.times().children_user + os.times().children_system
