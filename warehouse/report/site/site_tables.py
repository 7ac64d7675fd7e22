"""The temporary tables that the pages of a site are made from, each made once and read in order.

``shown``: every claim and denial with ``number``, its place in the site's order, which adds new months at the end, and
``group_id``, which claims that state the same share. Of a claim, ``n_denials`` denials answer or probably answer it,
``n_possible`` others may, and ``link`` is the strongest link in percent; a denial has the link to the claim that it
answers best.
A row that is of the other kind by its reviewers has another ``reviewed_kind`` than ``kind``;
``differing`` are the verdicts on a row on which reviewers differ.
``joined``: every link of a denial to a claim or, without one, to the words of the denied claim.
Both have the corrections of reviewers in place of the values found, which ``found`` of a corrected row keeps.
"""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from duckdb import DuckDBPyConnection

from warehouse.report.report_scope import Row, fetch_rows, quote_phrases_of_entities
from warehouse.report.site.sentences import REACH, quote_sentences
from warehouse.reviews import GIVEN_VERDICTS_SQL

CERTAIN_FROM = 0.6
"""rows of a lower confidence are collapsed"""
BATCH_ROWS = 2_000
MAX_LISTED = 100
"""rows that a list on an entity's page shows at most; the index finds the others"""

VERDICTS_SQL = f"""
CREATE TEMP TABLE verdicts AS
WITH given AS (SELECT statement_id, {GIVEN_VERDICTS_SQL} AS given FROM reviews GROUP BY statement_id)
SELECT r.* EXCLUDE (speaker_id, target_ids), r.speaker_id AS reviewed_speaker_id, r.target_ids AS reviewed_target_ids,
    s.type AS found_type, s.speaker_id AS found_speaker_id, e.name AS found_speaker,
    s.target_ids AS found_target_ids, l.claim_id AS found_claim_id, cited.content_text AS found_claim,
    c.content_text AS claim, r.claim_id IS DISTINCT FROM l.claim_id AS has_other_link, g.given
FROM reviewed AS r
JOIN statements AS s USING (statement_id)
JOIN given AS g USING (statement_id)
LEFT JOIN entities AS e ON e.entity_id = s.speaker_id
LEFT JOIN denial_links AS l ON l.denial_id = r.statement_id AND l.rank = 1
LEFT JOIN claims AS cited ON cited.claim_id = l.claim_id
LEFT JOIN claims AS c ON c.claim_id = r.claim_id
WHERE r.verdict IS NOT NULL
"""
CHANGES_LINKS = "verdict = 'rejected' OR verdict = 'corrected' AND has_other_link"
"""condition of a verdict after which the links are others than those found"""
REVIEWED_LINKS_SQL = """
CREATE TEMP TABLE reviewed_links AS
WITH other AS (SELECT * FROM verdicts WHERE verdict = 'corrected' AND has_other_link),
rejected AS (SELECT statement_id FROM verdicts WHERE verdict = 'rejected')
FROM denial_links
ANTI JOIN other ON other.statement_id = denial_id
ANTI JOIN rejected AS denials ON denials.statement_id = denial_id
ANTI JOIN rejected AS claims ON claims.statement_id = claim_id
UNION ALL BY NAME
SELECT o.statement_id AS denial_id, 1 AS rank, o.claim_id, 1.0 AS score, 'review' AS method,
    c.doc_id = o.doc_id AS same_document, o.doc_id, o.published_month, o.extractor_version
FROM other AS o JOIN claims AS c ON c.claim_id = o.claim_id;
CREATE OR REPLACE TEMP VIEW denial_links AS FROM reviewed_links
"""
"""the links with those of reviewers in place of the ones found, which they hide on the connection; a rejected denial
denies nothing, and nothing denies a rejected claim"""
QUOTED_SQL = f"""
CREATE TEMP TABLE quoted AS
SELECT statement_id, quote_sentences(
    text[greatest(low - {REACH}, 0) + 1 : high + {REACH}], low - greatest(low - {REACH}, 0),
    high - greatest(low - {REACH}, 0)
) AS sentence
FROM (
    SELECT statement_id, doc_id, least(cue_start, list_min(list_transform(content_spans, lambda x: x.start))) AS low,
        greatest(cue_end, list_max(list_transform(content_spans, lambda x: x."end"))) AS high
    FROM statements
)
JOIN documents USING (doc_id)
"""
"""the sentences of each statement, in a table of their own: numbering the rows would keep the whole text of each"""
FOUND_SQL = f"""
CREATE TEMP TABLE found AS
WITH best AS (SELECT * FROM worded_links WHERE rank = 1),
counted AS (
    SELECT claim_id, count(*) FILTER (link_word <> 'may answer') AS n_denials,
        count(*) FILTER (link_word = 'may answer') AS n_possible, count(*) AS n_linked,
        max(score) FILTER (rank = 1) AS score
    FROM worded_links WHERE claim_id IS NOT NULL GROUP BY claim_id
),
roles AS (
    SELECT speaker_id, list(DISTINCT lower(speaker_role) ORDER BY lower(speaker_role)) AS roles
    FROM statements WHERE speaker_id IS NOT NULL AND speaker_role IS NOT NULL GROUP BY speaker_id
),
corrected AS (SELECT * FROM verdicts WHERE verdict = 'corrected')
SELECT
    row_number() OVER (
        ORDER BY s.published_month <> 'unknown', s.published_month, s.doc_id,
            coalesce(s.cue_start, s.content_spans[1].start), s.statement_id
    ) - 1 AS number,
    s.statement_id, s.kind, coalesce(c.type, s.type) AS type, s.doc_id, s.published_month, s.source_text, s.source_type,
    CASE WHEN c.statement_id IS NULL THEN s.speaker_id ELSE c.reviewed_speaker_id END AS speaker_id,
    CASE WHEN c.statement_id IS NULL THEN e.name ELSE c.speaker END AS speaker,
    coalesce(r.roles, list_filter([lower(s.speaker_role)], lambda x: x IS NOT NULL)) AS roles,
    CASE WHEN c.reviewed_speaker_id IS NOT DISTINCT FROM c.found_speaker_id THEN s.speaker_role END AS role,
    s.cue_text, s.content_text, s.content_spans,
    CASE
        WHEN c.statement_id IS NULL THEN s.target_ids
        ELSE list_filter(c.reviewed_target_ids, lambda id: id IS NOT NULL)
    END AS target_ids,
    s.confidence, s.rule,
    s.extractor_version, s.confidence >= {CERTAIN_FROM} AS is_certain,
    coalesce(s.cue_start, s.content_spans[1].start) AS start, coalesce(s.said_on, d.published_at) AS day,
    d.published_at, d.publisher, d.title, d.url, coalesce(n.n_denials, 0) AS n_denials,
    coalesce(n.n_possible, 0) AS n_possible, coalesce(n.n_linked, 0) AS n_linked,
    best.claim_id AS answers_id, best.link_word, best.score, best.same_document,
    floor(coalesce(n.score, CASE WHEN best.claim_id IS NOT NULL THEN best.score END)::DOUBLE * 100 + 0.5)::INTEGER
        AS link, v.verdict, v.reviewers, v.notes,
    v.reviewed_kind, v.reviewed_type, CASE WHEN v.verdict = 'disputed' THEN v.given END AS differing,
    CASE WHEN c.statement_id IS NOT NULL THEN c END AS correction,
    coalesce(g.group_id, s.statement_id) AS group_id, copies.doc_id IS NOT NULL AS is_copy, q.sentence
FROM statements AS s
JOIN quoted AS q USING (statement_id)
JOIN documents AS d USING (doc_id)
LEFT JOIN near_duplicates AS copies ON copies.doc_id = s.doc_id
LEFT JOIN entities AS e ON e.entity_id = s.speaker_id
LEFT JOIN roles AS r ON r.speaker_id = s.speaker_id
LEFT JOIN counted AS n ON s.kind = 'claim' AND n.claim_id = s.statement_id
LEFT JOIN claim_groups AS g ON s.kind = 'claim' AND g.claim_id = s.statement_id
LEFT JOIN best ON s.kind = 'denial' AND best.denial_id = s.statement_id
LEFT JOIN verdicts AS v ON v.statement_id = s.statement_id
LEFT JOIN corrected AS c ON c.statement_id = s.statement_id
"""
JOINED_SQL = """
CREATE TEMP TABLE joined AS
SELECT l.denial_id, l.claim_id, l.rank, l.link_word, l.score, l.method, l.same_document, l.implicit_claim_text,
    d.number AS denial_number, c.number AS claim_number, d.day AS denied_on, c.day AS claimed_on,
    coalesce(d.day, c.day) AS day
FROM worded_links AS l
JOIN found AS d ON d.statement_id = l.denial_id
LEFT JOIN found AS c ON c.statement_id = l.claim_id
"""
SHOWN_SQL = """
CREATE TEMP TABLE shown AS
WITH best AS (FROM joined WHERE rank = 1 AND claim_number IS NOT NULL),
pairs AS (
    SELECT denial_number AS number, claim_number AS other_number, link_word, score FROM best
    UNION ALL
    (
        SELECT claim_number, denial_number, link_word, score FROM best
        QUALIFY row_number() OVER (PARTITION BY claim_number ORDER BY score DESC, denial_id) = 1
    )
),
others AS (
    SELECT p.number, struct_pack(
        statement_id := f.statement_id, kind := f.kind, type := f.type, source_text := f.source_text,
        source_type := f.source_type, speaker_id := f.speaker_id, speaker := f.speaker, rule := f.rule,
        content_text := f.content_text, sentence := f.sentence, doc_id := f.doc_id, publisher := f.publisher,
        title := f.title, url := f.url, published_at := f.published_at, link_word := p.link_word, score := p.score
    ) AS other
    FROM pairs AS p JOIN found AS f ON f.number = p.other_number
),
denials AS (
    SELECT claim_number AS number, list(
        struct_pack(number := denial_number, score := score, link_word := link_word) ORDER BY score DESC, denial_id
    ) AS denials
    FROM (
        FROM joined WHERE claim_number IS NOT NULL
        QUALIFY (rank = 1) = bool_or(rank = 1) OVER (PARTITION BY claim_number)
    )
    GROUP BY ALL
)
SELECT f.*, o.other, d.denials FROM found AS f
LEFT JOIN others AS o USING (number) LEFT JOIN denials AS d USING (number)
"""
"""``other`` is the row at the other end of the strongest link; ``denials`` are those of a claim that answer it best or,
if there are none, those that more likely answer another claim"""
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
        count(*) FILTER (s.n_denials > 0 OR s.link_word <> 'may answer') OVER part AS n_joined,
        count(*) FILTER (s.n_denials = 0 AND s.n_possible > 0 OR s.link_word = 'may answer') OVER part AS n_perhaps,
        row_number() OVER (
            PARTITION BY p.entity_id, p.part ORDER BY s.is_certain DESC, s.day DESC NULLS LAST, s.number
        ) AS place, s.*
    FROM parts AS p JOIN shown AS s USING (number)
    WINDOW part AS (PARTITION BY p.entity_id, p.part)
)
FROM placed WHERE place <= {MAX_LISTED} ORDER BY entity_id, part, place
"""
ENTITIES_SQL = """
SELECT e.*, coalesce(n.n, 0) AS n_statements, coalesce(r.roles, []) AS roles FROM entities AS e
LEFT JOIN (SELECT speaker_id, any_value(roles) AS roles FROM shown GROUP BY ALL) AS r ON r.speaker_id = e.entity_id
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
    if fetch_rows(connection, f"FROM verdicts WHERE {CHANGES_LINKS} LIMIT 1"):
        connection.execute(REVIEWED_LINKS_SQL)
    connection.create_function(
        "quote_sentences", quote_sentences, ["VARCHAR", "INTEGER", "INTEGER"], "VARCHAR"
    )
    for sql in (QUOTED_SQL, FOUND_SQL, JOINED_SQL, SHOWN_SQL, "DROP TABLE found", "DROP TABLE quoted"):
        connection.execute(sql)


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
