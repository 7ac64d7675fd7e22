"""The data of a site's search: columns to filter by, rows in chunks, and an inverted index in shards of words.

All are script files, because a browser loads scripts, and nothing else, from a folder without a server. The name of a
file holds the hash of its content, so that only what changed is written.
"""

import re
import unicodedata
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from warehouse.report.report_scope import Row
from warehouse.report.site.corrections import is_of_other_kind
from warehouse.report.site.row_data import to_row_data, to_script_json
from warehouse.report.site.site_folder import SiteFolder
from warehouse.report.site.site_tables import CERTAIN_FROM
from warehouse.report.site.wording import is_name, make_page_path, to_percent
from warehouse.tables import UNKNOWN_MONTH

ROWS_PER_CHUNK, ROWS_PER_COLUMN_FILE, ARTICLES_PER_FILE = 200, 20_000, 5_000
WORD = re.compile(r"[^\W_]+")
SHARD_LETTERS = 2
"""a shard holds the words that begin with the same letters"""
STATES = (
    "claim, denied",
    "claim, perhaps denied",
    "claim, not denied",
    "denial of a claim found here",
    "denial perhaps of a claim found here",
    "denial of a claim not found here",
)
"""what is known of the other side of a row; a link that only may answer makes a claim perhaps denied"""
EPOCH = date(1970, 1, 1).toordinal()
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
DOCUMENT_NAMES = ("doc_id", "page", "publisher", "title", "url", "published")
"""parts of a row that are stored once with its article"""


class ArticleColumns(NamedTuple):
    """What the search says of an article, and filters by."""

    doc_id: str
    page: str
    publisher: int
    title: str
    url: str | None
    published: date | None
    month: str
    """empty if unknown"""


class RowColumns(NamedTuple):
    """What a row is filtered and sorted by; entities, articles, types and roles are numbers."""

    article: int
    type: int
    speaker: int
    targets: list[int]
    confidence: int
    state: int
    day: int | None
    """days since 1970"""
    certain: int
    verdict: str
    other_kind: int
    """1 of a row that was rejected because it is of the other kind"""
    answers: int | None
    """the number of the claim that a denial answers"""
    link: int | None
    roles: list[int]


@dataclass
class Coding:
    """The values of a facet, each with its number in order of appearance."""

    numbers: dict[str, int] = field(default_factory=dict)

    def encode(self, value: str | None) -> int:
        """Return the number of a value; -1 for none."""
        return -1 if value is None else self.numbers.setdefault(value, len(self.numbers))


@dataclass
class SearchIndex:
    """The search data of a site, filled article by article and row by row in the order of their numbers."""

    folder: SiteFolder
    names: Mapping[str, str]
    files: dict[str, str] = field(default_factory=dict)
    """path of each data file by its name"""
    entities: Coding = field(default_factory=Coding)
    publishers: Coding = field(default_factory=Coding)
    types: Coding = field(default_factory=Coding)
    articles: Coding = field(default_factory=Coding)
    roles: Coding = field(default_factory=Coding)
    rows_by_word: dict[str, "array[int]"] = field(default_factory=dict)
    articles_by_word: dict[str, "array[int]"] = field(default_factory=dict)
    n_rows: int = 0

    def add_articles(self, documents: Iterable[Row]) -> None:
        """Add articles with their texts: rows refer to them."""
        found = []
        for document in documents:
            number = self.articles.encode(document["doc_id"])
            words = f"{document['title'] or ''} {document['publisher'] or ''} {document['text']}"
            _add_words(self.articles_by_word, words, number)
            found.append(self._to_article(document))
        for start in range(0, max(len(found), 1), ARTICLES_PER_FILE):
            part = found[start : start + ARTICLES_PER_FILE]
            self._put(f"articles-{start // ARTICLES_PER_FILE}", _to_columns(ArticleColumns._fields, part))

    def add_rows(self, rows: Iterable[Row]) -> None:
        """Add all rows of ``shown`` in order; ``claim_number`` is the number of the claim that a denial answers."""
        chunk: list[dict[str, Any]] = []
        columns: list[RowColumns] = []
        for row in rows:
            data = to_row_data(row, self.names)
            _add_words(self.rows_by_word, _list_searched_words(data), self.n_rows)
            chunk.append({name: value for name, value in data.items() if name not in DOCUMENT_NAMES})
            columns.append(self._to_row_columns(row, data))
            self.n_rows += 1
            if len(chunk) == ROWS_PER_CHUNK:
                self._put_rows(chunk)
            if len(columns) == ROWS_PER_COLUMN_FILE:
                self._put_columns(columns)
        if chunk:
            self._put_rows(chunk)
        if columns or not self.n_rows:
            self._put_columns(columns)

    def finish(self) -> str:
        """Write the words and the catalogue of all files, and return the path of the catalogue."""
        for shard, words in sorted(self._make_shards().items()):
            self._put(f"words-{shard}", words)
        ids = list(self.entities.numbers)
        self._put("entities", {"id": ids, "name": [self.names.get(i, i) for i in ids]})
        catalogue = {
            "files": self.files,
            "n_rows": self.n_rows,
            "rows_per_chunk": ROWS_PER_CHUNK,
            "publishers": list(self.publishers.numbers),
            "types": list(self.types.numbers),
            "states": STATES,
            "roles": list(self.roles.numbers),
            "certain_from": to_percent(CERTAIN_FROM),
        }
        return self.folder.put_by_content("data", "catalogue", ".js", make_script("catalogue", catalogue))

    def _put(self, name: str, data: Any) -> None:
        self.files[name] = self.folder.put_by_content("data", name, ".js", make_script(name, data))

    def _put_rows(self, chunk: list[dict[str, Any]]) -> None:
        self._put(f"rows-{(self.n_rows - 1) // ROWS_PER_CHUNK}", chunk)
        chunk.clear()

    def _put_columns(self, columns: list[RowColumns]) -> None:
        number = max(self.n_rows - 1, 0) // ROWS_PER_COLUMN_FILE
        self._put(f"columns-{number}", _to_columns(RowColumns._fields, columns))
        columns.clear()

    def _to_article(self, document: Row) -> ArticleColumns:
        month = document["published_month"]
        return ArticleColumns(
            doc_id=document["doc_id"],
            page=make_page_path("article", document["doc_id"]),
            publisher=self.publishers.encode(document["publisher"]),
            title=document["title"] or " ".join(document["text"][:120].split()),
            url=document["url"],
            published=document["published_at"],
            month="" if month == UNKNOWN_MONTH else month,
        )

    def _to_row_columns(self, row: Row, data: dict[str, Any]) -> RowColumns:
        return RowColumns(
            article=self.articles.encode(row["doc_id"]),
            type=self.types.encode(row["type"]),
            speaker=self.entities.encode(row["speaker_id"] if data["speaker"] else None),
            targets=[self.entities.encode(i) for i in row["target_ids"] if is_name(self.names.get(i))],
            confidence=to_percent(data["confidence"]),
            state=_number_state(row),
            day=row["day"].toordinal() - EPOCH if row["day"] else None,
            certain=int(row["is_certain"]),
            verdict=row["verdict"] or "",
            other_kind=int(is_of_other_kind(row)),
            answers=row["claim_number"],
            link=row["link"],
            roles=[self.roles.encode(role) for role in list_role_names(row["roles"] or ())],
        )

    def _make_shards(self) -> dict[str, dict[str, list[str]]]:
        """Return the rows and articles of each word, by the letters with which it begins."""
        shards: dict[str, dict[str, list[str]]] = {}
        for word in sorted(self.rows_by_word.keys() | self.articles_by_word.keys()):
            postings = [
                _encode_numbers(of.get(word, ())) for of in (self.rows_by_word, self.articles_by_word)
            ]
            shards.setdefault(name_shard(word), {})[word] = postings
        return shards


def _to_columns(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    """Return the columns of rows by name: each name is sent once, and the scripts need not know the order."""
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}


def _number_state(row: Row) -> int:
    """Return the number of a row's state among ``STATES``."""
    if row["kind"] == "claim":
        return 0 if row["n_denials"] else 1 if row["n_linked"] else 2
    return {None: 5, "may answer": 4}.get(row["link_word"], 3)


def list_role_names(roles: Iterable[str]) -> list[str]:
    """Return the roles to filter by: each as it stands and by its noun, as *minister* for *foreign minister*."""
    found: dict[str, None] = {}
    for role in roles:
        words = role.split(" of ")[0].split()
        found |= dict.fromkeys((role, *words[-1:]))
    return list(found)


def split_into_words(text: str) -> list[str]:
    """Return the words of a text without accents and in lower case, as the script of the search splits its input."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return WORD.findall(text.lower())


def name_shard(word: str) -> str:
    """Return the name of the shard that holds a word; letters that are not ASCII are written in hex."""
    return "".join(c if c in DIGITS else f"~{ord(c):x}" for c in word[:SHARD_LETTERS])


def _add_words(index: dict[str, "array[int]"], text: str, number: int) -> None:
    for word in set(split_into_words(text)):
        if word in index:
            index[word].append(number)
        else:
            index[word] = array("I", [number])


def _list_searched_words(data: dict[str, Any]) -> str:
    """Return what a row is found by: its words, its names, and the roles of its speaker."""
    names = [name for _, name in data["targets"]]
    said = (data["text"], data["cue"], data["source"], data["speaker"])
    return " ".join(filter(None, (*said, *data["roles"], *names)))


def _encode_numbers(numbers: Iterable[int]) -> str:
    """Return ascending numbers as their differences in base 36, joined by commas."""
    parts, last = [], 0
    for number in numbers:
        parts.append(_to_base36(number - last))
        last = number
    return ",".join(parts)


def _to_base36(number: int) -> str:
    digits = ""
    while number >= 36:
        number, rest = divmod(number, 36)
        digits = DIGITS[rest] + digits
    return DIGITS[number] + digits


def make_script(name: str, data: Any) -> str:
    """Return a script file that hands data to the page."""
    return f"counterclaim.receive({to_script_json(name)}, {to_script_json(data)});\n"
