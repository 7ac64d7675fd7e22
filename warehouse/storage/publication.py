"""Publication: one version of every table as a folder of hard links, swapped in by one atomic rename."""

import fcntl
import os
import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from deltalake import DeltaTable

from warehouse.errors import WarehouseError
from warehouse.folder_names import CURRENT_LINK, SNAPSHOTS_FOLDER
from warehouse.snapshot import PIN_FILE
from warehouse.storage.data_files import DataFile, encode_parquet
from warehouse.storage.delta_tables import list_files
from warehouse.storage.fault_points import reach_fault_point
from warehouse.storage.location import WarehouseLocation, flush_to_disk
from warehouse.tables import PARTITION_COLUMN, TABLES, Table

DEFAULT_KEPT_VERSIONS = 3
KEPT_VERSIONS_VARIABLE = "COUNTERCLAIM_KEEP_VERSIONS"


def get_kept_versions() -> int:
    """Return how many published versions are kept for plain readers: 3, or what the environment says."""
    value = os.environ.get(KEPT_VERSIONS_VARIABLE, str(DEFAULT_KEPT_VERSIONS))
    if not value.isdecimal() or int(value) < 1:
        raise WarehouseError(f"{KEPT_VERSIONS_VARIABLE} must be a whole number, 1 or more; found {value!r}.")
    return int(value)


def publish_version(
    location: WarehouseLocation, heads: Mapping[str, DeltaTable], version: int, keep: int
) -> None:
    """Publish the opened tables to plain readers as this version, unless it is published already.

    Object storage has no links: there, readers open the Delta tables at the pinned versions.
    """
    if location.local_folder is None:
        return
    target = location.local_folder / SNAPSHOTS_FOLDER / f"v{version:08}"
    if _find_current_version_name(location.local_folder) != target.name:
        _build_version(location, heads, target, keep)
        reach_fault_point("built")
        _swap_current_version(location.local_folder, target)
        reach_fault_point("swapped")
    _prune_versions(location.local_folder, keep)


def _find_current_version_name(root: Path) -> str | None:
    """Return the name of the version that ``_current`` points to, None if no complete one is published."""
    link = root / CURRENT_LINK
    return link.readlink().name if (link / PIN_FILE).exists() else None


def _build_version(
    location: WarehouseLocation, heads: Mapping[str, DeltaTable], target: Path, keep: int
) -> None:
    building, retired = target.parent / ".building", target.parent / ".retired"
    for leftover in (building, retired, target):
        shutil.rmtree(leftover, ignore_errors=True)
    # Publishing a version makes the oldest one surplus, so its folders of months that did not change are reused.
    for surplus in _list_surplus_versions(target.parent, keep - 1):
        if _retire_version(surplus, retired):
            break
    for table in TABLES.values():
        old = retired / table.name
        _link_table(location, table, list_files(heads[table.name]), building / table.name, old)
        reach_fault_point(f"link:{table.name}")
    (building / PIN_FILE).touch()
    flush_to_disk(location)
    building.rename(target)
    shutil.rmtree(retired, ignore_errors=True)


def _link_table(
    location: WarehouseLocation, table: Table, found: Iterable[DataFile], folder: Path, retired: Path
) -> None:
    """Fill a folder with the files of one version of a table, or with one empty file if it has no rows.

    If a retired version has the same files for a month, its folder is moved here: this costs a fraction of linking
    each file, so that the cost of a publication depends on what changed.
    """
    names: dict[str, list[str]] = defaultdict(list)
    for file in found:
        month, _, name = file.path.rpartition("/")
        names[month].append(name)
    folder.mkdir(parents=True)
    source = location.get_table_path(table.name)
    for month, held in names.items():
        # Strings, because there can be hundreds of months, and making a Path costs more than making the link.
        _link_month(f"{source}/{month}", f"{folder}/{month}", f"{retired}/{month}", held)
    if not names:
        empty = folder / (f"{PARTITION_COLUMN}=unknown" if table.partitioned else "") / "empty.parquet"
        empty.parent.mkdir(parents=True, exist_ok=True)
        empty.write_bytes(encode_parquet(table, table.schema.empty_table())[0])


def _link_month(source: str, folder: str, retired: str, names: Sequence[str]) -> None:
    if _has_same_files(retired, source, names):
        Path(retired).rename(folder)
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name in names:
        _link_or_copy(f"{source}/{name}", f"{folder}/{name}")


def _has_same_files(folder: str, source: str, names: Iterable[str]) -> bool:
    """Return True if a folder holds hard links to the files of these names in ``source``, and no other files."""
    try:
        held, wanted = _list_inodes(folder), _list_inodes(source)
    except FileNotFoundError:
        return False
    return held == {name: wanted.get(name) for name in names}


def _list_inodes(folder: str) -> dict[str, int]:
    """Return the inode of each name in a folder."""
    with os.scandir(folder) as entries:
        return {entry.name: entry.inode() for entry in entries}


def _link_or_copy(source: Path | str, target: Path | str) -> None:
    """Make a hard link to a file, or a copy if the file system refuses links."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(source, target)


def _swap_current_version(root: Path, target: Path) -> None:
    """Make ``_current`` point to the target in one atomic step, and make the path of each table resolve through it."""
    for name in TABLES:
        _point_link(root / name, Path(CURRENT_LINK) / name)
    _point_link(root / CURRENT_LINK, target.relative_to(root))


def _point_link(link: Path, target: Path) -> None:
    """Make a symbolic link point to the target, atomically if it pointed elsewhere before."""
    if link.is_symlink() and link.readlink() == target:
        return
    fresh = link.with_name(f".{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.rename(link)


def _prune_versions(root: Path, keep: int) -> None:
    """Remove all versions but the newest few, the current one, and those that a reader holds open."""
    for path in _list_surplus_versions(root / SNAPSHOTS_FOLDER, keep):
        retired = path.with_name(f".removing-{path.name}")
        if _retire_version(path, retired):
            shutil.rmtree(retired)


def _list_surplus_versions(snapshots: Path, keep: int) -> list[Path]:
    """Return all versions but the newest few and the current one, oldest first."""
    versions = sorted(path for path in snapshots.iterdir() if path.name.startswith("v"))
    current = _find_current_version_name(snapshots.parent)
    return [path for path in versions[: max(0, len(versions) - keep)] if path.name != current]


def _retire_version(path: Path, retired: Path) -> bool:
    """Move a version to ``retired``, where no reader finds it; False if a reader holds it open."""
    handle = os.open(path / PIN_FILE, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.rename(retired)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True
