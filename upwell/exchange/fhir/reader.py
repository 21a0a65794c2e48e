"""Reading resources out of NDJSON files and Bundles, one at a time, with the place where each stands."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import orjson

from upwell.exchange.fhir.bundle import LARGEST_RESOURCE, MB, Broken, Entry, Head, read_entries, read_head
from upwell.exchange.fhir.doubles import refuse_doubles
from upwell.exchange.fhir.files import Source
from upwell.exchange.fhir.places import Place, Refusal, Wrong
from upwell.exchange.fhir.shapes import Json
from upwell.exchange.fhir.validate import has_nul
from upwell.exchange.fhir.versions import check_stated_version

BOM = b"\xef\xbb\xbf"
READ_BUNDLES = {"collection", "transaction", "batch", "searchset", "document"}
DELETION = "(deletion)"
NO_RESOURCE = "(entry without a resource)"
NEXT_PAGE = "(a further page that the Bundle names but does not hold)"
DEEPEST = 100
TOO_DEEP = f"is nested deeper than {DEEPEST} levels"
EXPORT_LOG = "(export log)"
EXPORT_MANIFEST = "(export manifest)"


@dataclass(frozen=True, slots=True)
class Item:
    """A resource as it stands in the input, and where. ``scope`` tells the Bundles of one input apart."""

    place: Place
    body: bytes
    resource: Any
    full_url: str = ""
    scope: int = 0


@dataclass(frozen=True, slots=True)
class Aside:
    """Something that is no resource and is left aside, counted under its name."""

    place: Place
    kind: str


Read = Item | Aside | Refusal


class Reader:
    """Reads one file after the other; ``on_bytes`` hears how much was read."""

    def __init__(self, on_bytes: Callable[[int], None] = lambda _count: None) -> None:
        self._on_bytes = on_bytes
        self._scope = 0

    def read(self, source: Source) -> Iterator[Read]:
        """Everything in a file, in its order."""
        trouble = _trouble_at_start(source)
        if trouble:
            yield Refusal(Place(source.name), trouble)
            return
        try:
            if _holds_lines(source):
                yield from self._lines(source)
            else:
                yield from self._document(source)
        except OSError as error:
            yield Refusal(Place(source.name), f"can't be read any further ({error.strerror})")

    def _lines(self, source: Source) -> Iterator[Read]:
        with source.path.open("rb") as stream:
            number, blank = 0, True
            while line := stream.readline(LARGEST_RESOURCE + 1):
                number += 1
                place = Place(source.name, number)
                size = len(line)
                if size > LARGEST_RESOURCE and not line.endswith(b"\n"):
                    size += _skip_line(stream)
                    yield Refusal(place, f"is longer than {LARGEST_RESOURCE // MB} MB")
                    blank = False
                else:
                    text = (line.removeprefix(BOM) if number == 1 else line).strip()
                    if text:
                        blank = False
                        yield from self._line(place, text)
                self._on_bytes(size)
            if blank:
                yield Refusal(Place(source.name), "is empty")

    def _line(self, place: Place, text: bytes) -> Iterator[Read]:
        try:
            resource = parse(text)
        except Wrong as wrong:
            yield Refusal(place, wrong.reason)
            return
        if isinstance(resource, dict) and resource.get("resourceType") == "Bundle":
            yield from self._bundle(io.BytesIO(text), Head(_plain(resource)), place)
        else:
            yield _item_or_aside(Item(place, text, resource))

    def _document(self, source: Source) -> Iterator[Read]:
        place = Place(source.name)
        try:
            with source.path.open("rb") as stream:
                head = read_head(stream)
        except Broken as broken:
            yield Refusal(Place(source.name, broken.line), broken.reason)
            return
        if head.kind == "Bundle":
            with source.path.open("rb") as stream:
                yield from self._bundle(Counted(stream, self._on_bytes), head, place)
        elif source.size > LARGEST_RESOURCE:
            yield Refusal(place, f"is one resource of more than {LARGEST_RESOURCE // MB} MB")
        else:
            self._on_bytes(source.size)
            yield from self._line(Place(source.name, 1), source.path.read_bytes().removeprefix(BOM).strip())

    def _bundle(self, stream: BinaryIO | Counted, head: Head, place: Place) -> Iterator[Read]:
        self._scope += 1
        try:
            _check_bundle(head)
        except Wrong as wrong:
            yield Refusal(place, wrong.reason, "Bundle", wrong.field)
            return
        if head.has_next_page:
            yield Aside(place, NEXT_PAGE)
        number = 0
        try:
            for entry in read_entries(stream):  # type: ignore[arg-type]
                number = entry.number
                yield from self._entry(entry, place)
        except Broken as broken:
            line = place.line or broken.line
            yield Refusal(
                Place(place.file, line, number + 1), f"{broken.reason}; nothing behind it can be read"
            )

    def _entry(self, entry: Entry, place: Place) -> Iterator[Read]:
        here = Place(place.file, place.line or entry.line, entry.number)
        if entry.trouble:
            yield Refusal(here, entry.trouble)
        elif not entry.text or entry.text == "null":
            yield Aside(here, DELETION if entry.method == "DELETE" else NO_RESOURCE)
        else:
            body = entry.text.encode()
            try:
                resource = parse(body)
            except Wrong as wrong:
                yield Refusal(here, wrong.reason)
                return
            if isinstance(resource, dict) and resource.get("resourceType") == "Bundle":
                yield Refusal(here, "is a Bundle inside a Bundle, which is not read", "Bundle")
            else:
                yield Item(here, body, resource, entry.full_url, self._scope)


class Counted:
    """A stream that tells how much was read from it."""

    def __init__(self, stream: BinaryIO, on_bytes: Callable[[int], None]) -> None:
        self._stream = stream
        self._on_bytes = on_bytes

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        raw = self._stream.read(size)
        self._on_bytes(len(raw))
        return raw


def parse(text: bytes) -> Any:
    """One JSON value; says in words what is wrong with it, and never what stands in it."""
    if b"\x00" in text:
        raise Wrong("holds a NUL character")
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        try:
            text.decode("utf-8")
        except UnicodeDecodeError as bad:
            raise Wrong(f"is not valid UTF-8 (byte {bad.start + 1})") from None
        if text.startswith(BOM):
            raise Wrong(
                "starts with a byte order mark in the middle of the file (were two files joined?)"
            ) from None
        raise Wrong(f"is not valid JSON ({_json_words(error)})") from None
    if b"\\u0000" in text and has_nul(value):
        raise Wrong("holds a NUL character")
    refuse_doubles(text)
    if text.count(b"{") + text.count(b"[") > DEEPEST and is_deep(value):
        raise Wrong(TOO_DEEP)
    return value


def is_deep(value: Any) -> bool:
    """Whether objects and lists stand in each other deeper than any record does."""
    layer = [value]
    for _ in range(DEEPEST):
        layer = [
            part
            for outer in layer
            if isinstance(outer, dict | list)
            for part in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return bool(layer)


def _json_words(error: orjson.JSONDecodeError) -> str:
    if "depth" in error.msg or "recursion" in error.msg.lower():
        return "nested too deeply"
    if error.msg.startswith("unexpected end"):
        return "it ends in the middle"
    return f"column {error.colno}" if error.lineno == 1 else f"line {error.lineno}, column {error.colno}"


def _trouble_at_start(source: Source) -> str:
    if source.size == 0:
        return "is empty"
    with source.path.open("rb") as stream:
        start = stream.read(4)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "is written in UTF-16; FHIR files are UTF-8. Save it as UTF-8"
    if start.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        return "is compressed; unpack it first"
    if start.removeprefix(BOM).startswith(b"<"):
        return "is XML or HTML; FHIR is read as JSON"
    return ""


def _holds_lines(source: Source) -> bool:
    """Whether a file holds one resource to a line: by its first two lines, and by its name where they don't tell."""
    with source.path.open("rb") as stream:
        first, second = _next_line(stream), _next_line(stream)
    if source.holds_lines:
        one_over_many_lines = first in (b"{", b"[") and not _is_whole(second)
        return not one_over_many_lines
    return bool(second) and _is_whole(first)


def _next_line(stream: BinaryIO) -> bytes:
    """The next line that is not blank, as far as a line may go."""
    while line := stream.readline(LARGEST_RESOURCE + 1):
        if text := line.removeprefix(BOM).strip():
            return text
    return b""


def _is_whole(text: bytes) -> bool:
    try:
        return isinstance(orjson.loads(text), dict)
    except orjson.JSONDecodeError:
        return False


def _check_bundle(head: Head) -> None:
    check_stated_version(head.members)
    kind = head.members.get("type")
    if not isinstance(kind, str) or not kind:
        raise Wrong("is missing", "type")
    if kind not in READ_BUNDLES:
        raise Wrong(f"is not a kind of Bundle that is read ({', '.join(sorted(READ_BUNDLES))})", "type")


def _plain(bundle: Json) -> Json:
    return {name: value for name, value in bundle.items() if name != "entry"}


def _item_or_aside(item: Item) -> Read:
    """Exports come with a log and a manifest, which are JSON but no resources."""
    found = item.resource
    if isinstance(found, dict) and "resourceType" not in found:
        if {"exportId", "eventId"} <= found.keys():
            return Aside(item.place, EXPORT_LOG)
        if {"transactionTime", "output"} <= found.keys():
            return Aside(item.place, EXPORT_MANIFEST)
    return item


def _skip_line(stream: BinaryIO) -> int:
    skipped = 0
    while piece := stream.readline(MB):
        skipped += len(piece)
        if piece.endswith(b"\n"):
            break
    return skipped
