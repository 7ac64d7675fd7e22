"""Disasters: damage is found and named, an older version can be restored, and a full disk loses no rows."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.sample_rows import PublishDocuments, make_change, make_document_rows
from warehouse.errors import WarehouseError
from warehouse.maintenance.compaction import compact_tables
from warehouse.maintenance.integrity import verify_deep
from warehouse.maintenance.restoration import list_versions, restore_version
from warehouse.storage.delta_tables import list_files, open_table
from warehouse.storage.store import Store


def plain_file(store: Store) -> Path:
    """Return the one published file of claims."""
    (path,) = (Path(store.root) / "claims").rglob("*.parquet")
    return path


def true_file(store: Store) -> Path:
    """Return the one Delta file of claims, of which the published file is a hard link."""
    (file,) = list_files(open_table(store.location, "claims"))
    return Path(store.location.get_table_path("claims")) / file.path


def flip_a_byte(store: Store) -> str:
    path = true_file(store)
    content = bytearray(path.read_bytes())
    at = pq.read_metadata(path).row_group(0).column(7).data_page_offset + 40
    content[at] ^= 1
    path.write_bytes(content)
    return f"{path.name}: not the bytes that were written; column .* of rows 0 to 1 is damaged"


def flip_the_footer(store: Store) -> str:
    path = true_file(store)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    return f"{path.name}: not the bytes that were written; its footer is damaged"


def truncate(store: Store) -> str:
    path = true_file(store)
    os.truncate(path, 1000)
    return f"{path.name}: 1,000 bytes, written with"


def remove(store: Store) -> str:
    path = true_file(store)
    path.unlink()
    return f"{path.name}: missing"


def remove_the_link(store: Store) -> str:
    path = plain_file(store)
    path.unlink()
    return path.name


def dangle(store: Store) -> str:
    link = Path(store.root) / "_current"
    shutil.rmtree(link.resolve())
    return "_current leads to"


def remove_a_public_path(store: Store) -> str:
    (Path(store.root) / "denials").unlink()
    return "denials does not exist"


def edited(path: Path) -> pa.Table:
    """Return the rows of a file with the confidence of the second raised."""
    table = pq.read_table(path, partitioning=None)
    raised = pc.if_else(pc.equal(table["doc_id"], "b"), 0.99, table["confidence"]).cast(pa.float32())
    return table.set_column(
        table.schema.get_field_index("confidence"), table.schema.field("confidence"), raised
    )


def edit_in_place(store: Store) -> str:
    path = plain_file(store)
    pq.write_table(edited(path), path)
    return path.name


def edit_a_copy(store: Store) -> str:
    path = plain_file(store)
    rows = edited(path)
    path.unlink()
    pq.write_table(rows, path)
    return f"{path.name}: row c-b"


DAMAGE = (
    flip_a_byte,
    flip_the_footer,
    truncate,
    remove,
    remove_the_link,
    dangle,
    remove_a_public_path,
    edit_in_place,
    edit_a_copy,
)


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda function: function.__name__)
def test_damage_is_found_and_named(
    damage: Callable[[Store], str], store: Store, put: PublishDocuments
) -> None:
    put(make_document_rows("a"), make_document_rows("b"))
    assert verify_deep(store.root) == []
    expected = damage(store)
    problem = verify_deep(store.root)[0]
    assert pa.compute.match_substring_regex(pa.array([str(problem)]), expected)[0].as_py(), str(problem)


def test_a_damaged_log_is_named(store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"))
    shutil.rmtree(Path(store.root) / "_delta" / "claims" / "_delta_log")
    with pytest.raises(WarehouseError, match="Restore it from a backup"):
        verify_deep(store.root)


@pytest.mark.parametrize("damage", [remove_the_link, dangle, remove_a_public_path])
def test_files_that_are_only_published_are_published_again(
    damage: Callable[[Store], str], store: Store, put: PublishDocuments
) -> None:
    put(make_document_rows("a"))
    damage(store)
    put(make_document_rows("b"), run="r2")
    assert verify_deep(store.root) == []


def test_an_older_version_comes_back(store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"), make_document_rows("b", None))
    put(make_document_rows("a", version="2"), run="r2", removed=["b"], entities=[])
    assert [old.version for old in list_versions(store.root)] == [2, 1]
    assert restore_version(store.root, 1) == 3
    assert verify_deep(store.root) == []
    assert sorted(store.read("claims")["doc_id"].to_pylist()) == ["a", "b"]
    assert store.read("entities").num_rows == 1
    assert store.read("runs").num_rows == 2
    assert restore_version(store.root, 2) == 4
    assert store.read("claims")["extractor_version"].to_pylist() == ["2"]
    put(make_document_rows("c"), run="r3")
    assert sorted(store.read("claims")["doc_id"].to_pylist()) == ["a", "c"]


def test_what_cannot_come_back_is_said(store: Store, put: PublishDocuments, tmp_path: Path) -> None:
    put(make_document_rows("a"))
    put(make_document_rows("a", version="2"), run="r2")
    with pytest.raises(WarehouseError, match=r"no version 9\. The newest are: 2, 1"):
        restore_version(store.root, 9)
    compact_tables(store.root, hours=0)
    with pytest.raises(WarehouseError, match="compaction removed"):
        restore_version(store.root, 1)
    with pytest.raises(WarehouseError, match="no warehouse"):
        restore_version(tmp_path, 1)
    assert verify_deep(store.root) == []


def plain_rows(store: Store) -> int:
    """Return the number of claims that a plain reader sees."""
    return int(pq.read_table(Path(store.root) / "claims").num_rows)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a file system of two megabytes and 700 files, if the user may."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m,nr_inodes=700", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a file system needs root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill_bytes(disk: Path, spare: int) -> None:
    """Leave that many kilobytes free."""
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize - spare * 1024
    (disk / "ballast" / "0").write_bytes(b"x" * max(0, free))


def fill_inodes(disk: Path, spare: int) -> None:
    """Leave room for that many files."""
    for i in range(os.statvfs(disk).f_favail - spare):
        (disk / "ballast" / str(i)).touch()


@pytest.mark.parametrize(
    ("fill", "steps"), [(fill_bytes, range(4, 200, 12)), (fill_inodes, range(2, 100, 3))]
)
def test_a_full_disk_loses_nothing(fill: Callable[[Path, int], None], steps: range, small_disk: Path) -> None:
    store = Store(small_disk / "data")
    with store.open_writer() as writer:
        writer.publish(make_change([make_document_rows("a")]))
    rows, failures, late = [make_document_rows(f"b{i}") for i in range(40)], 0, 0
    for spare in steps:
        (small_disk / "ballast").mkdir()
        fill(small_disk, spare)
        try:
            with store.open_writer() as writer:
                writer.publish(make_change(rows, "r2"))
            break
        except WarehouseError as error:
            message = str(error)
        finally:
            shutil.rmtree(small_disk / "ballast")
        assert "Free space" in message
        failures += 1
        late += store.read("claims").num_rows == 41
        assert plain_rows(store) in (1, store.read("claims").num_rows)
    assert failures > 3
    assert late or fill is fill_bytes
    with store.open_writer() as writer:
        writer.publish(make_change(rows, "r2"))
    assert plain_rows(store) == store.read("claims").num_rows == 41
    assert verify_deep(store.root) == []


@pytest.mark.parametrize("table", ["documents", "claims"])
def test_a_commit_that_a_power_cut_left_empty_is_taken_back(
    table: str, store: Store, put: PublishDocuments
) -> None:
    put(make_document_rows("a"))
    put(make_document_rows("b"), run="r2")
    newest = max((Path(store.root) / "_delta" / table / "_delta_log").glob("*.json"))
    newest.with_name(f"{int(newest.stem) + 1:020}.json").touch()
    put(make_document_rows("c"), run="r3")
    assert sorted(store.read("claims")["doc_id"].to_pylist()) == ["a", "b", "c"]
    assert verify_deep(store.root) == []
