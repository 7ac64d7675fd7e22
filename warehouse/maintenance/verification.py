"""Every promise of the tables that can be checked on disk, checked: at the published version, in SQL."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from warehouse.queries.connection import connect
from warehouse.snapshot import Snapshot, current
from warehouse.storage import delta_tables
from warehouse.storage.location import locate
from warehouse.storage.presence import check_present
from warehouse.storage.storage_errors import complaints
from warehouse.tables import CLAIMS, CONTENT_SEPARATOR, DENIALS, PARTITION, TABLES, Table

SHOWN = 5
"""offending rows named in a problem"""
LETTER_OR_DIGIT = r"[\p{L}\p{N}]"
REFERENCES = {
    "doc_id": "documents",
    "duplicate_of": "documents",
    "entity_id": "entities",
    "speaker_id": "entities",
    "speaker_affiliation_id": "entities",
    "addressee_id": "entities",
    "parent_id": "statements",
    "claim_id": "claims",
    "denial_id": "denials",
}


@dataclass(frozen=True)
class Problem:
    """A promise that a table breaks: how often, and the first rows that break it."""

    table: str
    check: str
    count: int
    rows: tuple[str, ...] = ()
    is_of_files: bool = False
    """the files are not those that were published, so that nothing can be said of their rows"""

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.table}: {self.check} ({self.count:,}): {', '.join(self.rows)}"


@dataclass(frozen=True)
class Check:
    """One promise, as a query for the rows that break it: one text column that names the row."""

    table: str
    promise: str
    sql: str


def verify(root: Path | str) -> list[Problem]:
    """Return every broken promise of a warehouse, none if it is whole.

    Raises WarehouseError where nothing is published or a newer Counterclaim wrote it.
    """
    place = locate(root)
    with complaints(place, "read"):
        check_present(place)
        problems = _plain_files_differ(place.local) if place.local else []
    if problems:
        return problems
    connection = connect(root)
    found = (_run(connection, check) for check in checks())
    return [problem for problem in found if problem]


def checks() -> Iterator[Check]:
    """Return every check, made from the contracts."""
    for table in TABLES.values():
        yield from _of_rows(table)
        yield from _references(table)
        if table.partitioned:
            yield from _spans(table)
    yield from _of_statements()
    yield _unlike(TABLES["documents"], "n_chars is the length of text", "n_chars <> length(text)")
    month = f"{PARTITION} <> coalesce(strftime(published_at, '%Y-%m'), 'unknown')"
    yield _unlike(TABLES["documents"], f"{PARTITION} is that of published_at", month)
    yield _unlike(
        TABLES["runs"],
        "read = stored + unchanged + duplicate + rejected",
        "counts.read <> counts.stored + counts.unchanged + counts.duplicate + counts.rejected",
    )
    yield Check(
        "denial_links",
        "rank counts from 1",
        "SELECT denial_id FROM denial_links GROUP BY 1 HAVING min(rank) <> 1 OR max(rank) <> count(*)",
    )


def _run(connection: DuckDBPyConnection, check: Check) -> Problem | None:
    try:
        count, rows = connection.execute(
            f"SELECT count(*), list(label ORDER BY label)[:{SHOWN}] FROM ({check.sql}) AS broken(label)"
        ).fetchall()[0]
    except duckdb.Error as error:
        return Problem(check.table, f"cannot be read to check that {check.promise}", 1, (str(error),), True)
    return Problem(check.table, check.promise, count, tuple(map(str, rows))) if count else None


def _label(table: Table, alias: str = "t") -> str:
    return "concat_ws(' ', " + ", ".join(f"{alias}.{name}" for name in table.key) + ")"


def _unlike(table: Table, promise: str, broken: str) -> Check:
    return Check(table.name, promise, f"SELECT {_label(table)} FROM {table.name} AS t WHERE {broken}")


def _of_rows(table: Table) -> Iterator[Check]:
    """Return the checks that one table answers alone: key, nulls, scores."""
    key = ", ".join(table.key)
    label = f"concat_ws(' ', {key})"
    sql = f"SELECT {label} FROM {table.name} GROUP BY {key} HAVING count(*) > 1"
    yield Check(table.name, f"{key} is unique", sql)
    for column in table.columns:
        if not column.nullable:
            yield _unlike(table, f"{column.name} is not null", f'"{column.name}" IS NULL')
        if pa.types.is_float32(column.type):
            yield _score(table, column.name)


def _score(table: Table, name: str) -> Check:
    """Return the check of a score: filtered after the scan, whose statistics leave NaN out."""
    broken = f"list({_label(table)}) FILTER (NOT {name} BETWEEN 0 AND 1)"
    return Check(table.name, f"{name} lies in [0, 1]", f"SELECT unnest({broken}) FROM {table.name} AS t")


def _references(table: Table) -> Iterator[Check]:
    """Return the checks that what a row names exists."""
    names = {column.name for column in table.columns}
    for name, target in REFERENCES.items():
        if name in names and (table.name, name) != (target, table.key[0]):
            key = "statement_id" if target == "statements" else TABLES[target].key[0]
            yield _dangling(table, name, f"SELECT {key} FROM {target}", f"t.{name}", "")
    for name in sorted(names & {"speaker_ids", "target_ids"}):
        entities = "SELECT entity_id FROM entities"
        yield _dangling(table, name, entities, "u.id", f", unnest({name}) AS u(id)")


def _dangling(table: Table, name: str, targets: str, value: str, unnest: str) -> Check:
    sql = (
        f"SELECT {_label(table)} || ': ' || {value} FROM {table.name} AS t{unnest} "
        f"WHERE {value} IS NOT NULL AND {value} NOT IN ({targets})"
    )
    return Check(table.name, f"{name} names a row that exists", sql)


def _spans(table: Table) -> Iterator[Check]:
    """Return the checks that every span slices to its text, and that rows stand in their document's month."""
    names = {column.name for column in table.columns}
    for start in (n for n in names if n.endswith("start") and {n[:-5] + "end", n[:-5] + "text"} <= names):
        end, text = start[:-5] + "end", start[:-5] + "text"
        stored = f't."{start}", t."{end}", t."{text}"'
        broken = (
            f'NOT (t."{start}" BETWEEN 0 AND t."{end}" - 1 AND t."{end}" <= length(d.text) '
            f'AND substring(d.text, t."{start}" + 1, t."{end}" - t."{start}") = t."{text}") '
            f"OR ({stored.replace(', ', ' IS NULL)::int + (')} IS NULL)::int NOT IN (0, 3)"
        )
        yield _beside_document(table, f"text[{start}:{end}] is {text}", broken)
    if table.name != "documents":
        month = f"t.{PARTITION} <> d.{PARTITION}"
        yield _beside_document(table, f"{PARTITION} is that of its document", month)


def _of_statements() -> Iterator[Check]:
    """Return the checks of the lists of spans that claims and denials hold."""
    for table in (CLAIMS, DENIALS):
        sliced = (
            'list_transform(t.content_spans, lambda s: substring(d.text, s.start + 1, s."end" - s.start))'
        )
        content = f"array_to_string({sliced}, '{CONTENT_SEPARATOR}') IS DISTINCT FROM t.content_text"
        yield _beside_document(table, f"content_text is its spans, joined by '{CONTENT_SEPARATOR}'", content)
        inside = 'NOT (s.start BETWEEN 0 AND s."end" - 1 AND s."end" <= length(d.text))'
        outside = f"len(list_filter(t.content_spans, lambda s: {inside})) > 0 OR len(t.content_spans) = 0"
        yield _beside_document(table, "content_spans lie in the text", outside)
        silent = f"NOT regexp_matches(t.content_text, '{LETTER_OR_DIGIT}')"
        yield _beside_document(table, "content_text has a letter or digit", silent)
        finite = "isfinite(coalesce(q.low, 0)) AND isfinite(coalesce(q.high, 0))"
        endless = f"len(list_filter(t.quantities, lambda q: NOT ({finite}))) > 0"
        yield _beside_document(table, "quantities are finite", endless)
        held = 'q.start BETWEEN 0 AND q."end" - 1 AND q."end" <= length(d.text)'
        sliced = 'substring(d.text, q.start + 1, q."end" - q.start) = q.text'
        wrong = f"NOT coalesce({held} AND {sliced}, false)"
        amounts = f"len(list_filter(t.quantities, lambda q: {wrong})) > 0"
        yield _beside_document(table, "quantities slice to their text", amounts)


def _beside_document(table: Table, promise: str, broken: str) -> Check:
    sql = f"SELECT {_label(table)} FROM {table.name} AS t JOIN documents AS d USING (doc_id) WHERE {broken}"
    return Check(table.name, promise, sql)


def _plain_files_differ(root: Path) -> list[Problem]:
    published = Snapshot(current(root))
    return [*_links(root), *_files_differ(root, published), *_schemas_differ(published)]


def _links(root: Path) -> Iterator[Problem]:
    """Yield the public paths that lead nowhere."""
    for name in ("_current", *TABLES):
        link = root / name
        if not link.exists():
            leads = f"leads to {link.readlink()}, which is not there" if link.is_symlink() else "is not there"
            yield _problem(name, "the public path leads to the published version", [f"{link} {leads}"])


def _files_differ(root: Path, published: Snapshot) -> Iterator[Problem]:
    """Compare what plain readers open with the pinned Delta versions, file by file."""
    place = locate(root)
    versions = delta_tables.pins(delta_tables.open_pinned(place, "documents"))
    if published.version != versions["documents"]:
        behind = (
            f"published {published.version}, committed {versions['documents']}: the next run publishes it"
        )
        yield Problem("documents", "the newest version is published", 1, (behind,))
        return
    for name, version in versions.items():
        folder, source = published.path / name, Path(place.table_path(name))
        sizes = {file.path: file.size for file in delta_tables.pinned_files(place, name, version)}
        held = sizes.keys()
        plain = {str(path.relative_to(folder)) for path in folder.rglob("*.parquet")}
        wrong = sorted(held ^ {path for path in plain if not (path.endswith("empty.parquet") and not held)})
        wrong += [
            path for path in sorted(held & plain) if not _same(source / path, folder / path, sizes[path])
        ]
        if wrong:
            yield _problem(name, "the plain files are those of the pinned Delta version", wrong)


def _same(one: Path, other: Path, size: int) -> bool:
    """Tell whether two files hold the same bytes, as many as were written; a hard link does."""
    if not one.exists() or one.stat().st_size != size:
        return False
    return one.samefile(other) or one.read_bytes() == other.read_bytes()


def _schemas_differ(published: Snapshot) -> Iterator[Problem]:
    for table in TABLES.values():
        wrong = []
        for path in sorted((published.path / table.name).rglob("*.parquet")):
            try:
                found = pq.read_schema(path)
            except (pa.ArrowInvalid, OSError) as error:
                wrong.append(f"{path.name}: {error}")
            else:
                declared = [
                    field for field in table.schema if field.name != PARTITION or not table.partitioned
                ]
                if list(found) != declared:
                    wrong.append(f"{path.name}: {_first_difference(found, declared)}")
        if wrong:
            yield _problem(table.name, "every file has the declared columns", wrong)


def _first_difference(found: Iterable[pa.Field], declared: Iterable[pa.Field]) -> str:
    """Name the first column that differs."""
    pairs = zip([*found, None], [*declared, None], strict=False)
    return next((f"found {f}, declared {d}" for f, d in pairs if f != d), "order of columns")


def _problem(table: str, check: str, rows: list[str]) -> Problem:
    return Problem(table, check, len(rows), tuple(rows[:SHOWN]), is_of_files=True)
