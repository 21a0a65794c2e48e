"""Reads a session's log: one event a line. What can't be read is kept in quarantine with its line and reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from upwell.base.errors import BadInput
from upwell.science.session.events import Event, envelope_of, parse_event

_BLANK = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A line that is no event of the contract. ``envelope`` is there where only its body is broken."""

    line: int
    reason: str
    path: str | None
    raw: str
    id: str | None = None
    session: str | None = None
    envelope: Event | None = None

    def as_json(self) -> dict[str, Any]:
        """The line as it came, and why it was set aside."""
        return {
            "line": self.line,
            "id": self.id,
            "reason": self.reason,
            "path": self.path,
            "raw": self.raw,
        }


@dataclass(frozen=True, slots=True)
class Log:
    """What a file held: events, and lines in quarantine."""

    events: tuple[Event, ...]
    quarantined: tuple[Quarantined, ...]

    @property
    def sessions(self) -> tuple[str, ...]:
        """The ids of all sessions in it, in their order of text."""
        return tuple(sorted({event.session for event in self.events}))

    def only(self, session: str) -> Log:
        """The log of one session; broken lines stay unless they say that they are of another."""
        return replace(
            self,
            events=tuple(event for event in self.events if event.session == session),
            quarantined=tuple(one for one in self.quarantined if one.session in (None, session)),
        )


class _Refused(ValueError):
    """Valid by JSON's grammar, but it could be read in two ways."""

    def __init__(self, reason: str, path: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.path = reason, path


def read_log(text: str, *, where: str = "the log") -> Log:
    """Events and quarantine of a text: NDJSON, or a JSON array of events, or one event."""
    if not text.strip():
        raise BadInput(f"{where} is empty.")
    pieces = list(_elements(text, where) if text.lstrip(_BLANK).startswith("[") else _lines(text))
    read = [_read(place, piece) for place, piece in pieces]
    if not any(whole for _, whole in read):
        whole_text = _read(1, text.strip(_BLANK))
        if not whole_text[1]:
            raise BadInput(f"{where} is not NDJSON: no line of it is a JSON object.")
        read = [whole_text]
    found = [one for one, _ in read]
    return Log(
        tuple(one for one in found if isinstance(one, Event)),
        tuple(one for one in found if isinstance(one, Quarantined)),
    )


def of_one_session(log: Log, wanted: str | None) -> Log:
    """The log of the one session in it, or of the one that is wanted."""
    if wanted is not None:
        chosen = log.only(wanted.strip().lower())
        if not chosen.events and log.events:
            raise BadInput(
                f"There is no session {wanted} in it. There is: {', '.join(log.sessions)}.", path="session"
            )
        return chosen
    if len(log.sessions) > 1:
        counted = ", ".join(f"{one} ({len(log.only(one).events)} events)" for one in log.sessions)
        raise BadInput(
            f"This holds {len(log.sessions)} sessions: {counted}. Choose one with --session ID.",
            path="session",
        )
    return log


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines end with a line feed only; other separators may stand inside a string."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip(_BLANK):
            yield number, line.strip(_BLANK)


def _elements(text: str, where: str) -> Iterator[tuple[int, str]]:
    """The elements of a JSON array, as text, so that each is judged by itself."""
    decoder = json.JSONDecoder(parse_int=lambda _: 0)
    place, number = _skip(text, text.index("[") + 1), 0
    try:
        while text[place : place + 1] != "]" or number == 0:
            if text[place : place + 1] == "]":
                break
            _, end = decoder.raw_decode(text, place)
            number += 1
            yield number, text[place:end]
            place = _skip(text, end)
            if text[place : place + 1] == ",":
                place = _skip(text, place + 1)
            elif text[place : place + 1] != "]":
                raise BadInput(f"{where} is not a valid JSON array after its element {number}.")
    except (json.JSONDecodeError, RecursionError):
        raise BadInput(f"{where} is not a valid JSON array after its element {number}.") from None
    if text[place + 1 :].strip(_BLANK):
        raise BadInput(f"{where} goes on after the end of its JSON array.")


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in _BLANK:
        place += 1
    return place


def _read(line: int, text: str) -> tuple[Event | Quarantined, bool]:
    """The event of one line or why there is none, and whether the line is a JSON object at all."""
    try:
        document = _strict(text)
    except (ValueError, RecursionError) as error:
        reason, path, is_json = _why_not_json(error)
        return Quarantined(line, reason, path, text), is_json and text.startswith("{")
    try:
        return parse_event(document), True
    except BadInput as error:
        return _quarantined(line, text, document, error), isinstance(document, dict)


def _why_not_json(error: Exception) -> tuple[str, str | None, bool]:
    """The reason, the path, and whether it is JSON by its grammar all the same."""
    if isinstance(error, _Refused):
        return error.reason, error.path, True
    if isinstance(error, json.JSONDecodeError):
        return f"Not valid JSON: {error.msg} at column {error.colno}.", None, False
    if isinstance(error, RecursionError):
        return "Nested too deeply to be read.", None, True
    return "It holds a number with too many digits.", None, True  # Python refuses thousands of them


def _quarantined(line: int, text: str, document: Any, error: BadInput) -> Quarantined:
    envelope: Event | None = None
    with suppress(BadInput, RecursionError):
        envelope = envelope_of(document)
    outer = document if isinstance(document, dict) else {}
    session = outer.get("session")
    if isinstance(session, dict):
        session = session.get("id")
    names = {"id": outer.get("id"), "session": session}
    known = {key: value.lower() for key, value in names.items() if isinstance(value, str)}
    return Quarantined(line, error.message, error.path, text, envelope=envelope, **known)


def _strict(text: str) -> Any:
    return json.loads(
        text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant, parse_float=_finite
    )


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Refused(f"“{key[:60]}” is there twice. Keep one.", key)
        found[key] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise _Refused(f"{name} is not a number in JSON. Leave the value out, or give null.")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise _Refused(f"The number {text[:20]} is too large.")
    return number
