"""Export of statements as W3C Web Annotations, which point at characters by position and by quotation.

Source: "Web Annotation Data Model", W3C Recommendation of 23 February 2017, sections 3.1, 4.2.4 and 4.2.5.
"""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from duckdb import DuckDBPyConnection

JSON_LD_CONTEXT = "http://www.w3.org/ns/anno.jsonld"
URN_PREFIX = "urn:counterclaim:"
CONTEXT_CHARS = 32
"""characters of context on either side of a quotation, doubled until the match is unique"""
STATEMENTS_SQL = """
SELECT s.*, d.text, d.url, d.language, e.wikidata_id
FROM statements AS s JOIN documents AS d ON d.doc_id = s.doc_id
LEFT JOIN entities AS e ON e.entity_id = s.speaker_id
ORDER BY s.doc_id, s.sentence, s.statement_id
"""
LINKS_SQL = "FROM denial_links WHERE claim_id IS NOT NULL ORDER BY denial_id, rank"
JsonNode = dict[str, Any]


def write_annotations(connection: DuckDBPyConnection, out: BinaryIO) -> int:
    """Write one AnnotationPage with an annotation for each statement and each link; return their number.

    Positions are Unicode code points of ``documents.text``. In a web page that has more than that text, the quotation
    locates the span.
    """
    head = {"@context": JSON_LD_CONTEXT, "id": f"{URN_PREFIX}statements", "type": "AnnotationPage"}
    out.write(json.dumps(head).removesuffix("}").encode() + b', "items": [')
    count = 0
    for count, node in enumerate(_make_annotations(connection), 1):
        out.write((",\n" if count > 1 else "\n").encode() + json.dumps(node, ensure_ascii=False).encode())
    out.write(b"\n]}\n")
    return count


def _make_annotations(connection: DuckDBPyConnection) -> Iterator[JsonNode]:
    """Yield the annotations of all statements, then those that link denials to claims."""
    for row in iterate_rows(connection, STATEMENTS_SQL):
        yield _make_statement_annotation(row)
    for row in iterate_rows(connection, LINKS_SQL):
        yield _make_link_annotation(row)


def iterate_rows(connection: DuckDBPyConnection, sql: str) -> Iterator[JsonNode]:
    """Yield the rows of a query as dicts, with one batch in memory at a time."""
    for batch in connection.sql(sql).to_arrow_reader(256):
        yield from batch.to_pylist()


def _make_statement_annotation(row: JsonNode) -> JsonNode:
    """Return the annotation of a statement: target the content; bodies its kind, type, speaker, source and cue."""
    bodies: list[JsonNode] = [_make_tag(row["kind"]), _make_tag(row["type"])]
    if row["wikidata_id"]:
        bodies.append(
            {"id": f"http://www.wikidata.org/entity/{row['wikidata_id']}", "purpose": "identifying"}
        )
    for part, purpose in (("source", "identifying"), ("cue", "highlighting")):
        if row[f"{part}_start"] is not None:
            bodies.append(
                _make_span_resource(row, row[f"{part}_start"], row[f"{part}_end"]) | {"purpose": purpose}
            )
    return {
        "id": URN_PREFIX + row["statement_id"],
        "type": "Annotation",
        "motivation": "classifying",
        "body": bodies,
        "target": [_make_span_resource(row, span["start"], span["end"]) for span in row["content_spans"]],
    }


def _make_link_annotation(row: JsonNode) -> JsonNode:
    """Return the annotation of a link: body the denial, target the claim that it answers."""
    why = {"type": "TextualBody", "purpose": "commenting", "value": f"{row['method']}, {row['score']:.2f}"}
    return {
        "id": f"{URN_PREFIX}{row['denial_id']}:{row['rank']}",
        "type": "Annotation",
        "motivation": "linking",
        "body": [{"id": URN_PREFIX + row["denial_id"], "type": "Annotation", "purpose": "replying"}, why],
        "target": {"id": URN_PREFIX + row["claim_id"], "type": "Annotation"},
    }


def _make_tag(value: str) -> JsonNode:
    """Return a tag as a body."""
    return {"type": "TextualBody", "purpose": "tagging", "value": value, "language": "en"}


def _make_span_resource(row: JsonNode, start: int, end: int) -> JsonNode:
    """Return a span of a document's text as a specific resource with both selectors."""
    return {
        "type": "SpecificResource",
        "source": row["url"] or URN_PREFIX + row["doc_id"],
        "selector": [
            make_quote_selector(row["text"], start, end),
            {"type": "TextPositionSelector", "start": start, "end": end},
        ],
    }


def make_quote_selector(text: str, start: int, end: int) -> JsonNode:
    """Return the selector that quotes a span, with enough context to make the match unique."""
    around = CONTEXT_CHARS
    while True:
        before, after = max(0, start - around), min(len(text), end + around)
        window = text[before:after]
        if text.find(window) == text.rfind(window):
            break
        around *= 2
    return {
        "type": "TextQuoteSelector",
        "exact": text[start:end],
        "prefix": text[before:start],
        "suffix": text[end:after],
    }
