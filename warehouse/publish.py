"""Publication: one version of every table as a folder of hard links, swapped in by one atomic rename."""

import fcntl
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from warehouse.delta import encode, files, open_table
from warehouse.place import Place, WarehouseError, reached, settle
from warehouse.snapshot import PIN
from warehouse.tables import PARTITION, TABLES, Table

KEEP = 3
KEEP_VARIABLE = "COUNTERCLAIM_KEEP_VERSIONS"


def kept_versions() -> int:
    """Return how many published versions plain readers have to be done: 3, or what the environment says."""
    told = os.environ.get(KEEP_VARIABLE, str(KEEP))
    if not told.isdecimal() or int(told) < 1:
        raise WarehouseError(f"{KEEP_VARIABLE} must be a whole number from 1; found {told!r}.")
    return int(told)


def publish(place: Place, versions: Mapping[str, int], keep: int) -> None:
    """Make the pinned versions what plain readers see; do nothing if they see them already.

    Object storage has no links: readers open the Delta tables there, at the pinned versions.
    """
    if place.local is None:
        return
    target = place.local / "_snapshots" / f"v{versions['documents']:08}"
    if _published(place.local) != target.name:
        _build(place, versions, target)
        reached("built")
        swap(place.local, target)
        reached("swapped")
    prune(place.local, keep)


def _published(root: Path) -> str | None:
    link = root / "_current"
    return link.readlink().name if (link / PIN).exists() else None


def _build(place: Place, versions: Mapping[str, int], target: Path) -> None:
    building = target.parent / ".building"
    for leftover in (building, target):
        shutil.rmtree(leftover, ignore_errors=True)
    for table in TABLES.values():
        link_table(place, table, versions[table.name], building / table.name)
        reached(f"link:{table.name}")
    (building / PIN).touch()
    settle(place)
    building.rename(target)


def link_table(place: Place, table: Table, version: int, folder: Path) -> None:
    """Fill a folder with the files of one version of a table; with one empty file where it has no rows."""
    found = files(open_table(place, table.name, version))
    source = Path(place.table_path(table.name))
    for parent in {Path(f.path).parent for f in found}:
        (folder / parent).mkdir(parents=True, exist_ok=True)
    for file in found:
        link(source / file.path, folder / file.path)
    if not found:
        empty = folder / (f"{PARTITION}=unknown" if table.partitioned else "") / "empty.parquet"
        empty.parent.mkdir(parents=True)
        empty.write_bytes(encode(table, table.schema.empty_table())[0])


def link(source: Path, target: Path) -> None:
    """Link a file hard, or copy it where the file system refuses links."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(source, target)


def swap(root: Path, target: Path) -> None:
    """Let ``_current`` name the target in one atomic step, and each public path lead through it."""
    for name in TABLES:
        point(root / name, Path("_current") / name)
    point(root / "_current", target.relative_to(root))


def point(link: Path, target: Path) -> None:
    """Make a symbolic link name the target, atomically if it named something else before."""
    if link.is_symlink() and link.readlink() == target:
        return
    fresh = link.with_name(f".{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.rename(link)


def prune(root: Path, keep: int) -> None:
    """Remove the oldest versions but the newest few, the current one, and those that a reader holds open."""
    versions = sorted(path for path in (root / "_snapshots").iterdir() if path.name.startswith("v"))
    spare: Iterable[Path] = versions[: max(0, len(versions) - max(1, keep))]
    for path in spare:
        if path.name != _published(root):
            _remove_unread(path)


def _remove_unread(path: Path) -> None:
    handle = os.open(path / PIN, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        going = path.with_name(f".going-{path.name}")
        path.rename(going)
    except BlockingIOError:
        return
    finally:
        os.close(handle)
    shutil.rmtree(going)
