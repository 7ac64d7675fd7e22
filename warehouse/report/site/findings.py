"""The summaries at the top of an index: latest contested claims, accused who have not answered, denials elsewhere."""

from collections.abc import Mapping
from typing import Any

from duckdb import DuckDBPyConnection

from warehouse.report.report_scope import Row, fetch_rows
from warehouse.report.site.row_data import collect_row_data
from warehouse.report.site.wording import is_name

MAX_FINDINGS = 8
NEWLY_CONTESTED_SQL = """
SELECT j.*, d.published_month, d.is_certain AND c.is_certain AS is_certain FROM joined AS j
JOIN shown AS d ON d.statement_id = j.denial_id JOIN shown AS c ON c.statement_id = j.claim_id
WHERE j.rank = 1 AND coalesce(d.verdict, '') <> 'rejected' AND coalesce(c.verdict, '') <> 'rejected'
QUALIFY row_number() OVER (PARTITION BY c.group_id ORDER BY j.score DESC, j.denial_id) = 1
ORDER BY j.link_word <> 'may answer' DESC, is_certain DESC, j.day DESC NULLS LAST, j.score DESC,
    j.claim_id
LIMIT $most
"""
UNANSWERED_SQL = """
WITH accused AS (
    SELECT unnest(target_ids) AS entity_id, * FROM shown
    WHERE type = 'accusation' AND coalesce(verdict, '') <> 'rejected'
)
SELECT e.entity_id, e.name, count(DISTINCT group_id) AS n,
    count(DISTINCT group_id) FILTER (is_certain) AS n_certain, max(day) AS last_on,
    count(DISTINCT coalesce(speaker_id, source_text)) AS n_accusers
FROM accused JOIN entities AS e USING (entity_id)
GROUP BY ALL
HAVING count(*) FILTER (n_linked > 0) = 0
    AND e.entity_id NOT IN (SELECT speaker_id FROM shown WHERE kind = 'denial' AND speaker_id IS NOT NULL)
ORDER BY n_certain DESC, n DESC, last_on DESC NULLS LAST, e.entity_id
"""
OUTLETS_DIFFER_SQL = """
SELECT j.*, c.publisher AS claim_publisher, d.publisher AS denial_publisher FROM joined AS j
JOIN shown AS d ON d.statement_id = j.denial_id JOIN shown AS c ON c.statement_id = j.claim_id
WHERE j.rank = 1 AND c.publisher <> d.publisher
    AND coalesce(d.verdict, '') <> 'rejected' AND coalesce(c.verdict, '') <> 'rejected'
ORDER BY j.score DESC, j.day DESC NULLS LAST, j.claim_id, j.denial_id LIMIT $most
"""
COUNT_QUERIES = {
    "documents": "SELECT count(*) FROM documents",
    "different claims": "SELECT count(DISTINCT group_id) FROM grouped_claims",
    "different claims denied": "SELECT count(DISTINCT group_id) FROM contested",
    "perhaps denied": "SELECT count(DISTINCT group_id) FROM perhaps_contested",
    "denials": "SELECT count(*) FROM denials",
    "of them answer a claim": "SELECT count(*) FROM exchanges WHERE link_word = 'answers'",
    "probably answer one": "SELECT count(*) FROM exchanges WHERE link_word = 'probably answers'",
    "may answer one": "SELECT count(*) FROM exchanges WHERE link_word = 'may answer'",
    "entities": "SELECT count(*) FROM entities",
    "rows reviewed": "SELECT count(*) FROM reviewed WHERE verdict IS NOT NULL",
}
"""each figure of the index with the query that counts it: the page shows what ``counterclaim query`` returns"""


def count_rows(connection: DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return the figures of the index, each with its query."""
    return [
        {"name": name, "sql": sql, "n": connection.sql(sql).fetchall()[0][0]}
        for name, sql in COUNT_QUERIES.items()
    ]


def read_findings(connection: DuckDBPyConnection, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the findings, with the rows to which they refer."""
    contested = fetch_rows(connection, NEWLY_CONTESTED_SQL, most=2 * MAX_FINDINGS)
    differing = fetch_rows(connection, OUTLETS_DIFFER_SQL, most=MAX_FINDINGS)
    unanswered = [row for row in fetch_rows(connection, UNANSWERED_SQL) if is_name(row["name"])]
    answered = [link for link in contested if link["link_word"] != "may answer"]
    links = [*contested, *differing]
    ids = sorted({i for link in links for i in (link["claim_id"], link["denial_id"])})
    shown = fetch_rows(connection, "FROM shown WHERE list_contains($ids::VARCHAR[], statement_id)", ids=ids)
    return {
        "contested": [_to_finding(link) for link in answered if link["is_certain"]],
        "uncertain": [_to_finding(link) for link in answered if not link["is_certain"]],
        "possible": [_to_finding(link) for link in contested if link["link_word"] == "may answer"],
        "differing": [_to_finding(link) for link in differing],
        "unanswered": unanswered[:MAX_FINDINGS],
        "n_unanswered": len(unanswered),
        "rows": collect_row_data(shown, names),
    }


def _to_finding(link: Row) -> dict[str, Any]:
    return {
        "claim_id": link["claim_id"],
        "denial_id": link["denial_id"],
        "score": link["score"],
        "words": link["link_word"],
        "day": link["day"],
    }


def read_dates_and_outlets(connection: DuckDBPyConnection) -> Row:
    """Return the first and last day of publication and the outlets, most articles first."""
    return fetch_rows(
        connection,
        """
        SELECT min(published_at) AS first_day, max(published_at) AS last_day,
            (SELECT list(publisher ORDER BY n DESC, publisher) FROM (
                SELECT publisher, count(*) AS n FROM documents WHERE publisher IS NOT NULL GROUP BY publisher
            )) AS outlets
        FROM documents
        """,
    )[0]
