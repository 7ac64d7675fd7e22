"""What the pages tell of an entity: its names, what it says, what is said of it, and what is contested."""

from typing import Any

from duckdb import DuckDBPyConnection

from warehouse.report.report_scope import rows

LEADING = """
SELECT entity_id FROM (
    SELECT speaker_id AS entity_id FROM said UNION ALL SELECT unnest(target_ids) FROM said
    UNION ALL SELECT denier_id FROM pairs UNION ALL SELECT accuser_id FROM pairs
) JOIN entities USING (entity_id)
GROUP BY entity_id ORDER BY count(*) DESC, entity_id LIMIT $most
"""

NAMES = """
SELECT text AS name, count(*) AS n FROM mentions SEMI JOIN scope USING (doc_id)
WHERE entity_id = $id AND NOT pronoun GROUP BY text ORDER BY n DESC, text
"""

LISTED = """
SELECT s.statement_id, s.kind, s.type, s.doc_id, s.content_text, s.cue_text, s.day,
    s.speaker_id, s.source_type, coalesce(e.name, s.source_text) AS speaker,
    (SELECT count(claim_id) FROM pairs WHERE s.statement_id IN (claim_id, denial_id)) AS joined
FROM said AS s LEFT JOIN entities AS e ON e.entity_id = s.speaker_id
WHERE {condition} ORDER BY s.day DESC NULLS LAST, joined DESC, s.statement_id
"""
BY, ABOUT = "s.speaker_id = $id", "list_contains(s.target_ids, $id)"
DENIALS_OF = """
SELECT denial_id AS statement_id, 'denial' AS kind, denial_type AS type, doc_id, denial_text AS content_text,
    denial_cue AS cue_text, denied_on AS day, denier_id AS speaker_id, denier_type AS source_type, denier AS speaker,
    1 AS joined
FROM newest WHERE accuser_id = $id ORDER BY place
"""

LISTS = {
    "claims_by": LISTED.format(condition=f"s.kind = 'claim' AND {BY}"),
    "claims_about": LISTED.format(condition=f"s.kind = 'claim' AND {ABOUT}"),
    "denials_by": LISTED.format(condition=f"s.kind = 'denial' AND {BY}"),
    "denials_of": DENIALS_OF,
}


def leading(connection: DuckDBPyConnection, most: int) -> list[str]:
    """Return the entities that say most or of whom most is said, best first."""
    return [row["entity_id"] for row in rows(connection, LEADING, most=most)]


def entity(connection: DuckDBPyConnection, entity_id: str, most: int) -> dict[str, Any]:
    """Return an entity's row, its names as written, and lists of statements with their whole numbers.

    Each of ``claims_by``, ``claims_about``, ``denials_by`` and ``denials_of`` (denials of its claims) holds
    ``rows``, at most ``most`` of them, ``n`` of all, and ``joined``: how many have their claim or denial.
    """
    found: dict[str, Any] = {
        "row": rows(connection, "FROM entities WHERE entity_id = $id", id=entity_id)[0],
        "names": rows(connection, NAMES, id=entity_id),
    }
    for name, sql in LISTS.items():
        listed = rows(connection, sql, id=entity_id)
        joined = sum(row["joined"] > 0 for row in listed)
        found[name] = {"rows": listed[:most], "n": len(listed), "joined": joined}
    return found
