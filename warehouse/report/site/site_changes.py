"""What is new in a site since its last build: accusations, denials, and claims that a denial answers now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from duckdb import DuckDBPyConnection

from warehouse.report.report_data import DENIAL_WORDS
from warehouse.report.report_scope import Row, fetch_rows
from warehouse.report.site.corrections import describe_reviewed_speaker
from warehouse.report.site.site_folder import RowIds
from warehouse.report.site.wording import make_page_path

MAX_CHANGES = 20
"""new rows of a kind that are listed; the others are counted"""
NOT_REJECTED = "coalesce(verdict, '') <> 'rejected'"
NEWEST_FIRST = "ORDER BY is_certain DESC, day DESC NULLS LAST, confidence DESC, statement_id"
ROWS_SQL = {
    "accusations": f"SELECT * FROM shown WHERE type = 'accusation' AND {NOT_REJECTED} {NEWEST_FIRST}",
    "denials": f"SELECT * FROM shown WHERE kind = 'denial' AND {NOT_REJECTED} {NEWEST_FIRST}",
    "contested": """
    SELECT c.*, j.link_word AS denial_link_word, d.speaker_id AS denier_id, d.speaker AS denier,
        d.source_text AS denier_source, d.source_type AS denier_source_type
    FROM joined AS j JOIN shown AS c ON c.number = j.claim_number JOIN shown AS d ON d.number = j.denial_number
    WHERE j.link_word <> 'may answer' AND coalesce(c.verdict, '') <> 'rejected'
        AND coalesce(d.verdict, '') <> 'rejected'
    QUALIFY row_number() OVER (PARTITION BY j.claim_id ORDER BY j.score DESC, j.denial_id) = 1
    ORDER BY d.is_certain AND c.is_certain DESC, j.day DESC NULLS LAST,
        j.score DESC, statement_id
    """,
}
"""the rows of each kind of news, in the order in which they are listed"""
COUNTED_BY = {"accusations": "statement_id", "denials": "statement_id", "contested": "group_id"}
"""the column of which one row is listed: a claim that several articles report is newly contested once"""
ANSWERED_SQL = """
SELECT denial_number, c.* FROM joined AS j JOIN shown AS c ON c.number = j.claim_number
WHERE j.rank = 1 AND list_contains($ids::VARCHAR[], j.denial_id)
"""


@dataclass(frozen=True, slots=True)
class Change:
    """One new row: who says what about whom or, for a denial, against whom."""

    who: str
    whom: str
    what: str
    day: str | None
    page: str
    """path of the row in the site, with its fragment"""
    cue: str | None
    """the word that reports or denies"""
    claim: str | None = None
    """of a denial, the claim that it answers best"""
    denied_by: str | None = None
    """of a claim that is newly contested, by whom and how surely: "probably denied by Ada Brown" """


@dataclass(frozen=True, slots=True)
class NewRows:
    """The new rows of a kind: how many there are, and the first of them."""

    total: int
    listed: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class SiteChanges:
    """The rows that the last build of a site did not have."""

    is_first: bool
    """True if no earlier build is known, so that all rows are new"""
    accusations: NewRows
    denials: NewRows
    contested: NewRows


def read_row_ids(connection: DuckDBPyConnection) -> RowIds:
    """Return the ids of all rows that can be news, sorted."""
    return {
        kind: [
            row["statement_id"]
            for row in fetch_rows(connection, f"SELECT statement_id FROM ({sql}) ORDER BY 1")
        ]
        for kind, sql in ROWS_SQL.items()
    }


def read_changes(
    connection: DuckDBPyConnection, known: RowIds | None, names: Mapping[str, str]
) -> SiteChanges:
    """Return the rows that are not among those of the last build; without one, all rows are new."""
    found = {kind: _read_new_rows(connection, kind, (known or {}).get(kind, [])) for kind in ROWS_SQL}
    answered = _read_answered_claims(connection, found["denials"])
    listed = {kind: tuple(_to_change(row, names, answered) for row in rows) for kind, rows in found.items()}
    totals = {kind: rows[0]["total"] if rows else 0 for kind, rows in found.items()}
    new = {kind: NewRows(totals[kind], listed[kind]) for kind in found}
    return SiteChanges(is_first=known is None, **new)


def _read_new_rows(connection: DuckDBPyConnection, kind: str, known: list[str]) -> list[Row]:
    """Return the first new rows of a kind, each with the number of all."""
    key, sql = COUNTED_BY[kind], ROWS_SQL[kind]
    new = f"""
    WITH placed AS (SELECT *, row_number() OVER () AS place FROM ({sql})),
    old AS (SELECT {key} FROM placed WHERE statement_id IN (SELECT unnest($known::VARCHAR[]))),
    new AS (
        SELECT * FROM placed WHERE {key} NOT IN (FROM old)
        QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY place) = 1
    )
    SELECT *, count(*) OVER () AS total FROM new ORDER BY place LIMIT {MAX_CHANGES}
    """
    return fetch_rows(connection, new, known=known)


def _read_answered_claims(connection: DuckDBPyConnection, denials: list[Row]) -> dict[int, Row]:
    """Return the claims that denials answer best, by the number of the denial."""
    ids = [row["statement_id"] for row in denials]
    return {row["denial_number"]: row for row in fetch_rows(connection, ANSWERED_SQL, ids=ids)}


def _to_change(row: Row, names: Mapping[str, str], answered: Mapping[int, Row]) -> Change:
    claim = answered.get(row["number"]) if row["kind"] == "denial" else None
    whom = (
        [_name_speaker(claim | {"rule": None})]
        if claim
        else [names[i] for i in row["target_ids"] if i in names]
    )
    page = (
        make_page_path("claim", row["statement_id"])
        if row["n_linked"]
        else make_page_path("article", row["doc_id"])
    )
    return Change(
        who=_name_speaker(row),
        whom=", ".join(whom),
        what=row["content_text"],
        day=row["day"].isoformat() if row["day"] else None,
        page=page if row["n_linked"] else f"{page}#{row['statement_id']}",
        cue=row["cue_text"],
        claim=claim["content_text"] if claim else None,
        denied_by=_word_denier(row) if "denier" in row else None,
    )


def _name_speaker(row: Mapping[str, Any]) -> str:
    """Return the name of a speaker or, without one, the words for it."""
    speaker = describe_reviewed_speaker({"correction": None} | dict(row))
    return str(speaker["name"] or speaker["words"])


def _word_denier(row: Row) -> str:
    """Return how surely and by whom a claim is denied."""
    denier = {
        "speaker_id": row["denier_id"],
        "speaker": row["denier"],
        "source_text": row["denier_source"],
        "source_type": row["denier_source_type"],
    }
    return f"{DENIAL_WORDS[row['denial_link_word']]} {_name_speaker(denier)}"
