"""The temporary tables that the pages of a site are made from, each made once and read in order.

``shown``: every claim and denial with ``number``, its place in the site's order, which adds new months at the end, and
``group_id``, which claims that state the same share.
``joined``: every link of a denial to a claim or, without one, to the words of the denied claim.
Both have the corrections of reviewers in place of the values found, which ``found`` of a corrected row keeps.
"""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from duckdb import DuckDBPyConnection

from warehouse.report.report_scope import Row, fetch_rows, quote_phrases_of_entities

CERTAIN_FROM = 0.6
"""rows of a lower confidence are collapsed"""
BATCH_ROWS = 2_000
MAX_LISTED = 100
"""rows that a list on an entity's page shows at most; the index finds the others"""

VERDICTS_SQL = """
CREATE TEMP TABLE verdicts AS
SELECT r.* EXCLUDE (speaker_id, target_ids), r.speaker_id AS reviewed_speaker_id, r.target_ids AS reviewed_target_ids,
    s.type AS found_type, s.speaker_id AS found_speaker_id, e.name AS found_speaker,
    s.target_ids AS found_target_ids, l.claim_id AS found_claim_id, cited.content_text AS found_claim,
    c.content_text AS claim, r.claim_id IS DISTINCT FROM l.claim_id AS has_other_link
FROM reviewed AS r
JOIN statements AS s USING (statement_id)
LEFT JOIN entities AS e ON e.entity_id = s.speaker_id
LEFT JOIN denial_links AS l ON l.denial_id = r.statement_id AND l.rank = 1
LEFT JOIN claims AS cited ON cited.claim_id = l.claim_id
LEFT JOIN claims AS c ON c.claim_id = r.claim_id
WHERE r.verdict IS NOT NULL
"""
REVIEWED_LINKS_SQL = """
CREATE TEMP TABLE reviewed_links AS
WITH other AS (SELECT * FROM verdicts WHERE verdict = 'corrected' AND has_other_link)
FROM denial_links ANTI JOIN other ON other.statement_id = denial_id
UNION ALL BY NAME
SELECT o.statement_id AS denial_id, 1 AS rank, o.claim_id, 1.0 AS score, 'review' AS method,
    c.doc_id = o.doc_id AS same_document, o.doc_id, o.published_month, o.extractor_version
FROM other AS o JOIN claims AS c ON c.claim_id = o.claim_id;
CREATE OR REPLACE TEMP VIEW denial_links AS FROM reviewed_links
"""
"""the links with those of reviewers in place of the ones found, which they hide on the connection"""
SHOWN_SQL = f"""
CREATE TEMP TABLE shown AS
WITH best AS (SELECT * FROM denial_links WHERE rank = 1),
counted AS (
    SELECT claim_id, count(*) FILTER (rank = 1) AS n_best, count(*) AS n_linked
    FROM denial_links WHERE claim_id IS NOT NULL GROUP BY claim_id
),
corrected AS (SELECT * FROM verdicts WHERE verdict = 'corrected')
SELECT
    row_number() OVER (
        ORDER BY s.published_month <> 'unknown', s.published_month, s.doc_id,
            coalesce(s.cue_start, s.content_spans[1].start), s.statement_id
    ) - 1 AS number,
    s.statement_id, s.kind, coalesce(r.type, s.type) AS type, s.doc_id, s.published_month, s.source_text, s.source_type,
    CASE WHEN r.statement_id IS NULL THEN s.speaker_id ELSE r.reviewed_speaker_id END AS speaker_id,
    CASE WHEN r.statement_id IS NULL THEN e.name ELSE r.speaker END AS speaker, s.cue_text, s.content_text,
    s.content_spans,
    CASE
        WHEN r.statement_id IS NULL THEN s.target_ids ELSE list_filter(r.reviewed_target_ids, lambda id: id IS NOT NULL)
    END AS target_ids,
    s.confidence, s.rule,
    s.extractor_version, s.confidence >= {CERTAIN_FROM} AS is_certain,
    coalesce(s.cue_start, s.content_spans[1].start) AS start, coalesce(s.said_on, d.published_at) AS day,
    d.published_at, d.publisher, d.title, d.url, coalesce(n.n_best, 0) AS n_best, coalesce(n.n_linked, 0) AS n_linked,
    best.claim_id AS answers_id, best.score, best.method AS link_method, best.same_document, v.verdict, v.reviewers,
    v.notes, CASE WHEN r.statement_id IS NOT NULL THEN r END AS correction,
    coalesce(g.group_id, s.statement_id) AS group_id, copies.doc_id IS NOT NULL AS is_copy
FROM statements AS s
JOIN documents AS d USING (doc_id)
LEFT JOIN near_duplicates AS copies ON copies.doc_id = s.doc_id
LEFT JOIN entities AS e ON e.entity_id = s.speaker_id
LEFT JOIN counted AS n ON s.kind = 'claim' AND n.claim_id = s.statement_id
LEFT JOIN claim_groups AS g ON s.kind = 'claim' AND g.claim_id = s.statement_id
LEFT JOIN best ON s.kind = 'denial' AND best.denial_id = s.statement_id
LEFT JOIN verdicts AS v ON v.statement_id = s.statement_id
LEFT JOIN corrected AS r ON r.statement_id = s.statement_id
"""
JOINED_SQL = """
CREATE TEMP TABLE joined AS
SELECT l.denial_id, l.claim_id, l.rank, l.score, l.method, l.same_document, l.implicit_claim_text,
    d.number AS denial_number, c.number AS claim_number, d.day AS denied_on, c.day AS claimed_on,
    coalesce(d.day, c.day) AS day
FROM denial_links AS l
JOIN shown AS d ON d.statement_id = l.denial_id
LEFT JOIN shown AS c ON c.statement_id = l.claim_id
"""
REPEATED_SQL = """
SELECT c.statement_id AS claim_id, o.statement_id AS repeat_id, o.is_copy
FROM shown AS c JOIN shown AS o ON o.group_id = c.group_id AND o.statement_id <> c.statement_id
WHERE c.kind = 'claim' AND c.n_linked > 0 ORDER BY c.statement_id, o.day NULLS LAST, o.number
"""
"""the other statements of each claim that is or may be denied, the earliest first"""
DOCUMENTS_SQL = """
SELECT doc_id, published_month, title, publisher, published_at, text[:200] AS head, coalesce(n, 0) AS n,
    coalesce(n_denials, 0) AS n_denials
FROM documents LEFT JOIN (
    SELECT doc_id, count(*) AS n, count(*) FILTER (kind = 'denial') AS n_denials FROM shown GROUP BY doc_id
) USING (doc_id)
ORDER BY published_month <> 'unknown', published_month, doc_id
"""
ENTITY_ROWS_SQL = f"""
WITH parts AS (
    SELECT speaker_id AS entity_id, kind || 's_by' AS part, number FROM shown WHERE speaker_id IS NOT NULL
    UNION ALL
    SELECT unnest(target_ids), kind || 's_about', number FROM shown
    UNION ALL
    SELECT c.speaker_id, 'denials_of', j.denial_number
    FROM joined AS j JOIN shown AS c ON c.statement_id = j.claim_id WHERE j.rank = 1 AND c.speaker_id IS NOT NULL
),
placed AS (
    SELECT p.entity_id, p.part, count(*) OVER (PARTITION BY p.entity_id, p.part) AS n_part,
        count(*) FILTER (s.n_best > 0 OR s.answers_id IS NOT NULL) OVER (PARTITION BY p.entity_id, p.part) AS n_joined,
        row_number() OVER (
            PARTITION BY p.entity_id, p.part ORDER BY s.is_certain DESC, s.day DESC NULLS LAST, s.number
        ) AS place, s.*
    FROM parts AS p JOIN shown AS s USING (number)
)
FROM placed WHERE place <= {MAX_LISTED} ORDER BY entity_id, part, place
"""
ENTITIES_SQL = """
SELECT e.*, coalesce(n.n, 0) AS n_statements FROM entities AS e
LEFT JOIN (
    SELECT entity_id, count(DISTINCT number) AS n FROM (
        SELECT speaker_id AS entity_id, number FROM shown UNION ALL SELECT unnest(target_ids), number FROM shown
    ) GROUP BY entity_id
) AS n USING (entity_id)
ORDER BY e.entity_id
"""
ENTITY_DOCUMENTS_SQL = f"""
SELECT entity_id, doc_id, title, publisher, published_at, head, n, count(*) OVER (PARTITION BY entity_id) AS n_part
FROM (
    SELECT m.entity_id, d.doc_id, d.title, d.publisher, d.published_at, d.text[:200] AS head, count(*) AS n
    FROM mentions AS m JOIN documents AS d USING (doc_id) WHERE m.entity_id IS NOT NULL GROUP BY ALL
)
QUALIFY row_number() OVER (PARTITION BY entity_id ORDER BY published_at DESC NULLS LAST, doc_id) <= {MAX_LISTED}
ORDER BY entity_id, published_at DESC NULLS LAST, doc_id
"""


def create_site_tables(connection: DuckDBPyConnection) -> None:
    """Create the temporary tables ``shown`` and ``joined`` from all documents of the connection."""
    quote_phrases_of_entities(connection)
    connection.execute(VERDICTS_SQL)
    if fetch_rows(connection, "FROM verdicts WHERE verdict = 'corrected' AND has_other_link LIMIT 1"):
        connection.execute(REVIEWED_LINKS_SQL)
    connection.execute(SHOWN_SQL)
    connection.execute(JOINED_SQL)


def iterate_rows(connection: DuckDBPyConnection, sql: str) -> Iterator[Row]:
    """Yield the rows of a query as dicts; the rest stays in Arrow's compact form, so that other queries can run."""
    for batch in connection.sql(sql).to_arrow_table().to_batches(max_chunksize=BATCH_ROWS):
        yield from batch.to_pylist()


def group_rows(rows: Iterator[Row], key: str) -> Iterator[tuple[str, list[Row]]]:
    """Yield the values of a column by which the rows are sorted, each with its rows."""
    for value, group in groupby(rows, itemgetter(key)):
        yield value, list(group)


def read_entity_names(connection: DuckDBPyConnection) -> dict[str, str]:
    """Return the name of every entity by its id."""
    return {
        row["entity_id"]: row["name"]
        for row in fetch_rows(connection, "SELECT entity_id, name FROM entities")
    }
