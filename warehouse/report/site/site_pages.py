"""The pages of a site: each is a path, a template, and all the data that the template shows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from duckdb import DuckDBPyConnection

from warehouse.report.report_data import read_articles
from warehouse.report.report_scope import Row, fetch_rows
from warehouse.report.site.row_data import collect_row_data
from warehouse.report.site.site_tables import (
    ENTITIES_SQL,
    ENTITY_DOCUMENTS_SQL,
    ENTITY_ROWS_SQL,
    REPEATED_SQL,
    group_rows,
    iterate_rows,
)
from warehouse.report.site.wording import is_name, make_page_path

ARTICLES_PER_BATCH = 100
ITEMS_PER_PAGE = {"articles": 500, "entities": 500, "exchanges": 100}
"""entries of a list, by its kind: an exchange has several rows"""
Names = Mapping[str, str]
ENTITY_LETTERS_SQL = f"""
SELECT entity_id, name, entity_type, n_documents, n_statements, upper(strip_accents(name[1])) AS first,
    CASE WHEN first BETWEEN 'A' AND 'Z' THEN first ELSE '_' END AS letter
FROM ({ENTITIES_SQL}) ORDER BY letter, lower(name), entity_id
"""
LIST_PARTS = ("claims_by", "claims_about", "denials_by", "denials_about", "denials_of")


@dataclass(frozen=True, slots=True)
class SitePage:
    """One page: where it is, its template, and its data, from which alone it is made."""

    path: str
    template: str
    data: dict[str, Any]


def make_article_pages(
    connection: DuckDBPyConnection, documents: Iterable[Row], names: Names
) -> Iterator[SitePage]:
    """Yield a page for each document, with its text, its rows and its mentions."""
    months = [(document["doc_id"], document["published_month"]) for document in documents]
    for start in range(0, len(months), ARTICLES_PER_BATCH):
        batch = dict(months[start : start + ARTICLES_PER_BATCH])
        rows = _read_shown_rows(connection, list(batch), names)
        for article in read_articles(connection, batch):
            yield _make_article_page(article, rows)


def _read_shown_rows(connection: DuckDBPyConnection, doc_ids: list[str], names: Names) -> dict[str, Any]:
    """Return the rows of some documents by id, as the scripts take them."""
    sql = "FROM shown WHERE list_contains($ids::VARCHAR[], doc_id)"
    return collect_row_data(fetch_rows(connection, sql, ids=doc_ids), names)


def _make_article_page(article: dict[str, Any], rows: Mapping[str, Any]) -> SitePage:
    document = {name: value for name, value in article["document"].items() if name != "near_keys"}
    of_article = {s["statement_id"]: rows[s["statement_id"]] for s in article["statements"]}
    data = {"article": article | {"document": document}, "rows": of_article}
    return SitePage(make_page_path("article", document["doc_id"]), "article_page.html", data)


def make_claim_pages(connection: DuckDBPyConnection, names: Names) -> Iterator[SitePage]:
    """Yield a page for each claim that a denial answers or may answer, with these denials and its other statements."""
    sql = "FROM joined WHERE claim_id IS NOT NULL ORDER BY claim_id, rank, score DESC, denial_id"
    linked = """
    FROM shown WHERE statement_id IN (SELECT denial_id FROM joined)
        OR group_id IN (SELECT group_id FROM shown WHERE n_linked > 0)
    """
    repeats = _MergedGroups(group_rows(iterate_rows(connection, REPEATED_SQL), "claim_id"))
    rows = collect_row_data(iterate_rows(connection, linked), names)
    for claim_id, links in group_rows(iterate_rows(connection, sql), "claim_id"):
        claim = rows[claim_id]
        denials = [_to_link(link) | {"row": rows[link["denial_id"]]} for link in links]
        others = [{"row": rows[x["repeat_id"]], "is_copy": x["is_copy"]} for x in repeats.take(claim_id)]
        data = {
            "claim": claim,
            "best": [d for d in denials if d["words"] != "may answer"],
            "possible": [d for d in denials if d["rank"] == 1 and d["words"] == "may answer"],
            "others": [d for d in denials if d["rank"] > 1],
            "repeats": others,
            "rows": {claim_id: claim} | {x["row"]["id"]: x["row"] for x in [*denials, *others]},
        }
        yield SitePage(make_page_path("claim", claim_id), "claim_page.html", data)


def _to_link(link: Row) -> dict[str, Any]:
    """Return what pages say of a link."""
    return {
        "rank": link["rank"],
        "score": link["score"],
        "words": link["link_word"],
        "method": link["method"],
        "same_document": link["same_document"],
        "day": link["day"],
    }


def make_entity_pages(connection: DuckDBPyConnection, names: Names) -> Iterator[SitePage]:
    """Yield a page for each entity: what it says, what is said about it, what is denied, where it is mentioned."""
    parts = group_rows(iterate_rows(connection, ENTITY_ROWS_SQL), "entity_id")
    documents = group_rows(iterate_rows(connection, ENTITY_DOCUMENTS_SQL), "entity_id")
    parts_of, documents_of = _MergedGroups(parts), _MergedGroups(documents)
    for entity in iterate_rows(connection, ENTITIES_SQL):
        found = parts_of.take(entity["entity_id"])
        data = {
            "entity": entity,
            "is_name": is_name(entity["name"]),
            "parts": _make_parts(found),
            "documents": documents_of.take(entity["entity_id"]),
            "rows": collect_row_data(found, names),
        }
        yield SitePage(make_page_path("entity", entity["entity_id"]), "entity_page.html", data)


class _MergedGroups:
    """Groups sorted by key, taken in the order of another sorted sequence of keys."""

    def __init__(self, groups: Iterator[tuple[str, list[Row]]]) -> None:
        self._groups = groups
        self._next = next(groups, None)

    def take(self, key: str) -> list[Row]:
        """Return the rows of a key, no rows if there are none; keys before it are passed over."""
        while self._next and self._next[0] < key:
            self._next = next(self._groups, None)
        return self._next[1] if self._next and self._next[0] == key else []


def _make_parts(rows: list[Row]) -> dict[str, Any]:
    """Return the lists of an entity's page: ids of rows, and how many there are in all and linked."""
    parts: dict[str, Any] = {name: {"ids": [], "n": 0, "joined": 0, "perhaps": 0} for name in LIST_PARTS}
    for row in rows:
        part = parts[row["part"]]
        part["ids"].append(row["statement_id"])
        part |= {"n": row["n_part"], "joined": row["n_joined"], "perhaps": row["n_perhaps"]}
    return parts


def make_exchange_pages(connection: DuckDBPyConnection, names: Names) -> Iterator[SitePage]:
    """Yield pages of claims with the denials that answer them best, by the month of the denial, newest first.

    Claims that no denial of the month answers or probably answers come after the others.
    """
    sql = """
    SELECT j.*, d.published_month FROM joined AS j JOIN shown AS d ON d.statement_id = j.denial_id
    WHERE j.rank = 1 AND j.claim_id IS NOT NULL
    ORDER BY published_month, bool_and(j.link_word = 'may answer') OVER (PARTITION BY published_month, j.claim_id),
        max(j.day) OVER (PARTITION BY published_month, j.claim_id) DESC NULLS LAST,
        j.claim_id, j.score DESC, j.denial_id
    """
    linked = "FROM shown WHERE n_denials + n_possible > 0 OR answers_id IS NOT NULL"
    rows = collect_row_data(iterate_rows(connection, linked), names)
    for month, links in group_rows(iterate_rows(connection, sql), "published_month"):
        exchanges = _group_by_claim(links)
        n_possible = sum(all(d["words"] == "may answer" for d in group["denials"]) for group in exchanges)
        for page in _make_list_pages("exchanges", month, exchanges):
            groups = page.data["items"]
            ids = [i for group in groups for i in (group["claim_id"], *(d["id"] for d in group["denials"]))]
            yield replace(
                page, data=page.data | {"n_possible": n_possible, "rows": {i: rows[i] for i in ids}}
            )


def _group_by_claim(links: list[Row]) -> list[dict[str, Any]]:
    """Return the exchanges: each claim with the denials that answer it."""
    return [
        {"claim_id": claim_id, "denials": [_to_link(x) | {"id": x["denial_id"]} for x in group]}
        for claim_id, group in group_rows(iter(links), "claim_id")
    ]


def _make_list_pages(kind: str, name: str, items: list[Any]) -> Iterator[SitePage]:
    """Yield the pages of a list, ``kind/name.html``, ``kind/name-2.html``, ..., each with a part of the items."""
    size = ITEMS_PER_PAGE[kind]
    parts = [items[i : i + size] for i in range(0, len(items), size)]
    paths = [make_page_path(kind, name if i == 0 else f"{name}-{i + 1}") for i in range(len(parts))]
    for number, part in enumerate(parts):
        data = {"name": name, "number": number, "paths": paths, "n": len(items), "items": part}
        yield SitePage(paths[number], f"{kind}_page.html", data)


def make_article_lists(documents: Iterable[Row]) -> Iterator[SitePage]:
    """Yield the lists of articles by month."""
    for month, group in group_rows(iter(documents), "published_month"):
        items = sorted(group, key=lambda d: (str(d["published_at"] or ""), d["doc_id"]), reverse=True)
        yield from _make_list_pages("articles", month, items)


def make_entity_lists(connection: DuckDBPyConnection) -> Iterator[SitePage]:
    """Yield the lists of entities by the first letter of their names."""
    rows = filter(lambda row: is_name(row["name"]), iterate_rows(connection, ENTITY_LETTERS_SQL))
    for letter, items in group_rows(rows, "letter"):
        yield from _make_list_pages("entities", letter, items)
