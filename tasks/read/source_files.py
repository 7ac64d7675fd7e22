"""Arguments become files: a file, a folder or a glob is resolved to the sources below it, sorted."""

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from tasks.document.records import Rejected
from warehouse.errors import InputError as InputError

Kind = Literal["text", "html", "pdf", "lines", "csv", "parquet", "feed", "warc", "mail"]
KINDS: dict[str, Kind] = {
    ".txt": "text",
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
    ".jsonl": "lines",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".rss": "feed",
    ".atom": "feed",
    ".xml": "feed",
    ".warc": "warc",
    ".eml": "mail",
}
COMPRESSED = frozenset({".gz", ".zst"})
EXPECTED = ", ".join(sorted(KINDS)) + ", plain or as .gz or .zst"
SET_ASIDE = ("_", ".")


class Source(NamedTuple):
    """A file to read: its machine-independent name, where it is, and how its bytes are to be taken."""

    source_uri: str
    path: Path
    kind: Kind


def find_sources(arguments: Sequence[str | Path]) -> list[Source | Rejected]:
    """Return every file that the arguments name, each once, sorted by uri, and what could not be listed.

    Raises:
        InputError: an argument does not exist, matches nothing, or holds no readable kind of file.
    """
    sources: dict[str, Source] = {}
    rejected: dict[str, Rejected] = {}
    for argument in arguments:
        for found in find_argument(str(argument)):
            if isinstance(found, Rejected):
                rejected[found.source_uri] = found
            else:
                # A file that two names lead to is read once, under the smaller.
                real = os.path.realpath(found.path)
                sources[real] = min(found, sources.get(real, found))
    if not sources:
        told = next((f"{r.source_uri}: {r.reason}" for r in rejected.values()), "no argument")
        raise InputError(f"nothing to read: expected files of kind {EXPECTED}, found {told}")
    return sorted([*sources.values(), *rejected.values()], key=lambda found: found.source_uri)


def find_argument(argument: str) -> list[Source | Rejected]:
    """Return what one argument names, or raise InputError."""
    try:
        path = Path(argument).expanduser()
        there = path.exists()
    except (OSError, RuntimeError) as error:
        raise InputError(f"{argument}: {error}: check the path and its permissions") from error
    if there:
        found = list(find_path(path))
        if not found:
            raise InputError(f"{argument}: the folder holds no file of kind {EXPECTED}: name another")
        return found
    if not glob.has_magic(argument):
        raise InputError(f"{argument}: no such file or folder (looked in {Path.cwd()}): check the path")
    matches = list(find_matches(str(path)))
    found = [source for match in matches for source in find_path(match)]
    if not any(isinstance(source, Source) for source in found):
        raise InputError(f"{argument}: the pattern matches {len(matches)} paths, none of kind {EXPECTED}")
    return found


def find_matches(pattern: str) -> Iterator[Path]:
    """Yield the paths that a pattern matches, those in folders set aside below its fixed part left out."""
    fixed = next(i for i, part in enumerate(Path(pattern).parts) if glob.has_magic(part))
    for match in map(Path, glob.iglob(pattern, recursive=True)):  # noqa: PTH207 (takes absolute ones)
        folder = match if is_folder(match) else match.parent
        if not any(part.startswith(SET_ASIDE) for part in folder.parts[fixed:]):
            yield match


def find_path(path: Path) -> Iterator[Source | Rejected]:
    """Yield the sources below a folder, or the file itself."""
    if is_folder(path):
        yield from as_sources(walk(path))
    elif kind := kind_of(path):
        yield Source(source_uri(path), path, kind)
    else:
        yield Rejected(source_uri(path), "read", "unknown kind", f"no document: expected {EXPECTED}")


def as_sources(found: Iterable[Path | Rejected]) -> Iterator[Source | Rejected]:
    """Yield the files of a readable kind as sources; other kinds in a folder are no documents."""
    for item in found:
        if isinstance(item, Rejected):
            yield item
        elif kind := kind_of(item):
            yield Source(source_uri(item), item, kind)


def walk(top: Path) -> Iterator[Path | Rejected]:
    """Yield every file below a folder, linked folders included, each folder once.

    Folders that begin with ``_`` or ``.`` are set aside, and so are files that begin with a dot. A folder
    that cannot be listed, or that leads back above itself, is yielded as Rejected.
    """
    visited: set[Path] = set()
    folders = [top]
    while folders:
        folder = folders.pop()
        try:
            real = folder.resolve()
            if real in visited:
                if folder.parent.resolve().is_relative_to(real):
                    yield refused(folder, "directory loop", f"back to {source_uri(real)}: remove the link")
                continue
            visited.add(real)
            entries = [(is_folder(entry), Path(entry)) for entry in os.scandir(folder)]
        except (OSError, RuntimeError) as error:
            yield refused(folder, "unreadable", f"cannot be listed ({error}): check its permissions")
            continue
        below = (path for is_dir, path in entries if is_dir and not path.name.startswith(SET_ASIDE))
        folders += sorted(below, reverse=True)
        yield from (path for is_dir, path in entries if not is_dir and not path.name.startswith("."))


def is_folder(path: Path | os.DirEntry[str]) -> bool:
    """Tell whether a path is a folder; a link that leads nowhere, or may not be followed, is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def refused(folder: Path, reason: str, detail: str) -> Rejected:
    """Return the rejection of a folder."""
    return Rejected(source_uri(folder), "read", reason, detail)


def kind_of(path: Path) -> Kind | None:
    """Return how a file of this name is read; None if it is no document."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in COMPRESSED:
        suffixes.pop()
    return KINDS.get(suffixes[-1]) if suffixes else None


def source_uri(path: Path) -> str:
    """Return the posix path relative to the current folder if it is below it, else the absolute path.

    Links are kept as named, so that the uri does not tell where a machine mounts its disks.
    """
    whole = Path(os.path.abspath(path))  # noqa: PTH100 (Path.absolute keeps "..")
    here = Path.cwd()
    short = whole.relative_to(here) if whole.is_relative_to(here) else whole
    # File names may hold bytes that are no UTF-8; a table may not.
    return os.fsencode(short.as_posix()).decode("utf-8", "backslashreplace")
