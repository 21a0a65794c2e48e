"""An edition: all knowledge files as they stood at one moment. Rules run on the one that is in force.

Every loader reads through here, and keeps what it made with the edition it was made of (``kept``). Unless somebody
says otherwise with ``using``, that is the edition that comes with the product.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache, cached_property, wraps
from pathlib import Path, PurePosixPath
from typing import Any, ParamSpec, TypeVar, cast

from upwell.knowledge.errors import KnowledgeError
from upwell.knowledge.toml_file import KnowledgeFile, read_knowledge

P = ParamSpec("P")
R = TypeVar("R")

FOLDER = Path(__file__).parent


@dataclass(frozen=True, eq=False)
class Edition:
    """Texts of knowledge files by name, such as ``instruments/phq-9.toml``.

    ``filled_from`` is the edition that gave the files which this one never had (``borrowed``): a release of the product
    may bring a file that nobody could adopt yet. ``words`` is licensed wording that the practice loaded, by instrument
    and item.
    """

    texts: Mapping[str, str]
    filled_from: Edition | None = None
    borrowed: frozenset[str] = frozenset()
    words: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    made: dict[Any, Any] = field(default_factory=dict, repr=False)

    @cached_property
    def version(self) -> str:
        """The hash over all files; where some came from another edition, the hashes of both."""
        if self.filled_from is None:
            return version_of_files({name: sha256_of(text) for name, text in self.texts.items()})
        own = {name: text for name, text in self.texts.items() if name not in self.borrowed}
        return f"{Edition(own).version}+{self.filled_from.version}"


def sha256_of(text: str) -> str:
    """The hash of one file, byte for byte, as ``sha256sum`` gives it."""
    return hashlib.sha256(text.encode()).hexdigest()


def version_of_files(hashes: Mapping[str, str]) -> str:
    """The hash over a set of files: of the list that ``sha256sum`` prints for them, in the order of their names."""
    lines = "".join(f"{hashes[name]}  {name}\n" for name in sorted(hashes))
    return sha256_of(lines)


def filled(own: Mapping[str, str], packaged_one: Edition) -> Edition:
    """An edition of these texts; a file that it lacks comes from the product."""
    lacking = {name: text for name, text in packaged_one.texts.items() if name not in own}
    return Edition({**own, **lacking}, packaged_one, frozenset(lacking)) if lacking else Edition(own)


def read_folder(folder: Path) -> Edition:
    """All knowledge files below a folder, named by their place in it."""
    texts = {}
    for path in sorted(folder.rglob("*.toml")):
        name = path.relative_to(folder).as_posix()
        try:
            texts[name] = path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise KnowledgeError(f"{name}: can't be read: {error}", path=name) from None
    return Edition(texts)


@cache
def packaged() -> Edition:
    """The edition that comes with the product."""
    return read_folder(FOLDER)


_in_force: ContextVar[Edition | None] = ContextVar("upwell_edition", default=None)


def edition() -> Edition:
    """The edition that rules run on here and now."""
    return _in_force.get() or packaged()


@contextmanager
def using(wanted: Edition | None) -> Iterator[None]:
    """Everything inside is computed from this edition; None is the one that comes with the product."""
    token = _in_force.set(None if wanted is packaged() else wanted)
    try:
        yield
    finally:
        _in_force.reset(token)


def kept(make: Callable[P, R]) -> Callable[P, R]:
    """Makes a thing of knowledge once for an edition, and keeps it with that edition."""
    of_the_product = cache(make)

    @wraps(make)
    def once(*args: P.args, **kwargs: P.kwargs) -> R:
        current = _in_force.get()
        if current is None:
            return of_the_product(*args, **kwargs)  # type: ignore[arg-type]
        key = (make, args, tuple(sorted(kwargs.items())))
        if key not in current.made:
            current.made[key] = make(*args, **kwargs)
        return cast("R", current.made[key])

    return once


def text_of(name: str) -> str:
    """The text of a file of the edition in force."""
    try:
        return edition().texts[name]
    except KeyError:
        raise KnowledgeError(f"{name}: there is no such file", path=name) from None


def file_of(name: str, kind: str) -> KnowledgeFile:
    """A file of the edition in force, read and checked against the schema of its kind."""
    return read_knowledge(text_of(name), name=name, kind=kind)


def names_in(folder: str) -> list[str]:
    """The files directly in a folder of the edition in force, without their ending."""
    return sorted(_by_folder().get(folder, ()))


@kept
def _by_folder() -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in edition().texts:
        path = PurePosixPath(name)
        found.setdefault(str(path.parent), []).append(path.stem)
    return found
