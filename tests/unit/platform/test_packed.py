"""Static files come packed to whoever takes them so, and as they are to everybody else."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path
from typing import Any

import pytest

from upwell.platform.packed import Static, pack

SHEET = "a { color: red }\n" * 100


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "long.1a2b.css").write_text(SHEET)
    (tmp_path / "short.css").write_text("a{}")
    (tmp_path / "picture.png").write_bytes(b"\0" * 1000)
    pack(tmp_path)
    return tmp_path


def asked(folder: Path, name: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": f"/{name}",
        "root_path": "",
        "headers": [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()],
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> Any:
        await asyncio.Event().wait()  # they say nothing more

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(Static(directory=folder)(scope, receive, send))
    found = {key.decode(): value.decode() for key, value in sent[0]["headers"]}
    return sent[0]["status"], found, b"".join(one.get("body", b"") for one in sent[1:])


def test_what_becomes_smaller_has_a_packed_copy(folder: Path) -> None:
    assert [one.name for one in folder.rglob("*.gz")] == ["long.1a2b.css.gz"]


def test_packed_for_whoever_takes_it(folder: Path) -> None:
    status, headers, body = asked(folder, "long.1a2b.css", accept_encoding="br, gzip")
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert headers["content-type"].startswith("text/css")
    assert "immutable" in headers["cache-control"]
    assert gzip.decompress(body).decode() == SHEET
    status, _headers, body = asked(
        folder, "long.1a2b.css", accept_encoding="gzip", if_none_match=headers["etag"]
    )
    assert (status, body) == (304, b"")


@pytest.mark.parametrize("name", ["long.1a2b.css", "short.css", "picture.png"])
def test_as_it_is_otherwise(folder: Path, name: str) -> None:
    encoding = "" if name.startswith("long") else "gzip"
    status, headers, body = asked(folder, name, accept_encoding=encoding)
    assert (status, headers["vary"]) == (200, "Accept-Encoding")
    assert "content-encoding" not in headers
    assert body == (folder / name).read_bytes()
