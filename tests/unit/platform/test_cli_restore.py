"""``upwell restore`` refuses what is no whole backup before it makes anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

UPWELL = [sys.executable, "-c", "from upwell.platform.cli import main; main()"]


def test_a_damaged_file_leaves_no_trace_of_a_home(tmp_path: Path) -> None:
    damaged, home = tmp_path / "damaged.upwell", tmp_path / "new"
    damaged.write_bytes(b"\x00not a backup" * 400)
    done = subprocess.run(
        [*UPWELL, "restore", str(damaged), "--yes", "--home", str(home)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert not home.exists()
