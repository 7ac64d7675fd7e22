"""Find the files that the arguments name: files, folders and globs, sorted by URI."""

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from tasks.document.records import Rejected
from warehouse.errors import InputError

FileKind = Literal["text", "html", "pdf", "lines", "csv", "parquet", "feed", "warc", "mail", "docx", "sheet"]
FILE_KINDS: dict[str, FileKind] = {
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
    ".docx": "docx",
    ".xlsx": "sheet",
}
COMPRESSION_SUFFIXES = frozenset({".gz", ".zst"})
PACKED_SUFFIXES = frozenset({".7z", ".br", ".bz2", ".lz4", ".rar", ".tar", ".tgz", ".xz", ".zip"})
"""suffixes of packed files, which are not read: one in a folder is a reject, and is not ignored"""
UNREAD_SUFFIXES = frozenset({".doc", ".epub", ".mbox", ".msg", ".odt", ".ods", ".pptx", ".rtf", ".xls"})
"""suffixes of documents for which there is no reader: one in a folder is a reject, and is not ignored"""
EXPECTED_KINDS = ", ".join(sorted(FILE_KINDS)) + ", plain or as .gz or .zst"
IGNORED_PREFIXES = ("_", ".")
"""first characters of names of folders that are not read"""


class SourceFile(NamedTuple):
    """A file to read: its machine-independent URI, its path and its kind."""

    source_uri: str
    path: Path
    kind: FileKind


def find_source_files(arguments: Sequence[str | Path]) -> list[SourceFile | Rejected]:
    """Return every file that the arguments name, each once, and what could not be listed, sorted by URI.

    Raises:
        InputError: an argument does not exist, matches nothing, or holds no readable kind of file.
    """
    sources: dict[str, SourceFile] = {}
    rejected: dict[str, Rejected] = {}
    for argument in arguments:
        for found in _find_argument_files(str(argument)):
            if isinstance(found, Rejected):
                rejected[found.source_uri] = found
            else:
                # A file with two names (links) is read once, under the smaller URI.
                real = os.path.realpath(found.path)
                sources[real] = min(found, sources.get(real, found))
    if not sources:
        found_instead = next((f"{r.source_uri}: {r.reason}" for r in rejected.values()), "no argument")
        raise InputError(f"nothing to read: expected files of kind {EXPECTED_KINDS}, found {found_instead}")
    return sorted([*sources.values(), *rejected.values()], key=lambda found: found.source_uri)


def _find_argument_files(argument: str) -> list[SourceFile | Rejected]:
    """Return the sources of one argument; raise InputError if there are none."""
    try:
        path = Path(argument).expanduser()
        exists = path.exists()
    except (OSError, RuntimeError) as error:
        raise InputError(f"{argument}: {error}: check the path and its permissions") from error
    if exists:
        found = list(find_path_sources(path))
        if not found:
            raise InputError(f"{argument}: the folder holds no file of kind {EXPECTED_KINDS}: name another")
        return found
    if not glob.has_magic(argument):
        raise InputError(f"{argument}: no such file or folder (looked in {Path.cwd()}): check the path")
    matches = list(_find_glob_matches(str(path)))
    found = [source for match in matches for source in find_path_sources(match)]
    if not any(isinstance(source, SourceFile) for source in found):
        raise InputError(
            f"{argument}: the pattern matches {len(matches)} paths, none of kind {EXPECTED_KINDS}"
        )
    return found


def _find_glob_matches(pattern: str) -> Iterator[Path]:
    """Yield the paths that a pattern matches, without those in ignored folders below its fixed part."""
    fixed = next(i for i, part in enumerate(Path(pattern).parts) if glob.has_magic(part))
    for match in map(Path, glob.iglob(pattern, recursive=True)):  # noqa: PTH207 (takes absolute ones)
        folder = match if _is_folder(match) else match.parent
        if not any(part.startswith(IGNORED_PREFIXES) for part in folder.parts[fixed:]):
            yield match


def find_path_sources(path: Path) -> Iterator[SourceFile | Rejected]:
    """Yield the sources below a folder, or the file itself as a source or Rejected."""
    if _is_folder(path):
        yield from _to_source_files(_walk_files(path))
    elif kind := _get_file_kind(path):
        yield SourceFile(_make_source_uri(path), path, kind)
    else:
        yield Rejected(
            _make_source_uri(path), "read", "unknown kind", f"no document: expected {EXPECTED_KINDS}"
        )


def _to_source_files(found: Iterable[Path | Rejected]) -> Iterator[SourceFile | Rejected]:
    """Yield the files of a known kind as sources; other files in a folder are ignored.

    A document packed in a way that is not read (``.zip``, ``.bz2``), or of a kind that is not (``.doc``), is one
    Rejected.
    """
    for item in found:
        if isinstance(item, Rejected):
            yield item
        elif kind := _get_file_kind(item):
            yield SourceFile(_make_source_uri(item), item, kind)
        elif item.suffix.lower() in PACKED_SUFFIXES and _get_file_kind(item.with_suffix("")):
            yield _reject_path(
                item, "unknown kind", f"packed as {item.suffix}: unpack it, or pack it as .gz or .zst"
            )
        elif item.suffix.lower() in UNREAD_SUFFIXES:
            yield _reject_path(
                item,
                "unknown kind",
                f"{item.suffix} is not read: save it as .docx, .xlsx, .eml, .pdf or .txt",
            )


def _walk_files(top: Path) -> Iterator[Path | Rejected]:
    """Yield every file below a folder; symbolic links are followed and each folder is visited once.

    Folders whose names begin with ``_`` or ``.`` and files whose names begin with a dot are ignored. A folder
    that cannot be listed, or that links to one of its parents, is yielded as Rejected.
    """
    visited: set[Path] = set()
    folders = [top]
    while folders:
        folder = folders.pop()
        try:
            real = folder.resolve()
            if real in visited:
                if folder.parent.resolve().is_relative_to(real):
                    yield _reject_path(
                        folder, "directory loop", f"back to {_make_source_uri(real)}: remove the link"
                    )
                continue
            visited.add(real)
            entries = [(_is_folder(entry), Path(entry)) for entry in os.scandir(folder)]
        except (OSError, RuntimeError) as error:
            yield _reject_path(folder, "unreadable", f"cannot be listed ({error}): check its permissions")
            continue
        below = (path for is_dir, path in entries if is_dir and not path.name.startswith(IGNORED_PREFIXES))
        folders += sorted(below, reverse=True)
        yield from (path for is_dir, path in entries if not is_dir and not path.name.startswith("."))


def _is_folder(path: Path | os.DirEntry[str]) -> bool:
    """Return True if a path is a folder; False for a link that is broken or may not be followed."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _reject_path(path: Path, reason: str, detail: str) -> Rejected:
    """Return the Rejected of a folder or file."""
    return Rejected(_make_source_uri(path), "read", reason, detail)


def _get_file_kind(path: Path) -> FileKind | None:
    """Return the kind of a file from its suffix; None if there is no reader for it."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in COMPRESSION_SUFFIXES:
        suffixes.pop()
    return FILE_KINDS.get(suffixes[-1]) if suffixes else None


def _make_source_uri(path: Path) -> str:
    """Return the POSIX path, relative to the current folder if the path is below it, else absolute.

    Symbolic links are not resolved, so that the URI does not depend on where disks are mounted.
    """
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 (Path.absolute keeps "..")
    current = Path.cwd()
    path_from_here = absolute.relative_to(current) if absolute.is_relative_to(current) else absolute
    # File names can contain bytes that are not UTF-8; Arrow strings cannot.
    return os.fsencode(path_from_here.as_posix()).decode("utf-8", "backslashreplace")
