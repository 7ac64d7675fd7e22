"""What a report is about: everything, one document, one entity, or what is dated since a day.

Choosing fills two temporary tables of the connection: ``scope`` (doc_id) and ``said``, the statements
in scope with ``day``: when it was said, else when it was published.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from duckdb import DuckDBPyConnection

from warehouse.errors import InputError

Row = dict[str, Any]
MOST_CANDIDATES = 8

SAID = """
CREATE TEMP TABLE said AS
SELECT s.statement_id, s.kind, s.type, s.doc_id, s.speaker_id, s.source_text, s.source_type, s.target_ids,
    s.content_text, s.cue_text, coalesce(s.said_on, d.published_at) AS day
FROM statements AS s JOIN documents AS d USING (doc_id) SEMI JOIN scope USING (doc_id)
"""
OF_ENTITY = " WHERE $id IN (s.speaker_id, s.speaker_affiliation_id) OR list_contains(s.target_ids, $id)"


class ReportError(InputError):
    """The report that was asked for cannot be made; ``listing`` is SQL that shows what there is, if any does."""

    def __init__(self, message: str, listing: str = "") -> None:
        """Keep the SQL apart: only the command line knows how the warehouse is named there."""
        super().__init__(message)
        self.listing = listing


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about, in words and, where it is one document or entity, by id."""

    words: str
    doc_id: str | None = None
    entity_id: str | None = None


def rows(connection: DuckDBPyConnection, sql: str, **given: object) -> list[Row]:
    """Return the rows of a query as dicts."""
    found: list[Row] = connection.sql(sql, params=given or None).to_arrow_table().to_pylist()
    return found


def choose_all(connection: DuckDBPyConnection) -> Scope:
    """Choose every document."""
    connection.execute("CREATE TEMP TABLE scope AS SELECT doc_id FROM documents")
    connection.execute(SAID)
    return Scope("Every document of the warehouse")


def choose_since(connection: DuckDBPyConnection, day: date) -> Scope:
    """Choose the documents published on a day or later; raises ReportError if there is none."""
    of_day = "CREATE TEMP TABLE scope AS SELECT doc_id FROM documents WHERE published_at >= $day"
    connection.execute(of_day, {"day": day})
    if not rows(connection, "FROM scope LIMIT 1"):
        last = rows(connection, "SELECT max(published_at) AS day FROM documents")[0]["day"]
        newest = f"The newest is of {last}." if last else "No document is dated."
        raise ReportError(f"No document is dated {day} or later. {newest}")
    connection.execute(SAID)
    return Scope(f"Documents published since {day.day} {day:%B %Y}")


def choose_document(connection: DuckDBPyConnection, doc_id: str) -> Scope:
    """Choose one document; raises ReportError if the warehouse does not hold it."""
    of_id = "CREATE TEMP TABLE scope AS SELECT doc_id FROM documents WHERE doc_id = $id"
    connection.execute(of_id, {"id": doc_id})
    if not rows(connection, "FROM scope"):
        raise ReportError(
            f"No document has the id {doc_id!r}. "
            'List them: counterclaim query "SELECT doc_id, title FROM documents"'
        )
    connection.execute(SAID)
    return Scope("One document", doc_id)


def choose_entity(connection: DuckDBPyConnection, name: str) -> Scope:
    """Choose an entity by id, name or alias, with the documents that mention it and its statements.

    Raises ReportError where no entity or more than one fits: a report does not guess whom was meant.
    """
    entity = _find_entity(connection, name)
    given = {"id": entity["entity_id"]}
    connection.execute(
        "CREATE TEMP TABLE scope AS SELECT doc_id FROM mentions WHERE entity_id = $id UNION "
        f"SELECT doc_id FROM statements AS s {OF_ENTITY}",
        given,
    )
    connection.execute(SAID + OF_ENTITY, given)
    return Scope(f"What {entity['name']} said, and what was said of it", entity_id=entity["entity_id"])


def _find_entity(connection: DuckDBPyConnection, name: str) -> Row:
    """Return the one entity of the best kind of match: id, then name, then alias."""
    found = rows(
        connection,
        """
        SELECT entity_id, name, entity_type, n_mentions, CASE
            WHEN entity_id = $name THEN 1 WHEN lower(entities.name) = lower($name) THEN 2
            WHEN list_contains(list_transform(aliases, lambda x: lower(x)), lower($name)) THEN 3 END AS rank
        FROM entities WHERE rank IS NOT NULL ORDER BY rank, n_mentions DESC, entity_id
        """,
        name=name,
    )
    best = [entity for entity in found if entity["rank"] == found[0]["rank"]]
    if not best:
        raise ReportError(f"No entity is called {name!r}.", "SELECT name FROM entities")
    if len(best) > 1:
        told = (f"{e['entity_id']} ({e['name']}, {e['entity_type']})" for e in best[:MOST_CANDIDATES])
        raise ReportError(f"{len(best)} entities are called {name!r}; name one by its id: {', '.join(told)}")
    return best[0]
