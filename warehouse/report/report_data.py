"""The data of the report: each function is one query within the chosen scope."""

from collections.abc import Mapping
from typing import Any

from duckdb import DuckDBPyConnection

from warehouse.report.report_scope import Row, fetch_rows, quote_phrases_of_entities

PAIRS_SQL = """
SELECT l.denial_id, l.claim_id, l.link_word, l.score, l.method, l.same_document, l.implicit_claim_text,
    d.doc_id, d.speaker_id AS denier_id, coalesce(denier.name, d.source_text) AS denier,
    d.source_type AS denier_type, d.denial_type, d.cue_text AS denial_cue, c.cue_text AS claim_cue,
    d.content_text AS denial_text, coalesce(d.said_on, dd.published_at) AS denied_on,
    c.doc_id AS claim_doc_id, c.speaker_id AS accuser_id, coalesce(accuser.name, c.source_text) AS accuser,
    c.source_type AS accuser_type, c.claim_type, coalesce(c.content_text, l.implicit_claim_text) AS claim_text,
    coalesce(c.said_on, cd.published_at) AS claimed_on, c.target_ids, dd.publisher, dd.title,
    coalesce(g.group_id, l.claim_id) AS group_id
FROM worded_links AS l JOIN denials AS d ON d.denial_id = l.denial_id
JOIN documents AS dd ON dd.doc_id = d.doc_id
LEFT JOIN claims AS c ON c.claim_id = l.claim_id
LEFT JOIN documents AS cd ON cd.doc_id = c.doc_id
LEFT JOIN claim_groups AS g ON g.claim_id = l.claim_id
LEFT JOIN entities AS denier ON denier.entity_id = d.speaker_id
LEFT JOIN entities AS accuser ON accuser.entity_id = c.speaker_id
WHERE l.rank = 1 AND (l.denial_id IN (SELECT statement_id FROM said)
    OR l.claim_id IN (SELECT statement_id FROM said))
"""
"""each denial with the claim that it answers best, if either is in scope"""

COUNTS_SQL = """
SELECT (SELECT count(*) FROM scope) AS documents,
    (SELECT count(DISTINCT entity_id) FROM mentions SEMI JOIN scope USING (doc_id)) AS entities,
    count(DISTINCT group_id) FILTER (kind = 'claim') AS claims, count(*) FILTER (kind = 'denial') AS denials,
    min(day) AS first_day, max(day) AS last_day, count(*) FILTER (day IS NULL) AS undated,
    count(DISTINCT group_id) FILTER (kind = 'claim' AND group_id IN
        (SELECT group_id FROM pairs WHERE link_word <> 'may answer')) AS contested,
    count(*) FILTER (kind = 'denial' AND statement_id IN
        (SELECT denial_id FROM pairs WHERE link_word <> 'may answer')) AS answering,
    count(*) FILTER (kind = 'denial' AND statement_id IN
        (SELECT denial_id FROM pairs WHERE link_word = 'may answer')) AS perhaps_answering
FROM said
"""

ACCUSATIONS_SQL = """
SELECT s.speaker_id AS accuser_id, accuser.name AS accuser, accused_id, accused.name AS accused,
    count(DISTINCT s.group_id) AS n,
    count(DISTINCT s.group_id) FILTER (s.accusation_basis = 'cue') AS explicit,
    coalesce(bool_and(s.accusation_basis = 'content'), false) AS implied,
    count(DISTINCT s.group_id) FILTER (s.group_id IN
        (SELECT group_id FROM pairs WHERE link_word <> 'may answer')) AS contested
FROM (SELECT *, unnest(target_ids) AS accused_id FROM said WHERE type = 'accusation') AS s
JOIN entities AS accuser ON accuser.entity_id = s.speaker_id
JOIN entities AS accused ON accused.entity_id = accused_id
WHERE s.speaker_id <> accused_id
GROUP BY ALL ORDER BY n + explicit DESC, explicit DESC, contested DESC, accuser, accused, accuser_id, accused_id
"""

CONTESTED_SQL = """
SELECT s.statement_id, s.doc_id, s.content_text, s.speaker_id, coalesce(e.name, s.source_text) AS speaker,
    s.source_type, s.day, count(DISTINCT p.denial_id) AS n, min(p.denied_on) AS since,
    list(DISTINCT p.denier ORDER BY p.denier) FILTER (p.denier IS NOT NULL) AS deniers
FROM (
    FROM said WHERE statement_id IN (SELECT claim_id FROM pairs WHERE link_word <> 'may answer')
    QUALIFY row_number() OVER (PARTITION BY group_id ORDER BY day NULLS LAST, statement_id) = 1
) AS s JOIN pairs AS p ON p.group_id = s.group_id AND p.link_word <> 'may answer'
LEFT JOIN entities AS e ON e.entity_id = s.speaker_id
GROUP BY ALL
"""

SHOWN_DOCUMENTS_SQL = """
SELECT doc_id, n_chars FROM documents SEMI JOIN scope USING (doc_id)
LEFT JOIN (SELECT doc_id, min(place) AS place FROM
    (SELECT unnest([doc_id, claim_doc_id]) AS doc_id, unnest([place, place]) AS place FROM newest
    UNION ALL SELECT doc_id, place FROM contested)
    GROUP BY doc_id) USING (doc_id)
LEFT JOIN (SELECT doc_id, count(*) AS n FROM said GROUP BY doc_id) USING (doc_id)
ORDER BY place NULLS LAST, n DESC NULLS LAST, published_at DESC NULLS LAST, doc_id LIMIT $most
"""


DENIAL_WORDS = {
    "answers": "denied by",
    "probably answers": "probably denied by",
    "may answer": "perhaps denied by",
}
"""the words for a link seen from its claim, by its ``link_word``"""
LINKS_SQL = """
SELECT l.*, c.doc_id AS claim_doc_id, coalesce(c.content_text, l.implicit_claim_text) AS claim_text,
    d.content_text AS denial_text
FROM worded_links AS l JOIN denials AS d ON d.denial_id = l.denial_id
LEFT JOIN claims AS c ON c.claim_id = l.claim_id
WHERE list_contains($ids::VARCHAR[], l.doc_id) OR list_contains($ids::VARCHAR[], c.doc_id)
ORDER BY l.denial_id, l.rank
"""


def create_exchange_tables(connection: DuckDBPyConnection) -> None:
    """Create the temporary tables of exchanges, of which the last two have ``place``, the rank by interest.

    ``pairs``: each denial with the claim that it answers best, if either is in scope; ``newest``: the same, the newest
    first; ``contested``: the claims in scope that a denial answers or probably answers, those with most denials first;
    of those that state the same, the earliest that is denied.
    """
    quote_phrases_of_entities(connection)
    connection.execute(f"CREATE TEMP TABLE pairs AS {PAIRS_SQL}")
    connection.execute(
        "CREATE TEMP TABLE newest AS SELECT *, row_number() OVER "
        "(ORDER BY denied_on DESC NULLS LAST, score DESC, denial_id) AS place FROM pairs"
    )
    connection.execute(
        "CREATE TEMP TABLE contested AS SELECT *, row_number() OVER "
        f"(ORDER BY n DESC, day DESC NULLS LAST, statement_id) AS place FROM ({CONTESTED_SQL})"
    )


def count_rows_in_scope(connection: DuckDBPyConnection) -> Row:
    """Return the numbers of documents, entities, claims and denials in scope, and how many of them are linked."""
    return fetch_rows(connection, COUNTS_SQL)[0]


def read_exchanges(connection: DuckDBPyConnection, most: int) -> list[list[Row]]:
    """Return the newest exchanges grouped by claim, the claim with the newest denial first.

    Each row has ``accused``: the ids and names of the targets of the claim.
    """
    found = fetch_rows(connection, "FROM newest ORDER BY place LIMIT $most", most=most)
    known = _read_entity_names(connection, [i for row in found for i in row["target_ids"] or ()])
    for row in found:
        row["accused"] = [(i, known.get(i, i)) for i in row["target_ids"] or ()]
    groups: dict[str, list[Row]] = {}
    for row in found:
        groups.setdefault(row["claim_id"] or row["denial_id"], []).append(row)
    return list(groups.values())


def count_exchanges(connection: DuckDBPyConnection) -> int:
    """Return how many exchanges are in scope."""
    n: int = fetch_rows(connection, "SELECT count(*) AS n FROM pairs")[0]["n"]
    return n


def read_accusations(connection: DuckDBPyConnection) -> list[Row]:
    """Return who accuses whom, how often, and how often it was denied; the strongest pairs first.

    An explicit accusation counts twice: of unread ones 83 of 100 were right, of others 48 (docs/attribution.md).
    """
    return fetch_rows(connection, ACCUSATIONS_SQL)


def read_most_contested(connection: DuckDBPyConnection, most: int) -> list[Row]:
    """Return the claims with the most denials."""
    return fetch_rows(connection, "FROM contested ORDER BY place LIMIT $most", most=most)


def read_days(connection: DuckDBPyConnection) -> list[Row]:
    """Return the days on which something was said, in order, each with its numbers of claims and denials.

    A claim counts on the first day on which it was made, however many articles state it.
    """
    return fetch_rows(
        connection,
        "SELECT day, count(*) FILTER (kind = 'claim') AS claims, count(*) FILTER (kind = 'denial') AS denials "
        "FROM (SELECT kind, min(day) AS day FROM said GROUP BY kind, group_id) "
        "WHERE day IS NOT NULL GROUP BY day ORDER BY day",
    )


def choose_documents(connection: DuckDBPyConnection, most: int, most_characters: int) -> list[str]:
    """Return the documents to show: those of the newest exchanges and most contested claims come first."""
    chosen: list[str] = []
    for row in fetch_rows(connection, SHOWN_DOCUMENTS_SQL, most=most):
        most_characters -= row["n_chars"]
        if chosen and most_characters < 0:
            break
        chosen.append(row["doc_id"])
    return chosen


def _read_entity_names(connection: DuckDBPyConnection, entity_ids: list[str]) -> dict[str, str]:
    """Return the names of some entities by id."""
    found = fetch_rows(
        connection,
        "SELECT entity_id, name FROM entities WHERE list_contains($ids::VARCHAR[], entity_id)",
        ids=sorted(set(entity_ids)),
    )
    return {row["entity_id"]: row["name"] for row in found}


def read_article(connection: DuckDBPyConnection, doc_id: str) -> dict[str, Any]:
    """Return one document as :func:`read_articles` does."""
    of_id = "SELECT published_month FROM documents WHERE doc_id = $id"
    month = fetch_rows(connection, of_id, id=doc_id)[0]["published_month"]
    return read_articles(connection, {doc_id: month})[0]


def read_articles(connection: DuckDBPyConnection, months: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return documents, given by their ids with their months, each with its rows in the order of the text.

    ``links`` has the links of all ranks, of its denials and of denials elsewhere that answer its claims; ``names``
    the names of the entities that its rows refer to, by id.
    """
    doc_ids = list(months)
    given = {"ids": doc_ids, "months": sorted(set(months.values()))}
    here = (
        "WHERE list_contains($ids::VARCHAR[], doc_id) AND list_contains($months::VARCHAR[], published_month)"
    )
    in_order = "ORDER BY coalesce(cue_start, content_spans[1].start), statement_id"
    documents_sql = f"FROM documents LEFT JOIN near_duplicates USING (doc_id) {here}"
    documents = {d["doc_id"]: d for d in fetch_rows(connection, documents_sql, **given)}
    statements = fetch_rows(connection, f"FROM statements {here} {in_order}", **given)
    mentions = fetch_rows(connection, f'FROM mentions {here} ORDER BY start, "end", mention_id', **given)
    links = fetch_rows(connection, LINKS_SQL, ids=doc_ids)
    names = _read_entity_names(connection, _list_entity_ids(statements, mentions))
    return [_collect_article(documents[i], statements, mentions, links, names) for i in doc_ids]


def _list_entity_ids(statements: list[Row], mentions: list[Row]) -> list[str]:
    """Return the ids of all entities to which rows refer."""
    ids = [i for s in statements for i in (s["speaker_id"], s["speaker_affiliation_id"], s["addressee_id"])]
    ids += [i for s in statements for i in s["target_ids"]] + [m["entity_id"] for m in mentions]
    return [i for i in ids if i]


def _collect_article(
    document: Row, statements: list[Row], mentions: list[Row], links: list[Row], names: dict[str, str]
) -> dict[str, Any]:
    """Return a document with its own rows among those of several documents."""
    doc_id = document["doc_id"]
    of_document = [s for s in statements if s["doc_id"] == doc_id]
    mentioned = [m for m in mentions if m["doc_id"] == doc_id]
    return {
        "document": document,
        "statements": of_document,
        "mentions": mentioned,
        "links": [link for link in links if doc_id in (link["doc_id"], link["claim_doc_id"])],
        "names": {i: names[i] for i in _list_entity_ids(of_document, mentioned) if i in names},
    }
