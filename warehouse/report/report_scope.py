"""The scope of a report: all documents, one document, one entity, or the documents published since a day.

Choosing a scope creates two temporary tables of the connection: ``scope`` (doc_id) and ``said``, the statements
in scope with ``day``, on which they were made or, if that is not known, published, and ``group_id``, which claims that
state the same share.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from duckdb import DuckDBPyConnection

from warehouse.errors import InputError

Row = dict[str, Any]
MAX_CANDIDATES = 8

SAID_SQL = """
CREATE TEMP TABLE said AS
SELECT s.statement_id, s.kind, s.type, s.doc_id, s.speaker_id, s.source_text, s.source_type, s.target_ids,
    s.accusation_basis, s.content_text, s.cue_text, coalesce(s.said_on, d.published_at) AS day,
    coalesce(g.group_id, s.statement_id) AS group_id
FROM statements AS s JOIN documents AS d USING (doc_id)
LEFT JOIN claim_groups AS g ON g.claim_id = s.statement_id SEMI JOIN scope ON scope.doc_id = s.doc_id
"""
QUOTED_ENTITIES_SQL = """
CREATE TEMP TABLE IF NOT EXISTS entities AS
SELECT * REPLACE (CASE entity_type WHEN 'unnamed' THEN '“' || name || '”' ELSE name END AS name) FROM entities
"""
OF_ENTITY_SQL = " WHERE $id IN (s.speaker_id, s.speaker_affiliation_id) OR list_contains(s.target_ids, $id)"


class ReportError(InputError):
    """The requested report cannot be made; ``listing`` is SQL that lists what can be requested, if there is any."""

    def __init__(self, message: str, listing: str = "") -> None:
        """Keep the SQL apart from the message: only the command line knows how the user named the warehouse."""
        super().__init__(message)
        self.listing = listing


@dataclass(frozen=True, slots=True)
class ReportScope:
    """The scope of a report in words and, for one document or entity, its id."""

    words: str
    doc_id: str | None = None
    entity_id: str | None = None


def fetch_rows(connection: DuckDBPyConnection, sql: str, **given: object) -> list[Row]:
    """Return the rows of a query as dicts."""
    found: list[Row] = connection.sql(sql, params=given or None).to_arrow_table().to_pylist()
    return found


def choose_all(connection: DuckDBPyConnection) -> ReportScope:
    """Choose all documents."""
    connection.execute("CREATE TEMP TABLE scope AS SELECT doc_id FROM documents")
    connection.execute(SAID_SQL)
    return ReportScope("All documents of the warehouse")


def choose_since(connection: DuckDBPyConnection, day: date) -> ReportScope:
    """Choose the documents published on a day or later; ReportError if there are none."""
    of_day = "CREATE TEMP TABLE scope AS SELECT doc_id FROM documents WHERE published_at >= $day"
    connection.execute(of_day, {"day": day})
    if not fetch_rows(connection, "FROM scope LIMIT 1"):
        last = fetch_rows(connection, "SELECT max(published_at) AS day FROM documents")[0]["day"]
        newest = f"The newest is of {last}." if last else "No document has a date."
        raise ReportError(f"No document is dated {day} or later. {newest}")
    connection.execute(SAID_SQL)
    return ReportScope(f"Documents published since {day.day} {day:%B %Y}")


def choose_document(connection: DuckDBPyConnection, doc_id: str) -> ReportScope:
    """Choose one document; ReportError if the warehouse does not have it."""
    of_id = "CREATE TEMP TABLE scope AS SELECT doc_id FROM documents WHERE doc_id = $id"
    connection.execute(of_id, {"id": doc_id})
    if not fetch_rows(connection, "FROM scope"):
        raise ReportError(f"No document has the id {doc_id!r}.", "SELECT doc_id, title FROM documents")
    connection.execute(SAID_SQL)
    return ReportScope("One document", doc_id)


def choose_entity(connection: DuckDBPyConnection, name: str) -> ReportScope:
    """Choose an entity by id, name or alias, with the documents that mention it and its statements.

    Raises ReportError if no entity matches, or more than one does: the report does not guess which one is meant.
    """
    entity = _find_entity(connection, name)
    given = {"id": entity["entity_id"]}
    connection.execute(
        "CREATE TEMP TABLE scope AS SELECT doc_id FROM mentions WHERE entity_id = $id UNION "
        f"SELECT doc_id FROM statements AS s {OF_ENTITY_SQL}",
        given,
    )
    connection.execute(SAID_SQL + OF_ENTITY_SQL, given)
    return ReportScope(
        f"What {entity['name']} said, and what was said about it", entity_id=entity["entity_id"]
    )


def _find_entity(connection: DuckDBPyConnection, name: str) -> Row:
    """Return the only entity with the best kind of match: by id, else by name, else by alias."""
    found = fetch_rows(
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
        candidates = (f"{e['entity_id']} ({e['name']}, {e['entity_type']})" for e in best[:MAX_CANDIDATES])
        raise ReportError(
            f"{len(best)} entities are called {name!r}; name one by its id: {', '.join(candidates)}"
        )
    return best[0]


def quote_phrases_of_entities(connection: DuckDBPyConnection) -> None:
    """Hide the view ``entities`` by a table in which the phrase of an entity without a name is in quotation marks.

    A report must not show *two gunmen* as if it were a name.
    """
    connection.execute(QUOTED_ENTITIES_SQL)
