"""A warehouse in a bucket: the same promises through the Delta tables, with conditional writes instead of a lock."""

import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from pyarrow import fs

from tests.sample_rows import make_change, make_document_rows
from warehouse.errors import WarehouseError
from warehouse.maintenance.compaction import compact_tables
from warehouse.maintenance.integrity import verify_deep
from warehouse.maintenance.restoration import list_versions, restore_version
from warehouse.maintenance.verification import verify_tables
from warehouse.queries.connection import connect_to_warehouse
from warehouse.storage.delta_tables import list_files, open_table
from warehouse.storage.location import locate_warehouse
from warehouse.storage.store import Store
from warehouse.storage.writer import OvertakenError

pytest.importorskip("moto.server")


@pytest.fixture
def bucket(bucket_name: str) -> Store:
    """Return the store of a warehouse in a new bucket."""
    return Store(f"s3://{bucket_name}/news/warehouse")


def put(store: Store, *documents: str, run: str = "r1", version: str = "1") -> int | None:
    """Publish small documents."""
    with store.open_writer() as writer:
        return writer.publish(
            make_change([make_document_rows(name, version=version) for name in documents], run)
        )


def test_a_bucket_keeps_the_promises(bucket: Store) -> None:
    assert put(bucket, "a", "b") == 1
    assert put(bucket, "a", "b", run="r2") is None
    assert put(bucket, "a", run="r3", version="2") == 2
    claims = bucket.read("claims", ["doc_id", "extractor_version"]).sort_by("doc_id").to_pylist()
    assert [(row["doc_id"], row["extractor_version"]) for row in claims] == [("a", "2"), ("b", "1")]
    assert bucket.read("runs")["run_id"].to_pylist() == ["r1", "r2", "r3"]
    assert verify_deep(bucket.root) == []


def test_damage_in_a_bucket_is_named(bucket: Store) -> None:
    put(bucket, "a")
    (file,) = list_files(open_table(bucket.location, "claims"))
    path = f"{bucket.location.get_table_path('claims')}/{file.path}"
    with bucket.location.file_system.open_output_stream(path) as stream:
        stream.write(b"PAR1" * (file.size // 4) + b" " * (file.size % 4))
    assert "its footer is damaged" in str(verify_deep(bucket.root)[0])
    bucket.location.file_system.delete_file(path)
    assert f"{path}: missing" in str(verify_deep(bucket.root)[0])


def test_the_server_honours_conditional_writes(bucket: Store) -> None:
    """The basis of everything else here: of two writers of one commit, one gets an error."""
    import boto3
    from botocore.exceptions import ClientError

    name, client = bucket.location.root_path.partition("/")[0], boto3.client("s3")
    client.put_object(Bucket=name, Key="commit", Body=b"first", IfNoneMatch="*")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        client.put_object(Bucket=name, Key="commit", Body=b"second", IfNoneMatch="*")
    assert client.get_object(Bucket=name, Key="commit")["Body"].read() == b"first"


def test_a_change_made_from_older_rows_is_refused(bucket: Store) -> None:
    put(bucket, "a")
    base = bucket.read_version()
    put(bucket, "b", run="r2")
    with bucket.open_writer() as writer, pytest.raises(OvertakenError, match="version 2"):
        writer.publish(make_change([make_document_rows("c")], "r3"), base)
    assert bucket.read("documents").num_rows == 2


def test_readers_of_delta_read_the_pinned_versions(bucket: Store) -> None:
    put(bucket, "a")
    put(bucket, "a", run="r2", version="2")
    newest = list_versions(bucket.root)[0]
    address = bucket.location.get_table_uri("claims")
    options = {"AWS_ENDPOINT_URL": os.environ["AWS_ENDPOINT_URL"], "AWS_ALLOW_HTTP": "true"}
    frame = pl.scan_delta(address, version=newest.versions["claims"], storage_options=options).collect()
    assert frame["extractor_version"].to_list() == ["2"]
    assert connect_to_warehouse(bucket.root).sql("SELECT count(*) FROM statements").fetchall() == [(2,)]


@pytest.mark.slow
def test_compaction_and_going_back(bucket: Store) -> None:
    put(bucket, *(f"doc{i}" for i in range(30)))
    put(bucket, "z", run="r2")
    report = compact_tables(bucket.root, hours=0)
    assert report.files_after < report.files_before
    assert compact_tables(bucket.root, hours=0).removed == 0
    put(bucket, "y", run="r3")
    restore_version(bucket.root, report.version)
    assert bucket.read("claims").num_rows == 31
    assert verify_tables(bucket.root) == []


WRITE = """
import sys
from tests.sample_rows import make_change, make_document_rows
from warehouse.storage.store import Store
from warehouse.storage.writer import OvertakenError
root, name = sys.argv[1:]
for i in range(2):
    with Store(root).open_writer() as writer:
        new = [make_document_rows(f"{name}{i}"), make_document_rows("shared", version=name)]
        writer.publish(make_change(new, run=f"{name}{i}"))
"""


def test_two_writers_at_once_lose_nothing(bucket: Store) -> None:
    command = [sys.executable, "-c", WRITE, str(bucket.root)]
    writers = [subprocess.Popen([*command, name], cwd=Path(__file__).parents[3]) for name in "ab"]
    assert [writer.wait(240) for writer in writers] == [0, 0]
    expected = sorted([f"{name}{i}" for name in "ab" for i in range(2)] + ["shared"])
    for table in ("documents", "claims", "denial_links"):
        assert sorted(bucket.read(table)["doc_id"].to_pylist()) == expected
    assert bucket.read("runs").num_rows == 4
    assert verify_tables(bucket.root) == []


def test_a_missing_bucket_is_named(bucket: Store) -> None:
    missing = Store(str(bucket.root).replace("bucket-", "nobody-"))
    with pytest.raises(WarehouseError, match="nobody-"), missing.open_writer():
        pass


@pytest.mark.parametrize("root", ["gs://bucket/path", "s3://", "http://example.org/x"])
def test_other_addresses_are_refused(root: str) -> None:
    with pytest.raises(WarehouseError, match="s3://bucket/path"):
        locate_warehouse(root)


def test_a_log_in_a_bucket_is_cleaned_and_extended(bucket: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.storage.delta_tables.CHECKPOINT_INTERVAL", "3")
    for i in range(5):
        put(bucket, "a", run=f"r{i}", version=str(i))
    compact_tables(bucket.root, hours=0)
    log = fs.FileSelector(f"{bucket.location.get_table_path('claims')}/_delta_log")
    assert not any(
        info.base_name.startswith("0" * 20) for info in bucket.location.file_system.get_file_info(log)
    )
    put(bucket, "b", run="last")
    assert Store(bucket.root).read("claims")["doc_id"].to_pylist() == ["a", "b"]
    ids = [
        row for part in bucket.iterate_coded("mentions", ["doc_id", "entity_id"]) for row in part.to_pylist()
    ]
    assert ids == bucket.read("mentions", ["doc_id", "entity_id"]).to_pylist()
    assert verify_tables(bucket.root) == []
