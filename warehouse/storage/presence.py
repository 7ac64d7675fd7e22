"""Whether a warehouse lies at an address: only a run makes one, and only where nothing else lies."""

from pathlib import Path

from pyarrow import fs

from warehouse.storage import delta_tables
from warehouse.storage.location import Place, WarehouseError
from warehouse.tables import TABLES

LEFT_BEHIND = {"_snapshots", "_delta", "_staging", "lost+found"}
"""what a run leaves that died while it made a warehouse, and what a new disk holds"""
SHOWN = 3


def is_present(place: Place) -> bool:
    """Return True if a warehouse lies there.

    Raises WarehouseError where one lies that has lost its table of documents, and where there is no such bucket.
    """
    if delta_tables.exists(place, "documents"):
        return True
    if traces := _find_traces(place):
        raise WarehouseError(
            f"The warehouse {place.uri} has lost its table of documents: {place.table_path('documents')} has no log, "
            f"yet {traces} is there. Nothing was changed. Put the whole of _delta back from one backup; without "
            "one, read the sources again into a new --warehouse."
        )
    _check_bucket(place)
    return False


def check_present(place: Place) -> None:
    """Raise WarehouseError where no warehouse lies, or one that cannot be used as it is."""
    if not is_present(place):
        raise WarehouseError(
            f"There is no warehouse at {place.uri}{_describe(place)}. Correct the path, or make one with "
            f"`counterclaim run --warehouse {place.uri}`."
        )
    check_links(place)


def check_usable(place: Place) -> None:
    """Raise WarehouseError where neither a warehouse lies nor one may be made."""
    if is_present(place):
        check_links(place)
    elif place.local and _is_there(place.local) and not place.local.is_dir():
        raise WarehouseError(
            f"{place.uri} is no warehouse but a file. Name a new or empty folder with --warehouse."
        )
    elif foreign := _list_foreign(place):
        raise WarehouseError(
            f"{place.uri} is no warehouse and is not empty: it holds {', '.join(foreign[:SHOWN])}"
            f"{f' and {len(foreign) - SHOWN} more' if len(foreign) > SHOWN else ''}. Nothing was written there. "
            "Name a new or empty folder with --warehouse."
        )


def check_links(place: Place) -> None:
    """Raise WarehouseError for a copy in which folders stand in the place of links: they would never be renewed."""
    if place.local is None:
        return
    paths = [place.local / name for name in ("_current", *TABLES)]
    if wrong := [path.name for path in paths if path.exists() and not path.is_symlink()]:
        raise WarehouseError(
            f"{place.uri} is a copy that followed links, as `cp -rL` makes it: {', '.join(wrong)} should be links. "
            f"Remove these ({' '.join(str(place.local / name) for name in wrong)}) and run `counterclaim run` on it: "
            "the rows are in _delta and are published anew. `cp -a` and `rsync -aH` copy a warehouse as it is."
        )


def _find_traces(place: Place) -> str | None:
    """Return the first thing that only a warehouse has which held something."""
    if other := next((name for name in TABLES if delta_tables.exists(place, name)), None):
        return f"_delta/{other}"
    if place.local is None:
        return None
    versions = sorted(path.name for path in (place.local / "_snapshots").glob("v*"))
    if versions:
        return f"_snapshots/{versions[-1]}"
    return next((name for name in ("_current", "_runs") if _is_there(place.local / name)), None)


def _is_there(path: Path) -> bool:
    return path.is_symlink() or path.exists()


def _list_foreign(place: Place) -> list[str]:
    """Return the names at the address that no warehouse has; hidden files of editors and systems do not count."""
    found = place.files.get_file_info(fs.FileSelector(place.base, allow_not_found=True))
    names = sorted(info.base_name for info in found)
    return [name for name in names if name not in LEFT_BEHIND and not name.startswith(".")]


def _check_bucket(place: Place) -> None:
    """Raise WarehouseError where the bucket of an address does not exist."""
    bucket = place.base.partition("/")[0]
    if place.local is None and place.files.get_file_info(bucket).type == fs.FileType.NotFound:
        raise WarehouseError(
            f"There is no bucket {bucket}, or these keys may not see it. Create it, or correct --warehouse "
            f"({place.uri}) or AWS_ENDPOINT_URL."
        )


def _describe(place: Place) -> str:
    """Say what is at an address that is no warehouse."""
    if place.local is None:
        return ""
    if not _is_there(place.local):
        return ": there is no such folder"
    if not place.local.is_dir():
        return ": that is a file"
    foreign = _list_foreign(place)
    return f": the folder holds {', '.join(foreign[:SHOWN])}" if foreign else ": the folder is empty"
