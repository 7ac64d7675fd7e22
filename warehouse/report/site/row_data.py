"""Rows as the scripts of a site take them: what the page shows, cites, exports and reviews."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from markupsafe import Markup

from warehouse.report.report_scope import Row
from warehouse.report.site.corrections import (
    collect_found_values,
    describe_reviewed_speaker,
    list_targets,
    word_corrections,
)
from warehouse.report.site.wording import describe_speaker, make_page_path, to_percent

REVIEWED_NAMES = ("reviewed_kind", "reviewed_type")
UNSAFE_IN_SCRIPT = {
    ord("<"): "\\u003c",
    ord(">"): "\\u003e",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


def to_row_data(row: Row, names: Mapping[str, str]) -> dict[str, Any]:
    """Return a row of ``shown`` under the names that the scripts use."""
    speaker = describe_reviewed_speaker(row)
    spans = [(span["start"], span["end"]) for span in row["content_spans"]]
    found = collect_found_values(row, names)
    corrections = word_corrections(row, names)
    return {
        "id": row["statement_id"],
        "kind": row["kind"],
        "type": row["type"],
        "speaker": speaker["name"],
        "speaker_id": row["speaker_id"],
        "source": row["source_text"],
        "source_words": speaker["words"],
        "targets": list_targets(row, names),
        "cue": row["cue_text"],
        "text": row["content_text"],
        "sentence": row["sentence"],
        "role": row["role"],
        "roles": row["roles"] or [],
        "spans": spans,
        "confidence": round(row["confidence"], 3),
        "rule": row["rule"],
        "version": row["extractor_version"],
        "day": row["day"],
        "n_denials": row["n_denials"],
        "n_possible": row["n_possible"],
        "denials": [_to_link_data(link) for link in row["denials"] or ()],
        "claim_page": make_page_path("claim", row["statement_id"]) if row["n_linked"] else None,
        "answers_id": row["answers_id"],
        "link": row["link"],
        "link_words": row["link_word"],
        "other": row["other"] and _to_other_data(row["other"]),
        "verdict": row["verdict"],
        "reviewers": row["reviewers"] or [],
        "notes": row["notes"] or [],
        **({"found": found} if found else {}),
        **({"corrections": corrections} if corrections else {}),
        **({name: row[name] for name in REVIEWED_NAMES} if row["reviewed_kind"] else {}),
        **to_document_data(row),
    }


def _to_link_data(link: Row) -> tuple[int, int, str]:
    """Return a denial of a claim: its number, the percentage of its link, and the words for it."""
    return link["number"], to_percent(link["score"]), link["link_word"]


def _to_other_data(other: Row) -> dict[str, Any]:
    """Return what a citation of an exchange says of the row at the other end of a link."""
    speaker = describe_speaker(other)
    return {
        "id": other["statement_id"],
        "kind": other["kind"],
        "type": other["type"],
        "speaker": speaker["name"],
        "source_words": speaker["words"],
        "text": other["content_text"],
        "sentence": other["sentence"],
        "link": to_percent(other["score"]),
        "link_words": other["link_word"],
        **to_document_data(other),
    }


def to_document_data(row: Row) -> dict[str, Any]:
    """Return what a citation says of the article of a row."""
    return {
        "doc_id": row["doc_id"],
        "page": make_page_path("article", row["doc_id"]),
        "publisher": row["publisher"],
        "title": row["title"],
        "url": row["url"],
        "published": row["published_at"],
    }


def to_script_json(data: Any) -> Markup:
    """Return data as JSON that cannot end the script element or file that contains it."""
    return Markup(orjson.dumps(data).decode().translate(UNSAFE_IN_SCRIPT))


def collect_row_data(rows: Iterable[Row], names: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return the data of rows by their id, for the data block of a page."""
    return {row["statement_id"]: to_row_data(row, names) for row in rows}
