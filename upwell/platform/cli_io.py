"""What commands that speak JSON share: reading an argument, printing a result, the exit code."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar

import typer
from typer.core import TyperGroup

from upwell.base.errors import BadInput, NotFound, Unavailable, UpwellError

P = ParamSpec("P")
R = TypeVar("R")

EXIT_BAD_INPUT = 2
EXIT_ERROR = 1
EXIT_PARTLY = 3  # it was done, but for what was refused and listed

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_json_argument(text: str, *, name: str = "FILE") -> Any:
    """The JSON that an argument names: a path, ``-`` for standard input, or the JSON itself.

    JSON itself begins with ``{`` or ``[``. Refuses with ``BadInput`` what could be read in two ways:
    duplicate keys, NaN and infinities, NUL, text that is not UTF-8. The mark of UTF-8 at the start is left out.
    """
    raw, where = _read_argument(text, name)
    return parse_json(raw, where=where)


def read_text_argument(text: str, *, name: str = "FILE") -> tuple[str, str]:
    """The text that an argument names, in the same three ways, and how errors call it."""
    raw, where = _read_argument(text, name)
    return _decode(raw, where), where


def _read_argument(text: str, name: str) -> tuple[bytes, str]:
    if text.lstrip().startswith(("{", "[")):
        return text.encode("utf-8", "surrogateescape"), name
    if text == "-":
        return sys.stdin.buffer.read(), "standard input"
    return _read_file(text, name), text


def parse_json(raw: bytes, *, where: str) -> Any:
    """Strict JSON from bytes; ``where`` names the input in errors."""
    text = _decode(raw, where)
    try:
        return json.loads(
            text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant, parse_float=_finite
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise BadInput(f"{where} is not valid JSON: {error.msg} at {place}.", path=place) from None
    except RecursionError:
        raise BadInput(f"{where} is nested too deeply to be read.") from None
    except ValueError:  # Python refuses whole numbers of thousands of digits
        raise BadInput(f"{where} holds a number with too many digits.") from None


def _read_file(name: str, argument: str) -> bytes:
    if not name:
        raise BadInput(f"{argument} is empty. Give a path, - for standard input, or JSON.")
    path = Path(name)
    try:
        if path.is_dir():
            raise BadInput(f"{name} is a folder; {argument} must be a file, - or JSON.")
        return path.read_bytes()
    except FileNotFoundError:
        raise BadInput(
            f"There is no file {name}. {argument} may be a path, - or JSON that starts with {{."
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadInput(f"{name!r} can't be read: {reason}.") from None


def _decode(raw: bytes, where: str) -> str:
    if raw.startswith(_UTF16_MARKS):
        raise BadInput(f"{where} begins with a byte-order mark of UTF-16. Save it as UTF-8.")
    raw = raw.removeprefix(_UTF8_MARK)
    if not raw.strip():
        raise BadInput(f"{where} is empty.")
    if b"\0" in raw:
        raise BadInput(f"{where} holds a NUL byte at byte {raw.index(0)}; it is not a text file.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadInput(
            f"{where} is not UTF-8 (line {line}). Save it as UTF-8.", path=f"line {line}"
        ) from None


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise BadInput(f"“{key}” is there twice. Keep one.", path=key)
        found[key] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise BadInput(f"{name} is not a number in JSON. Leave the value out, or give null.")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise BadInput(f"The number {text[:20]} is too large.")
    return number


def print_json(document: Any) -> None:
    """Print a result as JSON, in whatever encoding the terminal has."""
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    typer.echo(_encodable(text, encoding))


def print_text(text: str) -> None:
    """Print a line for people; what an old terminal can't write is escaped rather than an error."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    typer.echo(text.encode(encoding, "backslashreplace").decode(encoding))


def _encodable(text: str, encoding: str) -> str:
    """The text, with JSON's own escapes for what the encoding can't write (half a pair, old terminals)."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return json.dumps(json.loads(text), indent=2)
    return text


def run(command: Callable[P, R]) -> Callable[P, R]:
    """Wrap a command: an error becomes a sentence on stderr, JSON with ``as_json``, and an exit code."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except UpwellError as error:
            fail(error, as_json=bool(kwargs.get("as_json")))
        except Exception as error:
            if (known := _in_words(error)) is None:
                raise  # a fault of ours: its trace is what helps
            fail(known, as_json=bool(kwargs.get("as_json")))

    return wrapped


_WANTS_JSON = "upwell.json"


class Commands(TyperGroup):
    """The command line, whose refusals of options and arguments speak JSON too, where ``--json`` asks for it."""

    def make_context(self, info_name: str | None, args: list[str], *more: Any, **extra: Any) -> Any:
        """Read the options before the command's name."""
        wanted = "--json" in args
        with _refusals_as_json(wanted):
            context = super().make_context(info_name, args, *more, **extra)
        context.meta[_WANTS_JSON] = wanted
        return context

    def invoke(self, ctx: Any) -> Any:
        """Read the command's own options, and run it."""
        with _refusals_as_json(ctx.meta[_WANTS_JSON]):
            return super().invoke(ctx)


@contextmanager
def _refusals_as_json(wanted: bool) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # the library's own errors have no public name in common but this method
        say = getattr(error, "format_message", None)
        if wanted and say is not None:
            option = getattr(getattr(error, "param", None), "opts", [None])[0]
            print_json(BadInput(str(say()), path=getattr(error, "option_name", None) or option).as_json())
        raise


def _in_words(error: Exception) -> UpwellError | None:
    """What the machine does to a command, as a sentence; nothing for what is our own fault."""
    if isinstance(error, UnicodeEncodeError) and any(not _is_utf8(word) for word in sys.argv):
        return BadInput("An option or argument is not UTF-8 text. Write it anew.")
    # By name: most commands never load the database's driver.
    if {"OperationalError", "InterfaceError", "AdminShutdown"} & {
        kind.__name__ for kind in type(error).__mro__
    }:
        said = str(error).strip().splitlines()
        return Unavailable(
            f"The database went away or does not answer ({said[0] if said else type(error).__name__}). "
            "What was not finished was not kept. Run the same command again; upwell doctor shows what is wrong."
        )
    if isinstance(error, OSError) and error.errno is not None and not isinstance(error, BrokenPipeError):
        where = f"{error.filename}: " if error.filename else ""
        return Unavailable(f"{where}{error.strerror}. Mend that and run the same command again.")
    return None


def _is_utf8(word: str) -> bool:
    try:
        word.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def fail(error: UpwellError, *, as_json: bool = False) -> NoReturn:
    """End the command: 2 for input that can't be taken, 1 for anything else."""
    place = f" [{error.path}]" if error.path else ""
    sentence = f"Error: {error.message}{place}"
    typer.echo(sentence.encode("utf-8", "backslashreplace").decode(), err=True)
    if as_json:
        print_json(error.as_json())
    raise typer.Exit(EXIT_BAD_INPUT if isinstance(error, BadInput | NotFound) else EXIT_ERROR)
