"""Verification finds every kind of planted damage, and no problem in a sound warehouse."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.sample_rows import SAMPLE_TEXT, PublishDocuments, make_document_rows, make_row
from warehouse.errors import WarehouseError
from warehouse.maintenance.verification import verify_tables
from warehouse.storage.store import Store

Rows = dict[str, list[dict[str, Any]]]


def edit(table: str, **values: Any) -> Callable[[Rows], None]:
    """Return an edit of the one row of a table."""
    return lambda rows: rows[table][0].update(values)


def amount(text: str) -> dict[str, Any]:
    """Return a quantity that claims to be the first two characters."""
    return {"start": 0, "end": 2, "low": 1.0, "high": 1.0, "unit": None, "text": text}


COUNTS = ("stored", "unchanged", "duplicate", "rejected", "claims", "denials")
DAMAGE: dict[str, tuple[Callable[[Rows], None], str, str]] = {
    "mention": (edit("mentions", text="Colonel  Haftar"), "mentions", "text[start:end] is text"),
    "mention past the end": (edit("mentions", end=900), "mentions", "text[start:end] is text"),
    "negative offset": (edit("mentions", start=-1), "mentions", "text[start:end] is text"),
    "source": (
        edit("claims", source_text="Hafter"),
        "claims",
        "text[source_start:source_end] is source_text",
    ),
    "half a source": (edit("claims", source_end=None), "claims", "is source_text"),
    "cue": (edit("denials", cue_start=0, cue_end=6), "denials", "text[cue_start:cue_end] is cue_text"),
    "content": (
        edit("claims", content_text="the raid never took place"),
        "claims",
        "content_text is its spans",
    ),
    "content past the end": (
        edit("claims", content_spans=[{"start": 0, "end": 999}], content_text=SAMPLE_TEXT),
        "claims",
        "content_spans lie",
    ),
    "no content": (edit("denials", content_spans=[], content_text=""), "denials", "content_spans lie"),
    "quantity": (edit("claims", quantities=[amount("C0")]), "claims", "quantities slice"),
    "entity": (edit("mentions", entity_id="Q9"), "mentions", "entity_id names"),
    "speaker": (edit("claims", speaker_id="Q9"), "claims", "speaker_id names"),
    "target": (edit("claims", target_ids=["Q1", "Q9"]), "claims", "target_ids names"),
    "parent": (edit("claims", parent_id="c-z"), "claims", "parent_id names"),
    "link's claim": (edit("denial_links", claim_id="c-z"), "denial_links", "claim_id names"),
    "link's denial": (edit("denial_links", denial_id="d-z"), "denial_links", "denial_id names"),
    "group's claim": (edit("claim_groups", claim_id="c-z"), "claim_groups", "claim_id names"),
    "medoid": (edit("claim_groups", medoid_id="c-z"), "claim_groups", "medoid_id names"),
    "medoid of another group": (
        edit("claim_groups", medoid_id="c-b"),
        "claim_groups",
        "medoid_id is the medoid of its group",
    ),
    "group's score": (edit("claim_groups", score=1.5), "claim_groups", "score lies in"),
    "duplicate": (
        lambda rows: rows.update(near_duplicates=[make_row("near_duplicates", doc_id="a", duplicate_of="z")]),
        "near_duplicates",
        "duplicate_of names",
    ),
    "document": (lambda rows: rows["documents"].clear(), "claims", "doc_id names"),
    "rank": (edit("denial_links", rank=2), "denial_links", "rank counts from 1"),
    "score": (edit("denial_links", score=1.5), "denial_links", "score lies in"),
    "not a number": (edit("claims", confidence=float("nan")), "claims", "confidence lies in"),
    "length": (edit("documents", n_chars=len(SAMPLE_TEXT) + 1), "documents", "n_chars"),
    "month": (edit("documents", published_at=date(2026, 10, 1)), "documents", "published_month is that"),
    "month of a row": (edit("claims", published_month="2026-10"), "claims", "published_month is that"),
    "counts": (
        lambda rows: rows.update(runs=[make_row("runs", counts={"read": 2, **dict.fromkeys(COUNTS, 0)})]),
        "runs",
        "read = stored",
    ),
}


def test_a_whole_warehouse_has_no_problem(store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"), make_document_rows("b", None))
    put(make_document_rows("a", version="2"), removed=["b"])
    assert verify_tables(store.root) == []


def test_a_missing_warehouse_is_named(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="counterclaim run"):
        verify_tables(tmp_path)


@pytest.mark.parametrize("kind", DAMAGE)
def test_damaged_rows_are_found(
    kind: str, store: Store, put: PublishDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The writer would refuse some of these rows.
    monkeypatch.setattr("warehouse.storage.writer.check_table_contract", lambda *_: None)
    damage, table, promise = DAMAGE[kind]
    rows: Rows = make_document_rows("a")
    damage(rows)
    of_no_document = {name: rows.pop(name) for name in ("runs", "near_duplicates") if name in rows}
    put(make_document_rows("b"), rows, **of_no_document)
    found = [p for p in verify_tables(store.root) if p.table == table and promise in p.promise]
    assert len(found) == 1
    assert found[0].count >= 1
    assert found[0].rows


def published(store: Store, table: str) -> Path:
    """Return the one published file of a table."""
    (path,) = (Path(store.root) / table).rglob("*.parquet")
    return path


def replace(path: Path, content: bytes) -> None:
    """Put a new file in place of a hard link."""
    path.unlink()
    path.write_bytes(content)


def test_damaged_files_are_found(store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"))
    path = published(store, "claims")
    content = path.read_bytes()
    assert verify_tables(store.root) == []
    replace(path, content[:-1])
    assert "plain files" in str(verify_tables(store.root)[0])
    replace(path, content)
    assert verify_tables(store.root) == []
    extra = path.with_name("extra.parquet")
    extra.write_bytes(content)
    assert "extra.parquet" in str(verify_tables(store.root)[0])
    extra.unlink()
    path.unlink()
    assert path.name in str(verify_tables(store.root)[0])


def test_another_schema_is_found(store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"))
    path = published(store, "claims")
    with path.open("r+b") as file:  # in place, which changes the Delta file and its published link
        table = pq.read_table(file, partitioning=None).drop_columns(["rule"])
        file.seek(0)
        pq.write_table(table, file)
        file.truncate()
    assert any("rule" in str(problem) for problem in verify_tables(store.root))


def test_a_version_that_is_not_published_yet_is_named(
    store: Store, put: PublishDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(make_document_rows("a"))
    with monkeypatch.context() as patch:
        patch.setattr("warehouse.storage.writer.publish_version", lambda *_: None)
        put(make_document_rows("b"), run="r2")
    assert "the next run publishes it" in str(verify_tables(store.root)[0])
    with store.open_writer():
        pass
    assert verify_tables(store.root) == []
