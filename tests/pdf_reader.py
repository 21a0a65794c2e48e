"""Reads the words out of a PDF as our own typesetter makes it: standard library alone, for tests."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

_STREAM = re.compile(rb"stream\r?\n")
_PAIR = re.compile(rb"<([0-9A-F]{4})>\s*<([0-9A-F]+)>")
_SHOWN = re.compile(rb"\[((?:\((?:\\.|[^\\)])*\)|[^\]()])*)\]\s*TJ", re.DOTALL)
_STRING = re.compile(rb"\(((?:\\.|[^\\)])*)\)", re.DOTALL)
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


def lines_of(pdf: bytes) -> list[set[str]]:
    """Every run of glyphs, read with each of the fonts: one of the readings is what stands there."""
    streams = list(_streams(pdf))
    fonts = [_letters(one) for one in streams if b"begincmap" in one]
    found = []
    for stream in streams:
        for shown in _SHOWN.finditer(stream):
            raw = b"".join(_ESCAPE.sub(_escaped, part) for part in _STRING.findall(shown.group(0)))
            codes = [int.from_bytes(raw[n : n + 2], "big") for n in range(0, len(raw), 2)]
            found.append({"".join(font.get(code, "\ufffd") for code in codes) for font in fonts})
    return found


def says(pdf: bytes, words: str) -> bool:
    """Whether these words stand on one line of it."""
    return any(words in reading for line in lines_of(pdf) for reading in line)


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
