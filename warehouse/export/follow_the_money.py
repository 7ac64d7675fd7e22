"""Entities, documents and who accuses or denies whom as FollowTheMoney entities, one JSON object a line.

Source: the FollowTheMoney model 3.8 (followthemoney.tech), as Aleph and OpenSanctions read it. It is plain
JSON, so that nothing need be installed to write it; the tests check every line with the library.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from duckdb import DuckDBPyConnection

from warehouse.export.web_annotations import rows

SCHEMATA = {
    "person": "Person",
    "organisation": "Organization",
    "country": "PublicBody",
    "place": "Address",
    "weapon": "Asset",
    "event": "Event",
}
ACTOR = "LegalEntity"
"""what may be a person or an organisation: nationalities and whatever else acts"""
LANGUAGES = {"en": "eng"}
"""FollowTheMoney has ISO 639-3; only English is extracted"""
MENTIONED = "SELECT DISTINCT doc_id, entity_id FROM mentions WHERE entity_id IS NOT NULL ORDER BY ALL"
STATED = """
SELECT s.statement_id, s.kind, s.type, s.speaker_id, s.content_text, d.publisher, d.url,
    coalesce(s.said_on, d.published_at) AS day, unnest(s.target_ids) AS target_id, CAST(NULL AS VARCHAR) AS answered
FROM statements AS s JOIN documents AS d ON d.doc_id = s.doc_id
WHERE s.kind = 'claim' AND s.speaker_id IS NOT NULL
UNION ALL BY NAME
SELECT d.denial_id AS statement_id, 'denial' AS kind, d.denial_type AS type, d.speaker_id, d.content_text,
    doc.publisher, doc.url, coalesce(d.said_on, doc.published_at) AS day, c.speaker_id AS target_id,
    c.content_text AS answered
FROM denial_links AS l
JOIN denials AS d ON d.denial_id = l.denial_id
JOIN claims AS c ON c.claim_id = l.claim_id
JOIN documents AS doc ON doc.doc_id = d.doc_id
WHERE l.rank = 1 AND d.speaker_id IS NOT NULL AND c.speaker_id IS NOT NULL
ORDER BY statement_id, target_id
"""
Node = dict[str, Any]


def write_entities(connection: DuckDBPyConnection, out: BinaryIO) -> int:
    """Write one FollowTheMoney entity a line; return their number."""
    count = 0
    for node in entities(connection):
        out.write(json.dumps(node, ensure_ascii=False).encode() + b"\n")
        count += 1
    return count


def entities(connection: DuckDBPyConnection) -> Iterator[Node]:
    """Yield articles, then what they mention, then in which article each stands and who speaks of whom."""
    yield from map(article, rows(connection, "FROM documents ORDER BY doc_id"))
    yield from map(actor, rows(connection, "FROM entities ORDER BY entity_id"))
    yield from map(documentation, rows(connection, MENTIONED))
    yield from map(link, rows(connection, STATED))


def key(*ids: str) -> str:
    """Return ids as one that FollowTheMoney takes: letters, digits and hyphens."""
    return "-".join(ids).replace("_", "-")


def entity(name: str, schema: str, properties: Mapping[str, Any]) -> Node:
    """Return an entity with those of its properties that are known, as lists of text."""
    lists = {k: v if isinstance(v, list) else [v] for k, v in properties.items() if v not in (None, "")}
    known = {k: list(map(str, values)) for k, values in lists.items() if values}
    return {"id": name, "schema": schema, "properties": known}


def article(row: Node) -> Node:
    """Return a document."""
    return entity(
        key(row["doc_id"]),
        "Article",
        {
            "title": row["title"],
            "author": row["author"],
            "publisher": row["publisher"],
            "sourceUrl": web(row["url"]),
            "publishedAt": row["published_at"],
            "language": LANGUAGES.get(row["language"]),
            "bodyText": row["text"],
        },
    )


def actor(row: Node) -> Node:
    """Return an entity of the warehouse under the schema that comes nearest to its type."""
    schema = SCHEMATA.get(row["entity_type"], ACTOR)
    names = {"name": row["name"], "alias": [a for a in row["aliases"] if a != row["name"]]}
    shared = {"wikidataId": row["wikidata_id"], "country": (row["country_code"] or "").lower()}
    where = {"full": row["name"], "latitude": row["latitude"], "longitude": row["longitude"]}
    return entity(key(row["entity_id"]), schema, names | shared | (where if schema == "Address" else {}))


def documentation(row: Node) -> Node:
    """Return the fact that a document mentions an entity."""
    ends = {"document": key(row["doc_id"]), "entity": key(row["entity_id"])}
    return entity(key(*ends.values()), "Documentation", ends | {"role": "mentioned in"})


def link(row: Node) -> Node:
    """Return a statement of somebody about somebody, or a denial of what somebody said."""
    return entity(
        key(row["statement_id"], row["target_id"]),
        "UnknownLink",
        {
            "subject": key(row["speaker_id"]),
            "object": key(row["target_id"]),
            "role": f"{row['kind']}: {row['type']}",
            "summary": row["content_text"],
            "description": row["answered"],
            "date": row["day"],
            "publisher": row["publisher"],
            "sourceUrl": web(row["url"]),
            "recordId": row["statement_id"],
        },
    )


def web(url: str | None) -> str | None:
    """Return an address that can be opened; FollowTheMoney knows no other."""
    return url if url and url.startswith(("http://", "https://")) else None
