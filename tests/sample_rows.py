"""Small rows of every table, made from the contracts."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from warehouse.storage.store import Change
from warehouse.tables import TABLES, to_arrow

TEXT = "Colonel Haftar said the raid — 🛩️ and all — never took place. He denied it."
Row = dict[str, Any]


def blank(table: str, /, **given: Any) -> Row:
    """Return a row of a table: what is given, null where it may be, else a plain value of the type."""
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


def document_rows(doc: str, day: date | None = date(2026, 11, 1), version: str = "1") -> dict[str, list[Row]]:
    """Return the rows of one small document: one mention, one claim, one denial and the link between them."""
    month = f"{day:%Y-%m}" if day else "unknown"
    common = {"doc_id": doc, "published_month": month, "extractor_version": version}

    def span(prefix: str, words: str) -> Row:
        at = TEXT.index(words)
        return {f"{prefix}start": at, f"{prefix}end": at + len(words), f"{prefix}text": words}

    said = [TEXT.index("the raid"), TEXT.index("never")]
    content = [{"start": said[0], "end": said[0] + 8}, {"start": said[1], "end": said[1] + 16}]
    spoken = span("source_", "Colonel Haftar") | {"confidence": 0.75, "speaker_id": "Q1"}
    return {
        "documents": [
            blank(
                "documents",
                **common,
                text=TEXT,
                n_chars=len(TEXT),
                n_tokens=20,
                published_at=day,
                source_uri=f"file:{doc}",
                content_sha256=hashlib.sha256(f"{doc}{version}".encode()).hexdigest(),
            )
        ],
        "mentions": [
            blank("mentions", **common, **span("", "Colonel Haftar"), mention_id=f"m-{doc}", entity_id="Q1")
        ],
        "claims": [
            blank(
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
            blank(
                "denials",
                **common,
                **span("cue_", "denied"),
                denial_id=f"d-{doc}",
                denial_type="explicit",
                source_type="pronoun",
                content_spans=[{"start": len(TEXT) - 3, "end": len(TEXT) - 1}],
                content_text="it",
            )
        ],
        "denial_links": [
            blank(
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


def change(
    documents: Sequence[Mapping[str, list[Row]]] = (),
    run: str = "r1",
    removed: Sequence[str] = (),
    **more: list[Row],
) -> Change:
    """Return the change that brings some documents, with the run that brings them."""
    rows: dict[str, list[Row]] = {
        name: [row for d in documents for row in d[name]] for name in document_rows("")
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
    rows["entities"] = [blank("entities", entity_id="Q1", name="Haftar")]
    rows["runs"] = [blank("runs", run_id=run, counts=counts, parameters="{}", versions="{}")]
    tables = {name: to_arrow(found, TABLES[name]) for name, found in (rows | more).items()}
    return Change(tables, frozenset(removed))
