"""Publication: rows are replaced as one version, all readers see the same rows, and no byte changes without need."""

import math
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

import warehouse
from tests.sample_rows import PublishDocuments, make_change, make_document_rows, make_row
from tests.warehouse.file_hashes import hash_files_and_links
from warehouse.errors import WarehouseError
from warehouse.file_lock import hold_file_lock
from warehouse.maintenance.integrity import verify_deep
from warehouse.storage.edits.table_edits import WarehouseChange
from warehouse.storage.store import Store
from warehouse.tables import SCHEMA_VERSION, TABLES, ContractError, to_arrow

OCTOBER = date(2026, 10, 31)
MONTH = {"published_month": "2026-11"}
ENDLESS = {"start": 0, "end": 1, "low": 1.0, "high": math.inf, "unit": "", "text": "x"}
HIVE = ds.partitioning(pa.schema([("published_month", pa.string())]), flavor="hive")


def ids(frame: object) -> list[tuple[str, str]]:
    """Return the sorted (doc_id, published_month) pairs of a pandas or polars frame or an Arrow table."""
    columns = [list(map(str, frame[name])) for name in ("doc_id", "published_month")]  # type: ignore[index]
    return sorted(zip(*columns, strict=True))


READERS: dict[str, Callable[[str], list[tuple[str, str]]]] = {
    "pandas": lambda path: ids(pd.read_parquet(path)),
    "pyarrow": lambda path: ids(ds.dataset(path, partitioning=HIVE).to_table().to_pydict()),
    "pyarrow.parquet": lambda path: ids(pq.read_table(path).to_pydict()),
    "polars": lambda path: ids(pl.scan_parquet(path).collect()),
    "duckdb": lambda path: ids(duckdb.execute(f"FROM read_parquet('{path}/**/*.parquet')").df()),
}


def test_every_plain_reader_sees_exactly_the_current_rows(store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"), make_document_rows("b"), make_document_rows("c", None))
    put(
        make_document_rows("a", OCTOBER),
        make_document_rows("b", version="2"),
        make_document_rows("d"),
        removed=["c"],
    )
    expected = [("a", "2026-10"), ("b", "2026-11"), ("d", "2026-11")]
    for table in (table.name for table in TABLES.values() if table.partitioned):
        for name, read in READERS.items():
            assert read(str(Path(store.root) / table)) == expected, name


def test_the_partition_is_a_string_for_every_reader(store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"), make_document_rows("c", None))
    path = str(Path(store.root) / "claims")
    assert pd.read_parquet(path)["published_month"].astype(str).tolist() == ["2026-11", "unknown"]
    assert pl.scan_parquet(path).collect_schema()["published_month"] == pl.String
    kinds = duckdb.execute(
        f"SELECT DISTINCT typeof(published_month) FROM read_parquet('{path}/**/*.parquet')"
    ).fetchall()
    assert kinds == [("VARCHAR",)]


def test_empty_tables_are_readable(store: Store) -> None:
    with store.open_writer():
        pass
    for name in TABLES:
        assert pd.read_parquet(str(Path(store.root) / name)).empty
        assert duckdb.execute(f"FROM read_parquet('{store.root}/{name}/**/*.parquet')").fetchall() == []


def test_files_are_zstd_with_statistics_and_descriptions(store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"))
    for table in TABLES.values():
        for path in (Path(store.root) / table.name).rglob("*.parquet"):
            footer, schema = pq.read_metadata(path), pq.read_schema(path)
            assert schema.metadata[b"description"].decode() == table.meaning
            for field in schema:
                assert (
                    field.metadata[b"description"] == table.schema.field(field.name).metadata[b"description"]
                )
            for i in range(footer.num_columns if footer.num_rows else 0):
                column = footer.row_group(0).column(i)
                assert column.compression == "ZSTD"
                assert column.is_stats_set or "." in column.path_in_schema


def test_files_are_hard_links_of_the_truth(store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"))
    assert [p.stat().st_nlink for p in (Path(store.root) / "claims").rglob("*.parquet")] == [2]


def test_a_file_system_without_links_gets_copies(
    store: Store, put: PublishDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr("os.link", refuse)
    put(make_document_rows("a"))
    assert READERS["pandas"](str(Path(store.root) / "claims")) == [("a", "2026-11")]


def test_an_unchanged_run_changes_no_byte_and_loses_no_count(store: Store, put: PublishDocuments) -> None:
    rejects = [make_row("rejects", source_uri="file:z", run_id="r1")]
    put(make_document_rows("a"), make_document_rows("c", None), rejects=rejects)
    before = hash_files_and_links(Path(store.root))
    again = [make_row("rejects", source_uri="file:z", run_id="r2")]
    assert put(make_document_rows("a"), make_document_rows("c", None), run="r2", rejects=again) is None
    assert hash_files_and_links(Path(store.root)) == before
    assert store.read("runs")["run_id"].to_pylist() == ["r1"]
    assert put(make_document_rows("b"), run="r3") == 2
    assert store.read("runs")["run_id"].to_pylist() == ["r1", "r2", "r3"]
    assert store.read("rejects")["run_id"].to_pylist() == ["r1"]


def test_rejects_follow_their_source(store: Store, put: PublishDocuments) -> None:
    put(rejects=[make_row("rejects", source_uri=uri, stage="read") for uri in ("file:y", "file:z")])
    with store.open_writer() as writer:
        late = to_arrow([make_row("rejects", source_uri="file:y", stage="extract")], TABLES["rejects"])
        writer.publish(WarehouseChange({"rejects": late}, resolved_rejects=pa.array(["file:z"])))
    assert store.read("rejects", ["source_uri", "stage"]).to_pylist() == [
        {"source_uri": "file:y", "stage": "extract"}
    ]


@pytest.mark.parametrize("order", [1, -1])
def test_two_rejects_of_one_name_are_one_whatever_came_first(
    store: Store, put: PublishDocuments, order: int
) -> None:
    twins = [make_row("rejects", source_uri="file:z#id=1", reason=reason) for reason in ("binary", "empty")]
    put(rejects=twins[::order])
    assert store.read("rejects")["reason"].to_pylist() == ["empty"]


def test_links_can_change_without_their_document(store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"), make_document_rows("b"))
    row = make_document_rows("a")["denial_links"][0] | {"claim_id": "c-b", "same_document": False}
    with store.open_writer() as writer:
        writer.publish(WarehouseChange({"denial_links": to_arrow([row], TABLES["denial_links"])}))
    assert sorted(store.read("denial_links")["claim_id"].to_pylist()) == ["c-b", "c-b"]
    assert store.read("documents").num_rows == 2


def test_reading_before_there_is_a_warehouse(store: Store) -> None:
    assert store.read("claims").schema == TABLES["claims"].schema
    with pytest.raises(WarehouseError, match="counterclaim run"), warehouse.open(store.root):
        pass


def test_store_reads_columns_and_filters(store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"), make_document_rows("b", OCTOBER))
    rows = store.read("claims", ["doc_id"], filter=ds.field("published_month") == "2026-10")
    assert rows.to_pylist() == [{"doc_id": "b"}]


def test_many_small_runs_leave_few_files(store: Store, put: PublishDocuments) -> None:
    for i in range(10):
        put(make_document_rows(f"doc{i}"), run=f"r{i}")
    assert len(list((Path(store.root) / "claims").rglob("*.parquet"))) <= 4
    assert len(list((Path(store.root) / "_snapshots").iterdir())) == store.keep
    assert store.read("claims").num_rows == 10


def test_a_pinned_reader_keeps_its_version(store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"))
    with warehouse.open(store.root) as snapshot:
        for i in range(6):
            put(make_document_rows("a", version=str(i + 2)), run=f"r{i}")
        assert snapshot.version == 1
        assert snapshot.to_pandas("claims")["extractor_version"].tolist() == ["1"]
        assert snapshot.dataset("claims").schema.field("cue_text").metadata[b"description"]
    put(make_document_rows("a", version="9"), run="last")
    assert not snapshot.path.exists()


def test_months_that_did_not_change_move_to_the_new_version(store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"), make_document_rows("b", OCTOBER))
    snapshots = Path(store.root) / "_snapshots"
    months = ("claims/published_month=2026-10", "claims/published_month=2026-11")
    before = [(snapshots / "v00000001" / month).stat().st_ino for month in months]
    for i in range(store.keep):
        put(make_document_rows("a", version=str(i + 2)), run=f"r{i}")
    after = [(Path(store.root) / "_current" / month).stat().st_ino for month in months]
    assert (after[0] == before[0], after[1] == before[1]) == (True, False)
    assert verify_deep(store.root) == []


def test_a_file_that_was_put_into_an_old_version_is_not_taken_over(
    store: Store, put: PublishDocuments
) -> None:
    put(make_document_rows("a"), make_document_rows("b", OCTOBER))
    (path,) = (Path(store.root) / "_snapshots/v00000001/claims/published_month=2026-10").iterdir()
    path.unlink()
    path.write_bytes(b"no Parquet")
    path.with_name("more.parquet").write_bytes(b"nor this")
    for i in range(store.keep):
        put(make_document_rows("a", version=str(i + 2)), run=f"r{i}")
    assert READERS["pandas"](str(Path(store.root) / "claims")) == [("a", "2026-11"), ("b", "2026-10")]
    assert verify_deep(store.root) == []


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (to_arrow(make_document_rows("a")["claims"], TABLES["claims"]).drop_columns(["rule"]), "columns"),
        (to_arrow(make_document_rows("a")["claims"] * 2, TABLES["claims"]), "same claim_id"),
        (to_arrow([make_row("claims", published_month="2026-11/../..")], TABLES["claims"]), "YYYY-MM"),
        (to_arrow([make_row("claims", published_month="2026-13")], TABLES["claims"]), "YYYY-MM"),
        (
            to_arrow([make_row("claims", **MONTH, confidence=math.nan)], TABLES["claims"]),
            r"infinity in \['conf",
        ),
        (
            to_arrow([make_row("claims", **MONTH, quantities=[ENDLESS])], TABLES["claims"]),
            r"infinity in \['quan",
        ),
    ],
)
def test_rows_that_break_the_contract_are_refused(store: Store, rows: pa.Table, message: str) -> None:
    with store.open_writer() as writer, pytest.raises(ContractError, match=message):
        writer.publish(WarehouseChange({"claims": rows}))
    assert store.read("claims").num_rows == 0


def test_a_newer_warehouse_is_refused(
    store: Store, put: PublishDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warehouse.storage.version_pins.SCHEMA_VERSION", SCHEMA_VERSION + 1)
    put(make_document_rows("a"))
    monkeypatch.undo()
    with pytest.raises(WarehouseError, match="newer Counterclaim"):
        store.read("documents")
    with pytest.raises(WarehouseError, match="newer Counterclaim"), store.open_writer():
        pass


def test_a_place_that_cannot_be_a_warehouse_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    refusals = {tmp_path / "file": "is no warehouse but a file", Path("/proc/warehouse"): "cannot be written"}
    for root, message in refusals.items():
        with pytest.raises(WarehouseError, match=message), Store(root).open_writer():
            pass


def test_an_error_of_the_caller_stays_its_own(store: Store) -> None:
    with pytest.raises(FileNotFoundError), store.open_writer():
        Path("/nowhere").read_text()


def test_a_second_writer_waits_and_says_for_whom(store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"))
    waits: list[str] = []
    held, done = threading.Event(), threading.Event()

    def wait(holder: str) -> None:
        waits.append(holder)
        done.set()

    def hold() -> None:
        with hold_file_lock(Path(store.root) / ".lock"):
            held.set()
            done.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(20)
    with store.open_writer(wait) as writer:
        writer.publish(make_change([make_document_rows("b")], run="r2"))
    thread.join()
    assert len(waits) == 1
    assert "process" in waits[0]
    assert store.read("documents").num_rows == 2


WRITE = """
import sys; from tests.sample_rows import make_change, make_document_rows; from warehouse.storage.store import Store
root, name = sys.argv[1:]
for i in range(4):
    with Store(root).open_writer() as writer:
        new = [make_document_rows(f"{name}{i}"), make_document_rows("shared", version=name)]
        writer.publish(make_change(new, run=f"{name}{i}"))
"""


def test_two_processes_write_in_turn(store: Store) -> None:
    command = [sys.executable, "-c", WRITE, str(store.root)]
    writers = [subprocess.Popen([*command, name], cwd=Path(__file__).parents[3]) for name in "ab"]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    expected = sorted([f"{name}{i}" for name in "ab" for i in range(4)] + ["shared"])
    for table in ("documents", "claims", "denial_links"):
        assert sorted(store.read(table)["doc_id"].to_pylist()) == expected
    assert store.read("runs").num_rows == 8


def test_plain_duckdb_pins_a_version(store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"))
    connection = duckdb.connect()
    connection.execute(f"SET VARIABLE warehouse = '{store.root}'")
    connection.execute(Path("warehouse/pin.sql").read_text("utf-8"))
    put(make_document_rows("a", version="2"), run="r2")
    for name in TABLES:
        assert connection.table(name).columns == pq.read_table(Path(store.root) / name).column_names
    versions = (
        "SELECT DISTINCT extractor_version FROM claims JOIN documents USING (doc_id, extractor_version)"
    )
    assert connection.sql(versions).fetchall() == [("1",)]
    connection.execute(Path("warehouse/pin.sql").read_text("utf-8"))
    assert connection.sql(versions).fetchall() == [("2",)]
