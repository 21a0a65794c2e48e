"""Reads the words out of a PDF as our own typesetter makes it: standard library alone, for tests."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

_STREAM = re.compile(rb"stream\r?\n")
_PAIR = re.compile(rb"<([0-9A-F]{4})>\s*<([0-9A-F]+)>")
_PLAIN = rb"\\.|[^\\()]"
_NESTED = (
    rb"\((?:" + _PLAIN + rb"|\((?:" + _PLAIN + rb")*\))*\)"
)  # pairs of brackets stand unescaped in a string
_SHOWN = re.compile(rb"\[((?:\((?:" + _PLAIN + rb"|" + _NESTED + rb")*\)|[^\]()])*)\]\s*TJ", re.DOTALL)
_STRING = re.compile(rb"\(((?:" + _PLAIN + rb"|" + _NESTED + rb")*)\)|<([0-9A-Fa-f]+)>", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def _streams(pdf: bytes) -> Iterator[bytes]:
    for found in _STREAM.finditer(pdf):
        try:
            yield zlib.decompressobj().decompress(pdf[found.end() :])
        except zlib.error:
            continue


def _escaped(found: re.Match[bytes]) -> bytes:
    what = found.group(1)
    return bytes([int(what, 8)]) if what[:1].isdigit() else _LETTERS.get(what, what)


def _letters(cmap: bytes) -> dict[int, str]:
    return {
        int(code, 16): bytes.fromhex(to.decode()).decode("utf-16-be", "replace")
        for code, to in _PAIR.findall(cmap)
    }


def _pages(pdf: bytes) -> Iterator[list[list[str]]]:
    """For each stream its runs of glyphs, read with each of the fonts: one of the readings is what stands there."""
    streams = list(_streams(pdf))
    fonts = [_letters(one) for one in streams if b"begincmap" in one]
    for stream in streams:
        runs = []
        for shown in _SHOWN.finditer(stream):
            parts = _STRING.findall(shown.group(0))
            raw = b"".join(
                bytes.fromhex(code.decode()) or _ESCAPE.sub(_escaped, text) for text, code in parts
            )
            runs.append([int.from_bytes(raw[n : n + 2], "big") for n in range(0, len(raw), 2)])
        yield [["".join(font.get(code, "\ufffd") for code in run) for run in runs] for font in fonts]


def lines_of(pdf: bytes) -> list[set[str]]:
    """Every run of glyphs with all its readings."""
    return [set(readings) for page in _pages(pdf) for readings in zip(*page, strict=True)]


def says(pdf: bytes, words: str) -> bool:
    """Whether these words stand in it, wherever its lines are broken."""
    wanted = "".join(words.split())
    return any(wanted in "".join("".join(runs).split()) for page in _pages(pdf) for runs in page)


def says_letters(pdf: bytes, words: str) -> bool:
    """Whether a line has all the letters of these words: from right to left they stand in the order of the eye."""
    wanted = sorted(words.replace(" ", ""))
    return any(
        sorted(letter for letter in reading if letter in words and letter != " ") == wanted
        for line in lines_of(pdf)
        for reading in line
    )


def pages_of(pdf: bytes) -> int:
    """How many pages it has."""
    return max(int(number) for number in re.findall(rb"/Count (\d+)", pdf))
