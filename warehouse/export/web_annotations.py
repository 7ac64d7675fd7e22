"""Statements as W3C Web Annotations: each points at its characters by position and by quotation.

Source: "Web Annotation Data Model", W3C Recommendation of 23 February 2017, sections 3.1, 4.2.4 and 4.2.5.
"""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from duckdb import DuckDBPyConnection

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
URN = "urn:counterclaim:"
AROUND = 32
"""characters of context on either side of a quotation, doubled until the place is the only one"""
STATEMENTS = """
SELECT s.*, d.text, d.url, d.language, e.wikidata_id
FROM statements AS s JOIN documents AS d ON d.doc_id = s.doc_id
LEFT JOIN entities AS e ON e.entity_id = s.speaker_id
ORDER BY s.doc_id, s.sentence, s.statement_id
"""
LINKS = "FROM denial_links WHERE claim_id IS NOT NULL ORDER BY denial_id, rank"
Node = dict[str, Any]


def write_annotations(connection: DuckDBPyConnection, out: BinaryIO) -> int:
    """Write one AnnotationPage with an annotation a statement and one a link; return their number.

    Positions are Unicode code points of ``documents.text``. Where the page at the address holds more than
    that text, the quotation finds the place.
    """
    head = {"@context": CONTEXT, "id": f"{URN}statements", "type": "AnnotationPage"}
    out.write(json.dumps(head).removesuffix("}").encode() + b', "items": [')
    count = 0
    for count, node in enumerate(annotations(connection), 1):
        out.write((",\n" if count > 1 else "\n").encode() + json.dumps(node, ensure_ascii=False).encode())
    out.write(b"\n]}\n")
    return count


def annotations(connection: DuckDBPyConnection) -> Iterator[Node]:
    """Yield the annotations of all statements, then those that join denials to claims."""
    for row in rows(connection, STATEMENTS):
        yield statement(row)
    for row in rows(connection, LINKS):
        yield link(row)


def rows(connection: DuckDBPyConnection, sql: str) -> Iterator[Node]:
    """Yield the rows of a query; memory holds one batch."""
    for batch in connection.sql(sql).to_arrow_reader(256):
        yield from batch.to_pylist()


def statement(row: Node) -> Node:
    """Return a statement: its content is the target; its kind, source, cue and speaker are bodies."""
    bodies: list[Node] = [tag(row["kind"]), tag(row["type"])]
    if row["wikidata_id"]:
        bodies.append(
            {"id": f"http://www.wikidata.org/entity/{row['wikidata_id']}", "purpose": "identifying"}
        )
    for part, purpose in (("source", "identifying"), ("cue", "highlighting")):
        if row[f"{part}_start"] is not None:
            bodies.append(place(row, row[f"{part}_start"], row[f"{part}_end"]) | {"purpose": purpose})
    return {
        "id": URN + row["statement_id"],
        "type": "Annotation",
        "motivation": "classifying",
        "body": bodies,
        "target": [place(row, span["start"], span["end"]) for span in row["content_spans"]],
    }


def link(row: Node) -> Node:
    """Return a link: the denial is the body, the claim it answers the target."""
    why = {"type": "TextualBody", "purpose": "commenting", "value": f"{row['method']}, {row['score']:.2f}"}
    return {
        "id": f"{URN}{row['denial_id']}:{row['rank']}",
        "type": "Annotation",
        "motivation": "linking",
        "body": [{"id": URN + row["denial_id"], "type": "Annotation", "purpose": "replying"}, why],
        "target": {"id": URN + row["claim_id"], "type": "Annotation"},
    }


def tag(value: str) -> Node:
    """Return a tag as a body."""
    return {"type": "TextualBody", "purpose": "tagging", "value": value, "language": "en"}


def place(row: Node, start: int, end: int) -> Node:
    """Return a span of a document's text as a specific resource with both selectors."""
    return {
        "type": "SpecificResource",
        "source": row["url"] or URN + row["doc_id"],
        "selector": [
            quotation(row["text"], start, end),
            {"type": "TextPositionSelector", "start": start, "end": end},
        ],
    }


def quotation(text: str, start: int, end: int) -> Node:
    """Return the selector that quotes a span, with as much around it as tells it from every other place."""
    around = AROUND
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
