"""Which files an import reads, and which it leaves aside."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from upwell.base.errors import BadInput

LINES = {".ndjson", ".jsonl"}
DOCUMENTS = {".json"}
PACKED = {".gz", ".zip", ".bz2", ".xz", ".zst", ".7z"}


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the input, under the name by which messages call it."""

    path: Path
    name: str
    size: int

    @property
    def holds_lines(self) -> bool:
        """Whether its name says one resource to a line."""
        return self.path.suffix.lower() in LINES


@dataclass(frozen=True, slots=True)
class Found:
    """The files of the input, and the names of those that are not read."""

    sources: tuple[Source, ...]
    ignored: tuple[str, ...]

    @property
    def size(self) -> int:
        return sum(source.size for source in self.sources)


def find_files(path: Path) -> Found:
    """The files at ``path``: itself, or every .ndjson, .jsonl and .json in the folder and its subfolders."""
    if path.is_dir():
        return _in_folder(path)
    if not path.exists():
        raise BadInput(f"There is no file or folder {path}. Check the path.", path=str(path))
    if path.suffix.lower() in PACKED:
        raise BadInput(f"{path.name} is compressed. Unpack it and import the files inside.", path=path.name)
    if not path.is_file():
        raise BadInput(f"{path} is neither a file nor a folder.", path=str(path))
    return Found((_source(path, path.name),), ())


def _in_folder(folder: Path) -> Found:
    sources: list[Source] = []
    ignored: list[str] = []
    for parent, folders, names in os.walk(folder, onerror=_closed):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        linked = (path for name in folders if (path := Path(parent, name)).is_symlink())
        ignored += [f"{_label(path, folder)}/" for path in linked]  # they may lead in circles
        for name in sorted(names):
            path = Path(parent, name)
            label = _label(path, folder)
            if name.startswith("."):
                continue
            if path.suffix.lower() in PACKED and Path(path.stem).suffix.lower() in LINES | DOCUMENTS:
                raise BadInput(f"{label} is compressed. Unpack it and start again.", path=label)
            leads_nowhere = path.is_symlink() and not path.exists()
            if path.suffix.lower() in LINES | DOCUMENTS and (path.is_file() or leads_nowhere):
                sources.append(_source(path, label))
            else:
                ignored.append(label)
    if not sources:
        raise BadInput(
            f"There is no .ndjson or .json file in {folder}. Name the folder that holds the FHIR files.",
            path=str(folder),
        )
    return Found(tuple(sorted(sources, key=lambda source: source.name)), tuple(sorted(ignored)))


def _label(path: Path, folder: Path) -> str:
    """What messages call a file, whatever the bytes of its name."""
    return path.relative_to(folder).as_posix().encode("utf-8", "backslashreplace").decode()


def _closed(error: OSError) -> None:
    """A folder that can't be looked into may hold half of the records."""
    raise BadInput(
        f"The folder {error.filename} can't be read ({error.strerror}). Check its permissions.",
        path=str(error.filename),
    ) from None


def _source(path: Path, name: str) -> Source:
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except OSError as error:
        raise BadInput(
            f"{name} can't be read ({error.strerror}). Check its permissions.", path=name
        ) from None
    return Source(path, name, size)
