"""Static files under names that carry their content's hash, so that browsers may keep them for a year."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from re import Match
from typing import Any

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

PACKAGE = Path(__file__).parent.parent


class Hashed(ManifestStaticFilesStorage):
    """A file missing from the manifest must not turn the page that says what went wrong into another error.

    A module names its parts by their content too: a page never runs a new module with an old part of it.
    """

    manifest_strict = False
    support_js_module_import_aggregation = True

    def url_converter(
        self, name: str, hashed_files: Any, template: str | None = None, *more: Any
    ) -> Callable[[Match[str]], str]:
        """Only in modules of our own: the word *import* in a library may mean anything."""
        found = finders.find(name) if name.endswith(".js") else None
        if name.endswith(".js") and not (found and Path(str(found)).is_relative_to(PACKAGE)):
            return lambda match: match[0]
        if "/vendor/" in f"/{name}":
            return lambda match: match[0]
        return super().url_converter(name, hashed_files, template, *more)
