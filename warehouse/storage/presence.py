"""Whether there is a warehouse at a location. Only a run creates one, and only where there is nothing else."""

from pathlib import Path

from pyarrow import fs

from warehouse.errors import WarehouseError
from warehouse.folder_names import (
    CURRENT_LINK,
    DELTA_FOLDER,
    RUNS_FOLDER,
    SNAPSHOTS_FOLDER,
    STAGING_FOLDER,
)
from warehouse.storage import delta_tables
from warehouse.storage.location import WarehouseLocation
from warehouse.tables import TABLES

LEFTOVER_NAMES = {SNAPSHOTS_FOLDER, DELTA_FOLDER, STAGING_FOLDER, "lost+found"}
"""what a run that dies while creating a warehouse leaves behind, and what a new disk contains"""
MAX_NAMES_SHOWN = 3


def is_warehouse_present(location: WarehouseLocation) -> bool:
    """Return True if there is a warehouse at the location.

    Raises WarehouseError if there is one without its table of documents, if the bucket does not exist, or if a part of
    the path is a file.
    """
    _check_parents(location)
    if delta_tables.is_table_created(location, "documents"):
        return True
    if traces := _find_traces(location):
        # Another writer may have created the tables of a bucket since the first look, this one before the others.
        if delta_tables.is_table_created(location, "documents"):
            return True
        raise WarehouseError(
            f"The warehouse {location.uri} has lost its table of documents: {location.get_table_path('documents')} "
            f"has no log, but {traces} exists. Nothing was changed. Restore the whole folder _delta from one "
            "backup; without a backup, read the sources again into a new --warehouse."
        )
    _check_bucket_exists(location)
    return False


def check_warehouse_present(location: WarehouseLocation) -> None:
    """Raise WarehouseError if there is no warehouse, or one that cannot be used as it is."""
    if not is_warehouse_present(location):
        folder = location.local_folder
        is_free = folder is None or folder.is_dir() or not _is_path_taken(folder)
        advice = f", or create one with `counterclaim run --warehouse {location.uri}`" if is_free else ""
        raise WarehouseError(
            f"There is no warehouse at {location.uri}{_describe_location(location)}. Correct the path{advice}."
        )
    _check_public_links(location)


def check_location_usable(location: WarehouseLocation) -> None:
    """Raise WarehouseError if there is no warehouse and none can be created."""
    if is_warehouse_present(location):
        _check_public_links(location)
    elif (
        location.local_folder and _is_path_taken(location.local_folder) and not location.local_folder.is_dir()
    ):
        raise WarehouseError(
            f"{location.uri} is no warehouse but a file. Name a new or empty folder with --warehouse."
        )
    elif foreign := _list_foreign_names(location):
        raise WarehouseError(
            f"{location.uri} is no warehouse and is not empty: it holds {', '.join(foreign[:MAX_NAMES_SHOWN])}"
            f"{f' and {len(foreign) - MAX_NAMES_SHOWN} more' if len(foreign) > MAX_NAMES_SHOWN else ''}. "
            "Nothing was written there. Name a new or empty folder with --warehouse."
        )


def _check_public_links(location: WarehouseLocation) -> None:
    """Raise WarehouseError for a copy that has folders instead of links: publications would never update them."""
    if location.local_folder is None:
        return
    paths = [location.local_folder / name for name in (CURRENT_LINK, *TABLES)]
    if wrong := [path.name for path in paths if path.exists() and not path.is_symlink()]:
        raise WarehouseError(
            f"{location.uri} is a copy that followed links, as `cp -rL` makes it: {', '.join(wrong)} should be links. "
            f"Remove these ({' '.join(str(location.local_folder / name) for name in wrong)}) and run "
            "`counterclaim run` on it: the rows are in _delta, and it publishes them again. "
            "`cp -a` and `rsync -aH` copy a warehouse as it is."
        )


def _check_parents(location: WarehouseLocation) -> None:
    """Raise WarehouseError if a part of the folder's path is a file: no warehouse can be there."""
    if location.local_folder is None or location.local_folder.is_dir():
        return
    nearest = next(filter(_is_path_taken, location.local_folder.parents))
    if not nearest.is_dir():
        kind = "a file" if nearest.exists() else "a link that leads nowhere"
        raise WarehouseError(
            f"{nearest} is {kind}, not a folder: no warehouse can be at {location.uri}. "
            "Name a folder with --warehouse."
        )


def _find_traces(location: WarehouseLocation) -> str | None:
    """Return the first file or folder found that only a warehouse with rows has; None if there is none."""
    if other := next((name for name in TABLES if delta_tables.is_table_created(location, name)), None):
        return f"{DELTA_FOLDER}/{other}"
    if location.local_folder is None:
        return None
    versions = sorted(path.name for path in (location.local_folder / SNAPSHOTS_FOLDER).glob("v*"))
    if versions:
        return f"{SNAPSHOTS_FOLDER}/{versions[-1]}"
    return next(
        (name for name in (CURRENT_LINK, RUNS_FOLDER) if _is_path_taken(location.local_folder / name)), None
    )


def _is_path_taken(path: Path) -> bool:
    return path.is_symlink() or path.exists()


def _list_foreign_names(location: WarehouseLocation) -> list[str]:
    """Return the names at the location that no warehouse has, hidden files aside."""
    found = location.file_system.get_file_info(fs.FileSelector(location.root_path, allow_not_found=True))
    names = sorted(info.base_name for info in found)
    return [name for name in names if name not in LEFTOVER_NAMES and not name.startswith(".")]


def _check_bucket_exists(location: WarehouseLocation) -> None:
    """Raise WarehouseError if the bucket of the location does not exist."""
    bucket = location.root_path.partition("/")[0]
    if (
        location.local_folder is None
        and location.file_system.get_file_info(bucket).type == fs.FileType.NotFound
    ):
        raise WarehouseError(
            f"There is no bucket {bucket}, or these keys have no access to it. Create it, or correct --warehouse "
            f"({location.uri}) or AWS_ENDPOINT_URL."
        )


def _describe_location(location: WarehouseLocation) -> str:
    """Return a phrase that says what is at a location that is not a warehouse."""
    if location.local_folder is None:
        return ""
    if not _is_path_taken(location.local_folder):
        return ": there is no such folder"
    if not location.local_folder.is_dir():
        return ": it is a file"
    foreign = _list_foreign_names(location)
    return (
        f": the folder holds {', '.join(foreign[:MAX_NAMES_SHOWN])}" if foreign else ": the folder is empty"
    )
