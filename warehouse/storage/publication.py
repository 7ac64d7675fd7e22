"""Publication: one version of every table as a folder of hard links, swapped in by one atomic rename."""

import fcntl
import os
import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from deltalake import DeltaTable

from warehouse.snapshot import PIN
from warehouse.storage.delta_tables import DataFile, encode, files
from warehouse.storage.location import Place, WarehouseError, reached, settle
from warehouse.tables import PARTITION, TABLES, Table

KEEP = 3
KEEP_VARIABLE = "COUNTERCLAIM_KEEP_VERSIONS"


def kept_versions() -> int:
    """Return how many published versions plain readers have to be done: 3, or what the environment says."""
    told = os.environ.get(KEEP_VARIABLE, str(KEEP))
    if not told.isdecimal() or int(told) < 1:
        raise WarehouseError(f"{KEEP_VARIABLE} must be a whole number from 1; found {told!r}.")
    return int(told)


def publish(place: Place, heads: Mapping[str, DeltaTable], version: int, keep: int) -> None:
    """Make what the opened tables hold, as this version, what plain readers see, if they do not see it already.

    Object storage has no links: readers open the Delta tables there, at the pinned versions.
    """
    if place.local is None:
        return
    target = place.local / "_snapshots" / f"v{version:08}"
    if _published(place.local) != target.name:
        _build(place, heads, target, keep)
        reached("built")
        swap(place.local, target)
        reached("swapped")
    prune(place.local, keep)


def _published(root: Path) -> str | None:
    link = root / "_current"
    return link.readlink().name if (link / PIN).exists() else None


def _build(place: Place, heads: Mapping[str, DeltaTable], target: Path, keep: int) -> None:
    building, retired = target.parent / ".building", target.parent / ".retired"
    for leftover in (building, retired, target):
        shutil.rmtree(leftover, ignore_errors=True)
    # One version more makes another superfluous: what did not change since moves over from it.
    next((path for path in spare(target.parent, keep - 1) if take_away(path, retired)), None)
    for table in TABLES.values():
        old = retired / table.name
        link_table(place, table, files(heads[table.name]), building / table.name, old)
        reached(f"link:{table.name}")
    (building / PIN).touch()
    settle(place)
    building.rename(target)
    shutil.rmtree(retired, ignore_errors=True)


def link_table(place: Place, table: Table, found: Iterable[DataFile], folder: Path, retired: Path) -> None:
    """Fill a folder with the files of one version of a table; with one empty file where it has no rows.

    The folder of a month whose files a retired version has, and no others, moves here as it is: that costs a
    fraction of linking and later unlinking each, so that a publication costs what changed.
    """
    names: dict[str, list[str]] = defaultdict(list)
    for file in found:
        month, _, name = file.path.rpartition("/")
        names[month].append(name)
    folder.mkdir(parents=True)
    source = place.table_path(table.name)
    for month, held in names.items():
        # Plain strings: there are as many months as years of news, and a Path costs more than its link.
        _link_month(f"{source}/{month}", f"{folder}/{month}", f"{retired}/{month}", held)
    if not names:
        empty = folder / (f"{PARTITION}=unknown" if table.partitioned else "") / "empty.parquet"
        empty.parent.mkdir(parents=True, exist_ok=True)
        empty.write_bytes(encode(table, table.schema.empty_table())[0])


def _link_month(source: str, folder: str, retired: str, names: Sequence[str]) -> None:
    if _holds_links(retired, source, names):
        Path(retired).rename(folder)
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name in names:
        link(f"{source}/{name}", f"{folder}/{name}")


def _holds_links(folder: str, source: str, names: Iterable[str]) -> bool:
    """Tell whether a folder holds the files of these names in another, itself and not a copy, and no others."""
    try:
        held, there = inodes(folder), inodes(source)
    except FileNotFoundError:
        return False
    return held == {name: there.get(name) for name in names}


def inodes(folder: str) -> dict[str, int]:
    """Return which file each name in a folder is."""
    with os.scandir(folder) as entries:
        return {entry.name: entry.inode() for entry in entries}


def link(source: Path | str, target: Path | str) -> None:
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
    for path in spare(root / "_snapshots", keep):
        going = path.with_name(f".going-{path.name}")
        if take_away(path, going):
            shutil.rmtree(going)


def spare(snapshots: Path, keep: int) -> list[Path]:
    """Return the versions, oldest first, but the newest few and the current one."""
    versions = sorted(path for path in snapshots.iterdir() if path.name.startswith("v"))
    current = _published(snapshots.parent)
    return [path for path in versions[: max(0, len(versions) - keep)] if path.name != current]


def take_away(path: Path, going: Path) -> bool:
    """Move a version out of the readers' sight, unless one of them holds it; tell whether it went."""
    handle = os.open(path / PIN, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.rename(going)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True
