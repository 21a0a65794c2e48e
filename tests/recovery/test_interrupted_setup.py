"""Killed while the database is being set up: the next start simply sets it up."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from upwell.platform.database import running
from upwell.platform.home import Home

_SET_UP = """
import sys
from upwell.platform.database import running
from upwell.platform.home import Home
with running(Home.at(sys.argv[1])):
    pass
"""


@pytest.mark.parametrize("after_seconds", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_killed_set_up(bare_home: Home, after_seconds: float) -> None:
    process = subprocess.Popen([sys.executable, "-c", _SET_UP, str(bare_home.root)])
    time.sleep(after_seconds)
    process.kill()
    process.wait()
    with running(bare_home) as databases, databases.app.connect() as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("upwell_app",)
    assert not list(bare_home.root.glob("pg.new-*"))
