"""The style sheet of every page is one file, with all its parts in their order."""

from __future__ import annotations

import re
from pathlib import Path

from django.core.files.storage import FileSystemStorage

import upwell.web
from upwell.platform.static import WHOLE, InOne

STATIC = Path(upwell.web.__file__).parent / "static"


def test_it_holds_all_that_it_names() -> None:
    for name in WHOLE:
        sheet = STATIC / name
        parts = re.findall(r'@import "([^"]+)";', sheet.read_text("utf-8"))
        assert len(parts) == sheet.read_text("utf-8").count("@import") > 1
        whole = InOne(FileSystemStorage(STATIC)).open(name).read().decode()
        assert "@import" not in whole
        assert whole.endswith("".join((sheet.parent / part).read_text("utf-8") for part in parts))


def test_the_order_of_the_layers_comes_first() -> None:
    whole = InOne(FileSystemStorage(STATIC)).open("upwell/css/every-page.css").read().decode()
    assert whole.index("@layer reset, tokens") == whole.index("@layer")
