"""Checks of the published files: that the links lead to them, and that they are those of the Delta tables."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.folder_names import CURRENT_LINK
from warehouse.maintenance.promise_checks import BrokenPromise
from warehouse.snapshot import Snapshot, find_current_version
from warehouse.storage import delta_tables, version_pins
from warehouse.storage.file_damage import MAX_ROWS_NAMED
from warehouse.storage.location import locate_warehouse
from warehouse.tables import PARTITION_COLUMN, TABLES


def find_published_file_problems(root: Path) -> list[BrokenPromise]:
    """Return what is wrong with the links and plain files of the warehouse in a folder."""
    published = Snapshot(find_current_version(root))
    return [
        *_find_broken_links(root),
        *_find_file_differences(root, published),
        *_find_schema_differences(published),
    ]


def _find_broken_links(root: Path) -> Iterator[BrokenPromise]:
    """Yield the public paths whose target does not exist."""
    for name in (CURRENT_LINK, *TABLES):
        link = root / name
        if not link.exists():
            leads = (
                f"leads to {link.readlink()}, which does not exist" if link.is_symlink() else "does not exist"
            )
            yield _make_file_problem(
                name, "the public path leads to the published version", [f"{link} {leads}"]
            )


def _find_file_differences(root: Path, published: Snapshot) -> Iterator[BrokenPromise]:
    """Yield the tables whose published files are not those of the pinned Delta version."""
    location = locate_warehouse(root)
    versions = version_pins.read_pins(delta_tables.open_pinned_table(location, "documents"))
    if published.version != versions["documents"]:
        behind = (
            f"published {published.version}, committed {versions['documents']}: the next run publishes it"
        )
        yield BrokenPromise("documents", "the newest version is published", 1, (behind,))
        return
    for name, version in versions.items():
        folder, source = published.path / name, Path(location.get_table_path(name))
        sizes = {file.path: file.size for file in delta_tables.list_pinned_files(location, name, version)}
        held = sizes.keys()
        plain = {str(path.relative_to(folder)) for path in folder.rglob("*.parquet")}
        wrong = sorted(held ^ {path for path in plain if not (path.endswith("empty.parquet") and not held)})
        wrong += [
            path
            for path in sorted(held & plain)
            if not _has_same_bytes(source / path, folder / path, sizes[path])
        ]
        if wrong:
            yield _make_file_problem(name, "the plain files are those of the pinned Delta version", wrong)


def _has_same_bytes(one: Path, other: Path, size: int) -> bool:
    """Return True if two files hold the same bytes, ``size`` of them; hard links to one file do."""
    if not one.exists() or one.stat().st_size != size:
        return False
    return one.samefile(other) or one.read_bytes() == other.read_bytes()


def _find_schema_differences(published: Snapshot) -> Iterator[BrokenPromise]:
    """Yield the tables of which a published file has other columns than declared."""
    for table in TABLES.values():
        wrong = []
        for path in sorted((published.path / table.name).rglob("*.parquet")):
            try:
                found = pq.read_schema(path)
            except (pa.ArrowInvalid, OSError) as error:
                wrong.append(f"{path.name}: {error}")
            else:
                declared = [
                    field for field in table.schema if field.name != PARTITION_COLUMN or not table.partitioned
                ]
                if list(found) != declared:
                    wrong.append(f"{path.name}: {_describe_first_difference(found, declared)}")
        if wrong:
            yield _make_file_problem(table.name, "every file has the declared columns", wrong)


def _describe_first_difference(found: Iterable[pa.Field], declared: Iterable[pa.Field]) -> str:
    """Return a phrase that names the first column that differs."""
    pairs = zip([*found, None], [*declared, None], strict=False)
    return next((f"found {f}, declared {d}" for f, d in pairs if f != d), "order of columns")


def _make_file_problem(table: str, promise: str, rows: list[str]) -> BrokenPromise:
    return BrokenPromise(table, promise, len(rows), tuple(rows[:MAX_ROWS_NAMED]), is_of_files=True)
