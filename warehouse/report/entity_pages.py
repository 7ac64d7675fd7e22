"""The data of an entity's section: its names, what it says, what is said about it, and what of that is denied."""

from typing import Any

from duckdb import DuckDBPyConnection

from warehouse.report.report_scope import fetch_rows

LEADING_SQL = """
SELECT entity_id FROM (
    SELECT speaker_id AS entity_id FROM said UNION ALL SELECT unnest(target_ids) FROM said
    UNION ALL SELECT denier_id FROM pairs UNION ALL SELECT accuser_id FROM pairs
) JOIN entities USING (entity_id)
GROUP BY entity_id ORDER BY count(*) DESC, entity_id LIMIT $most
"""

NAMES_SQL = """
SELECT text AS name, count(*) AS n FROM mentions SEMI JOIN scope USING (doc_id)
WHERE entity_id = $id AND NOT pronoun GROUP BY text ORDER BY n DESC, text
"""

LISTED_SQL = """
SELECT s.statement_id, s.kind, s.type, s.doc_id, s.content_text, s.cue_text, s.day,
    s.speaker_id, s.source_type, coalesce(e.name, s.source_text) AS speaker,
    (
        SELECT count(*) FROM pairs WHERE link_word <> 'may answer' AND s.statement_id IN (claim_id, denial_id)
    ) AS joined
FROM said AS s LEFT JOIN entities AS e ON e.entity_id = s.speaker_id
WHERE {condition} ORDER BY s.day DESC NULLS LAST, joined DESC, s.statement_id
"""
BY_ENTITY_SQL, ABOUT_ENTITY_SQL = "s.speaker_id = $id", "list_contains(s.target_ids, $id)"
DENIALS_OF_SQL = """
SELECT denial_id AS statement_id, 'denial' AS kind, denial_type AS type, doc_id, denial_text AS content_text,
    denial_cue AS cue_text, denied_on AS day, denier_id AS speaker_id, denier_type AS source_type, denier AS speaker,
    1 AS joined
FROM newest WHERE accuser_id = $id ORDER BY place
"""

LIST_QUERIES = {
    "claims_by": LISTED_SQL.format(condition=f"s.kind = 'claim' AND {BY_ENTITY_SQL}"),
    "claims_about": LISTED_SQL.format(condition=f"s.kind = 'claim' AND {ABOUT_ENTITY_SQL}"),
    "denials_by": LISTED_SQL.format(condition=f"s.kind = 'denial' AND {BY_ENTITY_SQL}"),
    "denials_of": DENIALS_OF_SQL,
}


def find_leading_entities(connection: DuckDBPyConnection, most: int) -> list[str]:
    """Return the entities that say the most or about which the most is said, in that order."""
    return [row["entity_id"] for row in fetch_rows(connection, LEADING_SQL, most=most)]


def read_entity(connection: DuckDBPyConnection, entity_id: str, most: int) -> dict[str, Any]:
    """Return an entity's row, its names as written, and lists of statements.

    Each of ``claims_by``, ``claims_about``, ``denials_by`` and ``denials_of`` (denials of its claims) has
    ``rows``, at most ``most``; ``n``, the number of all; and ``joined``, how many are denied or answer a claim,
    at least probably.
    """
    found: dict[str, Any] = {
        "row": fetch_rows(connection, "FROM entities WHERE entity_id = $id", id=entity_id)[0],
        "names": fetch_rows(connection, NAMES_SQL, id=entity_id),
    }
    for name, sql in LIST_QUERIES.items():
        listed = fetch_rows(connection, sql, id=entity_id)
        joined = sum(row["joined"] > 0 for row in listed)
        found[name] = {"rows": listed[:most], "n": len(listed), "joined": joined}
    return found
