"""Small valid rows of every table, built from the table contracts."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from warehouse.storage.edits.table_edits import WarehouseChange
from warehouse.tables import TABLES, to_arrow

SAMPLE_TEXT = "Colonel Haftar said the raid — 🛩️ and all — never took place. He denied it."
Row = dict[str, Any]
PublishDocuments = Callable[..., int | None]
"""the type of the fixture ``put``: publishes documents and returns the version"""


def make_row(table: str, /, **given: Any) -> Row:
    """Return a row of a table: the given values, else null if allowed, else a default of the type."""
    row: Row = {}
    for column in TABLES[table].columns:
        if column.nullable:
            row[column.name] = None
        elif pa.types.is_list(column.type):
            row[column.name] = []
        elif pa.types.is_struct(column.type):
            row[column.name] = {field.name: 0 for field in column.type}
        elif pa.types.is_timestamp(column.type):
            row[column.name] = datetime(2026, 11, 1, tzinfo=UTC)
        elif pa.types.is_boolean(column.type):
            row[column.name] = False
        else:
            row[column.name] = "x" if pa.types.is_string(column.type) else 0
    assert given.keys() <= row.keys()
    return row | given


def make_document_rows(
    doc: str, day: date | None = date(2026, 11, 1), version: str = "1"
) -> dict[str, list[Row]]:
    """Return the rows of one small document: a mention, a claim, a denial, their link, and the claim's group."""
    month = f"{day:%Y-%m}" if day else "unknown"
    common = {"doc_id": doc, "published_month": month, "extractor_version": version}
    mention = _make_span_columns("", "Colonel Haftar") | {"mention_id": f"m-{doc}", "entity_id": "Q1"}
    link = {"denial_id": f"d-{doc}", "rank": 1, "claim_id": f"c-{doc}", "score": 0.5, "same_document": True}
    given = {
        "documents": _make_document_columns(doc, day, version),
        "mentions": mention,
        "claims": {"claim_id": f"c-{doc}"} | _make_claim_columns(),
        "denials": {"denial_id": f"d-{doc}"} | _make_denial_columns(),
        "denial_links": link,
        "claim_groups": {
            "claim_id": f"c-{doc}",
            "group_id": f"g-{doc}",
            "medoid_id": f"c-{doc}",
            "score": 0.9,
        },
    }
    return {table: [make_row(table, **common, **columns)] for table, columns in given.items()}


def _make_span_columns(prefix: str, words: str) -> Row:
    """Return the columns of a span of the text."""
    at = SAMPLE_TEXT.index(words)
    return {f"{prefix}start": at, f"{prefix}end": at + len(words), f"{prefix}text": words}


def _make_document_columns(doc: str, day: date | None, version: str) -> Row:
    """Return the columns of the document."""
    return {
        "text": SAMPLE_TEXT,
        "n_chars": len(SAMPLE_TEXT),
        "n_tokens": 20,
        "layout": "article",
        "published_at": day,
        "source_uri": f"file:{doc}",
        "content_sha256": hashlib.sha256(f"{doc}{version}".encode()).hexdigest(),
    }


def _make_claim_columns() -> Row:
    """Return the columns of the claim, whose content is interrupted."""
    said = [SAMPLE_TEXT.index("the raid"), SAMPLE_TEXT.index("never")]
    source, cue = _make_span_columns("source_", "Colonel Haftar"), _make_span_columns("cue_", "said")
    return {
        **source,
        **cue,
        "confidence": 0.75,
        "speaker_id": "Q1",
        "claim_type": "statement",
        "content_spans": [{"start": said[0], "end": said[0] + 8}, {"start": said[1], "end": said[1] + 16}],
        "content_text": "the raid … never took place",
        "target_ids": ["Q1"],
    }


def _make_denial_columns() -> Row:
    """Return the columns of the denial."""
    return {
        **_make_span_columns("cue_", "denied"),
        "denial_type": "explicit",
        "source_type": "pronoun",
        "content_spans": [{"start": len(SAMPLE_TEXT) - 3, "end": len(SAMPLE_TEXT) - 1}],
        "content_text": "it",
    }


def make_change(
    documents: Sequence[Mapping[str, list[Row]]] = (),
    run: str = "r1",
    removed: Sequence[str] = (),
    **more: list[Row],
) -> WarehouseChange:
    """Return a change that publishes some documents together with their run."""
    rows: dict[str, list[Row]] = {
        name: [row for d in documents for row in d.get(name, ())] for name in make_document_rows("")
    }
    counts = {
        "read": len(documents),
        "stored": len(documents),
        "unchanged": 0,
        "duplicate": 0,
        "rejected": 0,
        "claims": 0,
        "denials": 0,
    }
    rows["entities"] = [make_row("entities", entity_id="Q1", name="Haftar")]
    rows["runs"] = [make_row("runs", run_id=run, counts=counts, parameters="{}", versions="{}")]
    tables = {name: to_arrow(found, TABLES[name]) for name, found in (rows | more).items()}
    return WarehouseChange(tables, frozenset(removed))
