"""Export as FollowTheMoney entities, one JSON object per line: entities, documents, and who speaks about whom.

Source: the FollowTheMoney model 3.8 (followthemoney.tech), as Aleph and OpenSanctions read it. The format is plain
JSON, written without the library; the tests check every line with it.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from duckdb import DuckDBPyConnection

from warehouse.export.web_annotations import iterate_rows

ENTITY_SCHEMATA = {
    "person": "Person",
    "organisation": "Organization",
    "country": "PublicBody",
    "place": "Address",
    "weapon": "Asset",
    "event": "Event",
}
DEFAULT_SCHEMA = "LegalEntity"
"""for types that may be persons or organisations: nationality and other"""
LANGUAGE_CODES = {"en": "eng"}
"""ISO 639-1 to ISO 639-3, which FollowTheMoney uses; only English is extracted"""
MENTIONS_SQL = "SELECT DISTINCT doc_id, entity_id FROM mentions WHERE entity_id IS NOT NULL ORDER BY ALL"
STATED_LINKS_SQL = """
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
JsonNode = dict[str, Any]


def write_entities(connection: DuckDBPyConnection, out: BinaryIO) -> int:
    """Write one FollowTheMoney entity per line; return their number."""
    count = 0
    for node in _make_entities(connection):
        out.write(json.dumps(node, ensure_ascii=False).encode() + b"\n")
        count += 1
    return count


def _make_entities(connection: DuckDBPyConnection) -> Iterator[JsonNode]:
    """Yield the articles, the entities, the mentions of entities in articles, and who speaks about whom."""
    yield from map(_make_article, iterate_rows(connection, "FROM documents ORDER BY doc_id"))
    yield from map(_make_actor, iterate_rows(connection, "FROM entities ORDER BY entity_id"))
    yield from map(_make_documentation, iterate_rows(connection, MENTIONS_SQL))
    yield from map(_make_link, iterate_rows(connection, STATED_LINKS_SQL))


def _join_ids(*ids: str) -> str:
    """Return ids joined into one that FollowTheMoney accepts: letters, digits and hyphens."""
    return "-".join(ids).replace("_", "-")


def _make_entity(name: str, schema: str, properties: Mapping[str, Any]) -> JsonNode:
    """Return an entity with its known properties as lists of text."""
    lists = {k: v if isinstance(v, list) else [v] for k, v in properties.items() if v not in (None, "")}
    known = {k: list(map(str, values)) for k, values in lists.items() if values}
    return {"id": name, "schema": schema, "properties": known}


def _make_article(row: JsonNode) -> JsonNode:
    """Return a document as an Article."""
    return _make_entity(
        _join_ids(row["doc_id"]),
        "Article",
        {
            "title": row["title"],
            "author": row["author"],
            "publisher": row["publisher"],
            "sourceUrl": _keep_web_address(row["url"]),
            "publishedAt": row["published_at"],
            "language": LANGUAGE_CODES.get(row["language"]),
            "bodyText": row["text"],
        },
    )


def _make_actor(row: JsonNode) -> JsonNode:
    """Return an entity of the warehouse under the schema closest to its type."""
    schema = ENTITY_SCHEMATA.get(row["entity_type"], DEFAULT_SCHEMA)
    names = {"name": row["name"], "alias": [a for a in row["aliases"] if a != row["name"]]}
    shared = {"wikidataId": row["wikidata_id"], "country": (row["country_code"] or "").lower()}
    where = {"full": row["name"], "latitude": row["latitude"], "longitude": row["longitude"]}
    return _make_entity(
        _join_ids(row["entity_id"]), schema, names | shared | (where if schema == "Address" else {})
    )


def _make_documentation(row: JsonNode) -> JsonNode:
    """Return the fact that a document mentions an entity."""
    ends = {"document": _join_ids(row["doc_id"]), "entity": _join_ids(row["entity_id"])}
    return _make_entity(_join_ids(*ends.values()), "Documentation", ends | {"role": "mentioned in"})


def _make_link(row: JsonNode) -> JsonNode:
    """Return a statement of somebody about somebody, or a denial of what somebody said."""
    return _make_entity(
        _join_ids(row["statement_id"], row["target_id"]),
        "UnknownLink",
        {
            "subject": _join_ids(row["speaker_id"]),
            "object": _join_ids(row["target_id"]),
            "role": f"{row['kind']}: {row['type']}",
            "summary": row["content_text"],
            "description": row["answered"],
            "date": row["day"],
            "publisher": row["publisher"],
            "sourceUrl": _keep_web_address(row["url"]),
            "recordId": row["statement_id"],
        },
    )


def _keep_web_address(url: str | None) -> str | None:
    """Return a web address, None for any other: FollowTheMoney accepts only web addresses."""
    return url if url and url.startswith(("http://", "https://")) else None
