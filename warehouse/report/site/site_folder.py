"""The folder of a site: pages are written one at a time, only if what they are made from has changed.

``.counterclaim-site.json`` marks the folder as a site and holds, by path, the fingerprint of what each page was made
from. It is written before the first page and after the last: a build that dies halfway is finished by the next one.
``.counterclaim-rows.json`` holds the ids of the rows that the last build had, so that the next can say what is new.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from warehouse.report.report_scope import ReportError

MARKER, ROWS_FILE = ".counterclaim-site.json", ".counterclaim-rows.json"
RowIds = dict[str, list[str]]
"""ids of rows by the kind of news that they are"""
OWNED_FOLDERS = ("article", "articles", "assets", "claim", "data", "entities", "entity", "exchanges")
"""folders in which a file that no page of the site has is removed"""


@dataclass
class SiteFolder:
    """A folder that one build brings up to date; counts what it writes, leaves and removes."""

    root: Path
    title: str | None
    """title given to this build or to an earlier one"""
    address: str | None
    """address at which readers find the site, given to this build or to an earlier one"""
    old: dict[str, str]
    """fingerprint of each page of the last build, by path"""
    new: dict[str, str] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    def put(self, path: str, fingerprint: str, render: Callable[[], str]) -> None:
        """Write a file unless the folder has it already, made from data of the same fingerprint."""
        self.new[path] = fingerprint
        target = self.root / path
        if self.old.get(path) == fingerprint and target.exists():
            return
        write_atomically(target, render())
        self.written.append(path)

    def put_by_content(self, folder: str, name: str, suffix: str, text: str) -> str:
        """Write a file whose name holds the hash of its content, and return its path."""
        digest = sha256(text.encode()).hexdigest()[:12]
        path = f"{folder}/{name}-{digest}{suffix}"
        self.put(path, digest, lambda: text)
        return path

    def read_row_ids(self) -> RowIds | None:
        """Return the ids of rows that the last build kept; None if there was none."""
        try:
            known = json.loads((self.root / ROWS_FILE).read_text("utf-8"))
            return {kind: list(ids) for kind, ids in known.items()} if self.old else None
        except (OSError, ValueError, AttributeError, TypeError):
            return None

    def finish(self, row_ids: RowIds) -> None:
        """Remove the files of pages that are gone, and write the marker with the new fingerprints and the ids."""
        for folder in OWNED_FOLDERS:
            for file in sorted((self.root / folder).rglob("*")):
                path = file.relative_to(self.root).as_posix()
                if file.is_file() and path not in self.new:
                    file.unlink()
                    self.removed.append(path)
        _write_marker(self)
        # Written last: if a build dies before this, the next build reports the same rows as new.
        write_atomically(self.root / ROWS_FILE, json.dumps(row_ids, sort_keys=True))


def open_site_folder(root: Path, title: str | None = None, address: str | None = None) -> SiteFolder:
    """Return the folder of a site, new or as the last build left it; ReportError if it holds anything else.

    Without a title or an address, the site keeps the one that it was given.
    """
    marker = root / MARKER
    if not marker.exists():
        if root.exists() and (not root.is_dir() or any(root.iterdir())):
            raise ReportError(f"{root} exists and is no site. Name a new or empty folder with --site.")
        _write_marker(SiteFolder(root=root, title=title, address=address, old={}))
    try:
        content = marker.read_bytes()
        known_title, pages = read_marker(content)
        known_address = json.loads(content).get("address")
        return SiteFolder(root=root, title=title or known_title, address=address or known_address, old=pages)
    except ValueError:
        # Cut short by a full disk, for example: everything is written again.
        return SiteFolder(root=root, title=title, address=address, old={})


def read_marker(content: bytes) -> tuple[str | None, dict[str, str]]:
    """Return the title and, by path, the fingerprints of a marker; ValueError if it is damaged."""
    try:
        known = json.loads(content)
        return known["title"], dict(known["pages"])
    except (KeyError, TypeError) as error:
        raise ValueError("the marker of the site is damaged") from error


def write_atomically(target: Path, text: str) -> None:
    """Write a file so that a reader sees the old content or the new one, never a part."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.new")
    fresh.write_text(text, encoding="utf-8", newline="")
    fresh.replace(target)


def compute_fingerprint(*parts: Any) -> str:
    """Return a hash of data: equal data give the same, on every run and machine."""
    return sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()[:24]


def _write_marker(folder: SiteFolder) -> None:
    marker = {"title": folder.title, "address": folder.address, "pages": folder.new}
    write_atomically(folder.root / MARKER, json.dumps(marker, sort_keys=True))
