"""First-run set-up, and every later start: schema, static files, and the demo where it is asked for."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from upwell.base.errors import BadInput
from upwell.platform.home import Home

STAMP = ".collected"


def prepare(home: Home, progress: Callable[[str], None], *, demo: bool = False) -> None:
    """Bring a home up to date. What is there already is left alone, so that a second start is quick."""
    from upwell.platform.schema import close_connections, keep_knowledge, migrate, start_django

    start_django()
    try:
        migrate(progress)
        keep_knowledge()
        seal_second_steps(home)
        collect_static(home, progress)
        if demo:
            load_demo_once(home, progress)
    finally:
        close_connections()  # whoever serves afterwards needs none of them


def seal_second_steps(home: Home) -> None:
    """Seal the secrets of second steps that an older version, or a restored backup, left open."""
    from django.conf import settings

    from upwell.office.doors.second_steps import seal_open_ones

    if home.secret_if_any("django") == settings.SECRET_KEY:  # never with a key that ends with this process
        seal_open_ones()


def collect_static(home: Home, progress: Callable[[str], None]) -> None:
    """Copy the pages' styles and scripts to where they are served from, when they have changed."""
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    from upwell.platform.packed import ENDING, pack

    digest = hashlib.sha256(ENDING.encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = os.stat(storage.path(name))
            digest.update(f"{name}:{stat.st_size}:{stat.st_mtime_ns}\n".encode())
    stamp = home.static / STAMP
    if stamp.is_file() and stamp.read_text() == digest.hexdigest():
        return
    progress("Collecting styles and scripts …")
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    pack(home.static)
    _readable(home.static)
    stamp.write_text(digest.hexdigest())


def _readable(folder: Path) -> None:
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


def load_demo_once(home: Home, progress: Callable[[str], None]) -> None:
    """Load the demo practices, unless they are there; a home with real practices is refused."""
    from upwell.people.models import Practice
    from upwell.platform.demo import load_demo

    if Practice.objects.filter(is_demo=False).exists():
        raise BadInput(
            f"{home.root} holds a real practice. The demo lets anybody in, so it needs a home of its own: "
            "name one with --home."
        )
    home.mark_as_demo()
    load_demo(progress)
