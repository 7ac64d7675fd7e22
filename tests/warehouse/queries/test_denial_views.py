"""The views of denials: what each shows of an accusation, its denial and a refusal to comment."""

from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from tests.sample_rows import make_change, make_document_rows, make_row
from warehouse.queries.connection import connect_to_warehouse
from warehouse.storage.store import Store


@pytest.fixture
def connection(tmp_path: Path) -> DuckDBPyConnection:
    rows = make_document_rows("a")
    rows["claims"][0] |= {"claim_type": "accusation"}
    silent = rows["claims"][0] | {"claim_id": "silent", "claim_type": "statement", "no_comment": True}
    rows["claims"].append(silent)
    rows["denial_links"] = [
        make_row(
            "denial_links",
            denial_id="d-a",
            claim_id="c-a",
            rank=1,
            score=0.9,
            doc_id="a",
            published_month="2026-11",
            extractor_version="1",
            same_document=True,
        )
    ]
    store = Store(tmp_path / "data")
    with store.open_writer() as writer:
        writer.publish(make_change([rows]))
    return connect_to_warehouse(store.root)


@pytest.mark.parametrize(
    ("view", "columns", "expected"),
    [
        (
            "contested",
            "claim_id, denial_id, claimant, rank, same_document",
            [("c-a", "d-a", "Haftar", 1, True)],
        ),
        (
            "exchanges",
            "accuser, accused, days_between, claim_id, denial_id",
            [("Haftar", "Haftar", 0, "c-a", "d-a")],
        ),
        (
            "denial_rate",
            "speaker, target, accusations, denied, denial_rate",
            [("Haftar", "Haftar", 1, 1, 1.0)],
        ),
        ("no_comment", "speaker, claim_id, no_comment", [("Haftar", "silent", True)]),
    ],
)
def test_view(
    view: str, columns: str, expected: list[tuple[object, ...]], connection: DuckDBPyConnection
) -> None:
    assert connection.sql(f"SELECT {columns} FROM {view}").fetchall() == expected
