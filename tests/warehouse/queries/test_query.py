"""Queries: one version, read only, with access to nothing else; and what the terminal shows."""

import csv
import gc
import io
import json
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.sample_rows import PublishDocuments, make_document_rows, make_row
from warehouse.data_dictionary import format_dictionary_markdown, format_dictionary_text
from warehouse.errors import StatementError, WarehouseError
from warehouse.queries.connection import connect_to_warehouse, run_select
from warehouse.queries.rendering import render_rows
from warehouse.storage.store import Store
from warehouse.tables import TABLES


def test_views_are_the_tables(store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"), make_document_rows("b", None))
    connection = connect_to_warehouse(store.root)
    for table in TABLES.values():
        assert connection.sql(f"FROM {table.name}").columns == table.schema.names
    kinds = connection.sql("SELECT kind, type, count(*) FROM statements GROUP BY ALL ORDER BY ALL").fetchall()
    assert kinds == [("claim", "statement", 2), ("denial", "explicit", 2)]
    answered = "SELECT denial_text, claim_text, claimant FROM answered WHERE doc_id = 'a'"
    assert connection.sql(answered).fetchall() == [("it", "the raid … never took place", "Haftar")]


def test_a_connection_keeps_its_version(store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"))
    connection = connect_to_warehouse(store.root)
    for i in range(5):
        put(make_document_rows(f"b{i}"), run=f"r{i}")
    assert connection.sql("SELECT count(*) FROM claims").fetchall() == [(1,)]
    first = Path(store.root) / "_snapshots" / "v00000001"
    assert first.exists()
    del connection
    gc.collect()
    put(make_document_rows("c"), run="last")
    assert not first.exists()


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE x AS SELECT 1",
        "DROP VIEW claims",
        "COPY (SELECT 1) TO 'x.csv'",
        "ATTACH 'x.db'",
        "SELECT 1; SELECT 2",
        "SET enable_external_access = true",
        "",
    ],
)
def test_a_query_only_reads(sql: str, store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"))
    with pytest.raises(StatementError, match="one SELECT"):
        run_select(connect_to_warehouse(store.root), sql)


@pytest.mark.parametrize("sql", ["FROM read_text('/etc/hostname')", "FROM '/etc/passwd'", "LOAD httpfs"])
def test_nothing_else_is_within_reach(sql: str, store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"))
    with pytest.raises(duckdb.Error, match=r"disabled|does not exist"):
        connect_to_warehouse(store.root).execute(sql).fetchall()


def test_a_missing_warehouse_is_named(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match=str(tmp_path)):
        connect_to_warehouse(tmp_path)


def test_a_root_with_quotes_and_spaces(tmp_path: Path) -> None:
    store = Store(tmp_path / "it's a 'house' = [1]")
    with store.open_writer():
        pass
    assert connect_to_warehouse(store.root).sql("SELECT count(*) FROM claims").fetchall() == [(0,)]


def test_formats(store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"))
    connection = connect_to_warehouse(store.root)
    relation = run_select(connection, "SELECT doc_id, content_spans, said_on FROM claims")
    spans = [{"start": 20, "end": 28}, {"start": 46, "end": 62}]
    row = next(csv.DictReader(io.StringIO(render_rows(relation, "csv").decode())))
    assert (row["doc_id"], row["said_on"]) == ("a", "")
    assert json.loads(row["content_spans"]) == json.loads(render_rows(relation, "json"))[0]["content_spans"]
    assert len(json.loads(row["content_spans"])) == len(spans)
    assert pq.read_table(io.BytesIO(render_rows(relation, "parquet"))).num_rows == 1


@pytest.mark.parametrize(
    "sql", ["FROM claims", "SELECT claim_id, repeat('word ', 500) AS t FROM claims", "FROM runs"]
)
def test_the_table_fits_80_columns(sql: str, store: Store, put: PublishDocuments) -> None:
    put(*(make_document_rows(f"doc{i}") for i in range(50)))
    shown = render_rows(run_select(connect_to_warehouse(store.root), sql)).decode()
    assert max(map(len, shown.splitlines())) <= 80
    assert ("10 more rows" in shown) == (sql != "FROM runs")


@pytest.mark.parametrize(
    ("sql", "lines"),
    [
        ("SELECT 0.9516623616::DOUBLE AS score, ['a', 'b'] AS names", [" score  ┃ names ", " 0.9517 │ a; b  "]),
        ("SELECT 1 AS n WHERE false", [" n ", "no rows"]),
        ("SELECT repeat('x', 24) AS one_id, repeat('y', 24) AS other_id, repeat('word ', 9) AS t", ["xxx", "yyy"]),
        ("SELECT 'negated_assertion' AS kind, " + ", ".join(f"{i} AS some_numbers_{i}" for i in range(5)),
         [" kind              ┃", " negated_assertion │ 0 "]),
        ("SELECT " + ", ".join(f"{i} AS a_long_heading_{i}" for i in range(8)), ["row 1", "a_long_heading_6  6"]),
        ("SELECT NULL AS nothing, repeat('z', 90) AS much" + ", 1 AS number" * 8, ["row 1", "much    zzz"]),
        ("SELECT 1 AS n, 2 AS n", [" n ┃ n ", " 1 │ 2 "]),
    ],
)  # fmt: skip
def test_the_table_reads_well(sql: str, lines: list[str], store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"))
    shown = render_rows(run_select(connect_to_warehouse(store.root), sql)).decode()
    assert all(line in shown for line in lines), shown
    assert max(map(len, shown.splitlines())) <= 80


def test_what_a_text_says_cannot_command_the_terminal(store: Store, put: PublishDocuments) -> None:
    put(entities=[make_row("entities", entity_id="Q1", name="\x1b[2J[red]evil[/red]")])
    shown = render_rows(run_select(connect_to_warehouse(store.root), "SELECT name FROM entities")).decode()
    assert "\x1b" not in shown
    assert "␛[2J[red]evil[/red]" in shown


def test_the_dictionary_names_every_column() -> None:
    for text in (format_dictionary_markdown(), format_dictionary_text()):
        for table in TABLES.values():
            assert all(column.name in text for column in table.columns)
    assert max(map(len, format_dictionary_text().splitlines())) <= 80
