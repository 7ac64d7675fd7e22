"""The sheet to read: a random sample of rows as CSV, with empty columns for the verdict."""

import csv
import io

from duckdb import DuckDBPyConnection

from warehouse.reviews.verdict_files import FORMULA_GUARD
from warehouse.reviews.verdicts import CORRECTIONS

GROUP_SQL = {
    "type": "s.kind || ' ' || s.type",
    "rule": "s.rule",
    "confidence": "least(floor(s.confidence * 10), 9)",
    "publisher": "coalesce(d.publisher, '')",
}
VERDICT_COLUMNS = ("verdict", *CORRECTIONS, "note", "reviewer")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
SAMPLE_SQL = """
WITH candidates AS (
    SELECT s.statement_id, s.kind, s.type, coalesce(speaker.name, '') AS speaker, coalesce(s.source_text, '') AS source,
        coalesce(s.cue_text, '') AS cue, s.content_text AS content,
        array_to_string(list_transform(s.target_ids, lambda id: coalesce(names.by_id[id], id)), '; ') AS targets,
        coalesce(c.content_text, l.implicit_claim_text, '') AS answers, coalesce(l.claim_id, '') AS answers_id,
        round(s.confidence::DOUBLE, 2) AS confidence, s.rule,
        d.text[greatest(1, s.content_spans[1].start - 199):s.content_spans[-1]."end" + 200] AS passage,
        coalesce(d.publisher, '') AS publisher, coalesce(d.title, '') AS title,
        coalesce(d.published_at::VARCHAR, '') AS published_at, coalesce(d.url, '') AS url, s.extractor_version,
        {group} AS grouped
    FROM statements AS s
    JOIN documents AS d USING (doc_id)
    CROSS JOIN (SELECT map(list(entity_id), list(name)) AS by_id FROM entities) AS names
    LEFT JOIN entities AS speaker ON speaker.entity_id = s.speaker_id
    LEFT JOIN denial_links AS l ON l.denial_id = s.statement_id AND l.rank = 1
    LEFT JOIN claims AS c ON c.claim_id = l.claim_id
    WHERE s.statement_id NOT IN (SELECT statement_id FROM reviews)
)
SELECT * EXCLUDE (grouped) FROM candidates
ORDER BY row_number() OVER (PARTITION BY grouped ORDER BY md5(statement_id)), md5(statement_id)
LIMIT $most
"""


def draw_sample_sheet(connection: DuckDBPyConnection, most: int, by: str | None = None) -> str:
    """Return a sheet of at most ``most`` rows that nobody has reviewed, in equal numbers from each group of ``by``.

    The sample is random by the hash of the id: the same tables give the same sheet, and a reviewed row makes room for
    the next one. A group with fewer rows than its share leaves the rest to the others.
    """
    sql = SAMPLE_SQL.replace("{group}", GROUP_SQL[by] if by else "''")
    rows = connection.execute(sql, {"most": most})
    names = [column[0] for column in rows.description or ()]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow((*VERDICT_COLUMNS, *names))
    for row in rows.fetchall():
        writer.writerow((*("" for _ in VERDICT_COLUMNS), *map(_guard_formula, row)))
    return out.getvalue()


def _guard_formula(value: object) -> object:
    """Return text that a spreadsheet would take for a formula with an apostrophe before it."""
    return FORMULA_GUARD + value if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
