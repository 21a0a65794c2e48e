"""Static files under names that carry their content's hash, so that browsers may keep them for a year."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from re import Match
from typing import Any

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.base import ContentFile

PACKAGE = Path(__file__).parent.parent
WHOLE = frozenset({"upwell/css/every-page.css"})
IMPORT = re.compile(r'@import "([a-z-]+\.css)";\n')


class InOne:
    """The files of a storage, a style sheet with all that it imports in its place."""

    def __init__(self, storage: Any) -> None:
        self.storage = storage

    def open(self, name: str) -> ContentFile[bytes]:
        """The sheet and its parts, in their order; the parts stand in the same folder."""
        whole = self._text(name)
        return ContentFile(
            IMPORT.sub(lambda part: self._text(str(PurePosixPath(name).with_name(part[1]))), whole).encode()
        )

    def _text(self, name: str) -> str:
        with self.storage.open(name) as file:
            text: str = file.read().decode()
        return text


class Hashed(ManifestStaticFilesStorage):
    """A file missing from the manifest must not turn the page that says what went wrong into another error.

    A module names its parts by their content too: a page never runs a new module with an old part of it.
    """

    manifest_strict = False
    support_js_module_import_aggregation = True

    def post_process(self, paths: dict[str, tuple[Any, str]], *args: Any, **options: Any) -> Iterator[Any]:
        """Sheets that import others are put together before they get their name."""
        for name in WHOLE.intersection(paths):
            storage, path = paths[name]
            paths[name] = (InOne(storage), path)
        yield from super().post_process(paths, *args, **options)

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
