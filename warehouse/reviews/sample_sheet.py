"""The sheet to read: a random sample of rows as CSV or as a workbook, with empty columns for the verdict."""

import csv
import io
from dataclasses import dataclass
from typing import Any

from duckdb import DuckDBPyConnection

from warehouse.reviews.verdict_files import guard_formula
from warehouse.reviews.verdicts import CORRECTIONS
from warehouse.reviews.workbooks import write_workbook

GROUP_SQL = {
    "type": "s.kind || ' ' || s.type",
    "rule": "s.rule",
    "confidence": "least(floor(s.confidence * 10), 9)",
    "publisher": "coalesce(d.publisher, '')",
}
VERDICT_COLUMNS = ("verdict", *CORRECTIONS, "note", "reviewer")
READ_COLUMNS = ("kind", "type", "speaker", "content", "targets", "answers", "passage")
"""columns that a reviewer needs, between the verdict and the corrections"""
SAMPLE_SQL = """
WITH candidates AS (
    SELECT s.statement_id, s.kind, s.type, coalesce(speaker.name, '') AS speaker, coalesce(s.source_text, '') AS source,
        coalesce(s.cue_text, '') AS cue, s.content_text AS content,
        array_to_string(list_transform(s.target_ids, lambda id: coalesce(names.by_id[id], id)), '; ') AS targets,
        coalesce(c.content_text, l.implicit_claim_text, '') AS answers, coalesce(l.claim_id, '') AS answers_id,
        round(s.confidence::DOUBLE, 2) AS confidence, s.rule,
        if(s.content_spans[1].start > 200, '… ', '')
            || d.text[greatest(1, s.content_spans[1].start - 199):s.content_spans[-1]."end" + 200]
            || if(length(d.text) > s.content_spans[-1]."end" + 200, ' …', '') AS passage,
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


@dataclass(frozen=True, slots=True)
class SampleSheet:
    """A sheet to read: its columns and its rows; those of the verdict are empty."""

    names: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def to_csv(self) -> bytes:
        """Return the sheet as CSV for spreadsheets: with a mark of its encoding, and no text that is a formula."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(self.names)
        for row in self.rows:
            writer.writerow([guard_formula(value) if isinstance(value, str) else value for value in row])
        return out.getvalue().encode("utf-8-sig")

    def to_workbook(self) -> bytes:
        """Return the sheet as an .xlsx file; ReviewError if openpyxl is not installed."""
        return write_workbook(self.names, self.rows)


def draw_sample_sheet(connection: DuckDBPyConnection, most: int, by: str | None = None) -> SampleSheet:
    """Return a sheet of at most ``most`` rows that nobody has reviewed, in equal numbers from each group of ``by``.

    The sample is random by the hash of the id: the same tables give the same sheet, and a reviewed row makes room for
    the next one. A group with fewer rows than its share leaves the rest to the others.
    """
    sql = SAMPLE_SQL.replace("{group}", GROUP_SQL[by] if by else "''")
    found = connection.execute(sql, {"most": most})
    drawn = [column[0] for column in found.description or ()]
    names = ("verdict", *READ_COLUMNS, *VERDICT_COLUMNS[1:], *(n for n in drawn if n not in READ_COLUMNS))
    rows = [dict(zip(drawn, row, strict=True)) for row in found.fetchall()]
    return SampleSheet(names, tuple(tuple(row.get(name, "") for name in names) for row in rows))
