"""Static files as browsers get them: packed beforehand, and kept for a year where the name tells the content."""

from __future__ import annotations

import gzip
from http import HTTPStatus
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

ENDING = ".gz"  # of the name of a file's packed copy
PACKABLE = frozenset({".css", ".js", ".json", ".svg", ".txt", ".webmanifest"})
YEAR_S = 365 * 24 * 3600


def pack(folder: Path) -> None:
    """Lay a packed copy beside each file that becomes smaller by it: on a slow line that is what people wait for."""
    for file in [one for one in folder.rglob("*") if one.suffix in PACKABLE]:
        plain = file.read_bytes()
        packed = gzip.compress(plain, mtime=0)
        if len(packed) < len(plain):
            file.with_name(file.name + ENDING).write_bytes(packed)


class Static(StaticFiles):
    """Static files, packed for whoever takes them so; a name that carries its content's hash may be kept for a year."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        takes_packed = "gzip" in Headers(scope=scope).get("accept-encoding", "")
        packed = takes_packed and self.lookup_path(path + ENDING)[1] is not None
        response = await super().get_response(path + ENDING if packed else path, scope)
        if packed and response.status_code == HTTPStatus.OK:
            response.headers["Content-Encoding"] = "gzip"
        hashed = len(path.rsplit("/", 1)[-1].split(".")) > 2
        response.headers["Cache-Control"] = (
            f"public, max-age={YEAR_S}, immutable" if hashed else "public, max-age=300"
        )
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
