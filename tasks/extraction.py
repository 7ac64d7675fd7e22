"""Extraction of batches: documents become rows, and a document that fails becomes a reject."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice

from tasks.analysis import analyse_document
from tasks.document.doc import Doc
from tasks.document.parser import ParsingPipeline, PreparedText, parse_prepared_texts, prepare_text
from tasks.document.records import Document, Rejected, Row
from tasks.document.view.reading_view import find_visible_text
from tasks.knowledge import Knowledge
from tasks.limits import TimeLimitError, compute_allowed_seconds, limit_processor_time
from tasks.read.language import identify_language
from tasks.rows import make_document_row, make_rows
from warehouse.row_contract import find_breaches

ENGLISH_CODES = ("en", "und")
MAX_BREACHES_SHOWN = 3
MAX_DETAIL_CHARS = 500
EXTRACTED_TABLES = ("documents", "mentions", "claims", "denials", "denial_links")


class ContractBreachError(ValueError):
    """The rows of a document violate the row contract, which is a fault of the extractor, not of the document."""


REJECT_REASONS: dict[type[Exception], str] = {
    ContractBreachError: "contract",
    TimeLimitError: "time limit",
    MemoryError: "memory limit",
}
"""reason of a reject by exception; for any other exception it is *extraction failed*"""


@dataclass(slots=True)
class ExtractedBatch:
    """The rows of a batch by table, and the rejects of the documents that could not be extracted."""

    tables: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in EXTRACTED_TABLES})
    rejected: list[Rejected] = field(default_factory=list)

    @contextmanager
    def reject_on_failure(self, document: Document) -> Iterator[None]:
        """Reject a document if the block raises an exception or exceeds the time limit."""
        try:
            with limit_processor_time(compute_allowed_seconds(len(document.text))):
                yield
        except Exception as error:
            self.rejected.append(make_failure_reject(document, error))

    def add_checked(self, rows: dict[str, list[Row]]) -> None:
        """Add the rows of one document.

        Raises:
            ContractBreachError: the rows violate the contract; none is added.
        """
        if breaches := [*islice(find_breaches(rows), MAX_BREACHES_SHOWN)]:
            raise ContractBreachError("; ".join(map(str, breaches)))
        for name, table_rows in rows.items():
            self.tables[name] += table_rows


def extract_batch(documents: Sequence[Document], knowledge: Knowledge, run_id: str) -> ExtractedBatch:
    """Return the rows of the documents; one that fails becomes a reject and does not affect the others."""
    batch = ExtractedBatch()
    languages: dict[str, tuple[str, float]] = {}
    english: list[tuple[Document, PreparedText]] = []
    others: list[Document] = []
    for document in documents:
        with batch.reject_on_failure(document):
            language = languages[document.doc_id] = identify_language(find_visible_text(document.text))
            if language[0] in ENGLISH_CODES:
                english.append((document, prepare_text(document.text, knowledge.nlp)))
            else:
                others.append(document)
    for document, doc in parse_or_reject(english, knowledge.nlp, batch.rejected):
        with batch.reject_on_failure(document):
            rows = extract_document_rows(document, doc, knowledge)
            batch.add_checked(add_language(rows, languages[document.doc_id], run_id))
    for document in others:
        with batch.reject_on_failure(document):
            rows = {name: [] for name in EXTRACTED_TABLES}
            rows["documents"] = [make_document_row(document, 0, knowledge.version)]
            batch.add_checked(add_language(rows, languages[document.doc_id], run_id))
    return batch


def extract_document_rows(document: Document, doc: Doc, knowledge: Knowledge) -> dict[str, list[Row]]:
    """Return the rows of one parsed document by table, without the columns that :func:`add_language` adds."""
    analysis = analyse_document(document, doc, knowledge)
    return make_rows(document, doc, analysis, knowledge.version)


def add_language(
    rows: dict[str, list[Row]], language: tuple[str, float], run_id: str
) -> dict[str, list[Row]]:
    """Return the rows of a document with its language, its score, and the run that stores it."""
    code, score = language
    (document,) = rows["documents"]
    complete = document | {"language": code, "language_score": score, "ingested_run": run_id}
    return {**rows, "documents": [complete]}


def parse_or_reject(
    documents: Sequence[tuple[Document, PreparedText]], nlp: ParsingPipeline, rejected: list[Rejected]
) -> Iterator[tuple[Document, Doc]]:
    """Yield each document with the parse of its view; add a reject for each document that cannot be parsed.

    If a batch fails, its documents are parsed one by one. Parses are yielded one at a time, since the garbage
    collector would traverse those that are held again and again.
    """
    n_parsed = 0
    try:
        for (document, _), doc in zip(
            documents, parse_prepared_texts((v for _, v in documents), nlp), strict=True
        ):
            yield document, doc
            n_parsed += 1
    except Exception as error:
        if len(documents) == 1:
            rejected.append(make_failure_reject(documents[0][0], error))
            return
        for pair in documents[n_parsed:]:
            yield from parse_or_reject([pair], nlp, rejected)


def make_failure_reject(document: Document, error: Exception) -> Rejected:
    """Return the reject of a document on which extraction failed."""
    reason = next(
        (text for exception, text in REJECT_REASONS.items() if isinstance(error, exception)),
        "extraction failed",
    )
    name = "" if isinstance(error, ContractBreachError) else f"{type(error).__name__}: "
    detail = f"{name}{error}".encode("utf-8", "backslashreplace").decode()[:MAX_DETAIL_CHARS]
    return Rejected(document.source_uri, "extract", reason, detail, document.content_sha256)
