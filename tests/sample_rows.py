"""Small valid rows of every table, built from the table contracts."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from warehouse.storage.table_edits import WarehouseChange
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
    """Return the rows of one small document: one mention, one claim, one denial and the link between them."""
    month = f"{day:%Y-%m}" if day else "unknown"
    common = {"doc_id": doc, "published_month": month, "extractor_version": version}

    def span(prefix: str, words: str) -> Row:
        at = SAMPLE_TEXT.index(words)
        return {f"{prefix}start": at, f"{prefix}end": at + len(words), f"{prefix}text": words}

    said = [SAMPLE_TEXT.index("the raid"), SAMPLE_TEXT.index("never")]
    content = [{"start": said[0], "end": said[0] + 8}, {"start": said[1], "end": said[1] + 16}]
    spoken = span("source_", "Colonel Haftar") | {"confidence": 0.75, "speaker_id": "Q1"}
    return {
        "documents": [
            make_row(
                "documents",
                **common,
                text=SAMPLE_TEXT,
                n_chars=len(SAMPLE_TEXT),
                n_tokens=20,
                layout="article",
                published_at=day,
                source_uri=f"file:{doc}",
                content_sha256=hashlib.sha256(f"{doc}{version}".encode()).hexdigest(),
            )
        ],
        "mentions": [
            make_row(
                "mentions", **common, **span("", "Colonel Haftar"), mention_id=f"m-{doc}", entity_id="Q1"
            )
        ],
        "claims": [
            make_row(
                "claims",
                **common,
                **spoken,
                **span("cue_", "said"),
                claim_id=f"c-{doc}",
                claim_type="statement",
                content_spans=content,
                content_text="the raid … never took place",
                target_ids=["Q1"],
            )
        ],
        "denials": [
            make_row(
                "denials",
                **common,
                **span("cue_", "denied"),
                denial_id=f"d-{doc}",
                denial_type="explicit",
                source_type="pronoun",
                content_spans=[{"start": len(SAMPLE_TEXT) - 3, "end": len(SAMPLE_TEXT) - 1}],
                content_text="it",
            )
        ],
        "denial_links": [
            make_row(
                "denial_links",
                **common,
                denial_id=f"d-{doc}",
                rank=1,
                claim_id=f"c-{doc}",
                score=0.5,
                same_document=True,
            )
        ],
    }


def make_change(
    documents: Sequence[Mapping[str, list[Row]]] = (),
    run: str = "r1",
    removed: Sequence[str] = (),
    **more: list[Row],
) -> WarehouseChange:
    """Return a change that publishes some documents together with their run."""
    rows: dict[str, list[Row]] = {
        name: [row for d in documents for row in d[name]] for name in make_document_rows("")
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
