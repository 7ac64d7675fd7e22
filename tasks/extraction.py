"""Documents become rows: parse, find, classify, resolve, link; spans become rows here and nowhere else."""

import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice

from spacy.language import Language

from tasks.attribution.cue_lexicon import Lexicon, load_lexicon
from tasks.attribution.statements import find_statements
from tasks.corpus.near_duplicates import near_keys
from tasks.denials.claim_types import Kinds, load_kinds
from tasks.denials.classification import DENIALS, find_denials
from tasks.denials.denial_lexicon import Knowledge as Denying
from tasks.denials.denial_lexicon import load_knowledge as load_denying
from tasks.document.doc import Doc
from tasks.document.parser import DEFAULT_MODEL, load_model, parse
from tasks.document.records import Document, Mention, Rejected, Row, Span, Statement, content_id
from tasks.entities.mentions import find_mentions
from tasks.entities.reference_loader import Reference, load_reference
from tasks.limits import TimeLimitError, seconds_allowed, time_limit
from tasks.links.document_links import Link, Linker, link_within, load_linker
from tasks.read.language import identify_language
from tasks.speakers.statement_resolution import Resolved, measured, resolve
from tasks.version import version_of
from warehouse.row_contract import find_breaches
from warehouse.tables import CONTENT_SEPARATOR

SHARED = ("doc_id", "published_month", "extractor_version")
ENGLISH = ("en", "und")
BREACHES_SHOWN = 3
DETAIL_LENGTH = 500
EXTRACTED = ("documents", "mentions", "claims", "denials", "denial_links")


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What extraction knows: the model and the tables under ``seeds/``, loaded once a process."""

    nlp: Language
    lexicon: Lexicon
    denying: Denying
    kinds: Kinds
    reference: Reference
    linker: Linker
    version: str
    """the extractor's, with what is known here in it"""


class ContractBreachError(ValueError):
    """The rows of a document break the contract of the tables: a fault of the extractor, not of the document."""


REASONS: dict[type[Exception], str] = {
    ContractBreachError: "contract",
    TimeLimitError: "time limit",
    MemoryError: "memory limit",
}
"""why a document is rejected, by what was raised; any other error: extraction failed"""


@dataclass(slots=True)
class Extraction:
    """The rows of a batch by table, and the documents that could not be extracted."""

    tables: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in EXTRACTED})
    rejected: list[Rejected] = field(default_factory=list)

    @contextmanager
    def rejecting(self, document: Document) -> Iterator[None]:
        """Reject a document if the block fails on it, or takes more time than it may."""
        try:
            with time_limit(seconds_allowed(len(document.text))):
                yield
        except Exception as error:
            self.rejected.append(reject_failed(document, error))

    def add_checked(self, rows: dict[str, list[Row]]) -> None:
        """Add the rows of one document.

        Raises:
            ContractBreachError: they break a rule; nothing is added.
        """
        if breaches := [*islice(find_breaches(rows), BREACHES_SHOWN)]:
            raise ContractBreachError("; ".join(map(str, breaches)))
        for name, found in rows.items():
            self.tables[name] += found


def load_knowledge(model: str = DEFAULT_MODEL) -> Knowledge:
    """Return the knowledge that extraction needs; takes seconds, so once a process.

    Raises:
        ModelError: the model is not installed or not usable.
    """
    denying, reference = load_denying(), load_reference()
    linker = load_linker(denying, reference)
    version = version_of(model)
    known = Knowledge(load_model(model), load_lexicon(), denying, load_kinds(), reference, linker, version)
    # What is loaded stays: the collector need not look through it again for every few documents, nor write to the
    # pages that forked workers share.
    gc.freeze()
    return known


def extract_batch(documents: Sequence[Document], knowledge: Knowledge, run_id: str) -> Extraction:
    """Return the rows of the documents; one that fails or breaks the contract becomes a reject and stops no other."""
    batch = Extraction()
    languages: dict[str, tuple[str, float]] = {}
    for document in documents:
        with batch.rejecting(document):
            languages[document.doc_id] = identify_language(document.text)
    identified = [document for document in documents if document.doc_id in languages]
    english = [document for document in identified if languages[document.doc_id][0] in ENGLISH]
    for document, doc in parse_all(english, knowledge.nlp, batch.rejected):
        with batch.rejecting(document):
            rows = extract_document(document, doc, knowledge)
            batch.add_checked(with_language(rows, languages[document.doc_id], run_id))
    for document in identified:
        if languages[document.doc_id][0] not in ENGLISH:
            with batch.rejecting(document):
                rows = {name: [] for name in EXTRACTED}
                rows["documents"] = [document_row(document, 0, knowledge.version)]
                batch.add_checked(with_language(rows, languages[document.doc_id], run_id))
    return batch


def with_language(
    rows: dict[str, list[Row]], language: tuple[str, float], run_id: str
) -> dict[str, list[Row]]:
    """Return the rows of a document with its language, its score, and the run that stores it."""
    code, score = language
    (document,) = rows["documents"]
    complete = document | {"language": code, "language_score": score, "ingested_run": run_id}
    return {**rows, "documents": [complete]}


def parse_all(
    documents: Sequence[Document], nlp: Language, rejected: list[Rejected]
) -> Iterator[tuple[Document, Doc]]:
    """Yield each document with its parse; where a batch cannot be parsed, find the document that is to blame.

    One parse at a time: those that wait would be looked through by the garbage collector again and again.
    """
    done = 0
    try:
        for pair in zip(documents, parse((d.text for d in documents), nlp), strict=True):
            yield pair
            done += 1
    except Exception as error:
        if len(documents) == 1:
            rejected.append(reject_failed(documents[0], error))
            return
        for document in documents[done:]:
            yield from parse_all([document], nlp, rejected)


def reject_failed(document: Document, error: Exception) -> Rejected:
    """Return the reject of a document on which extraction failed."""
    reason = next((told for kind, told in REASONS.items() if isinstance(error, kind)), "extraction failed")
    name = "" if isinstance(error, ContractBreachError) else f"{type(error).__name__}: "
    detail = f"{name}{error}".encode("utf-8", "backslashreplace").decode()[:DETAIL_LENGTH]
    return Rejected(document.source_uri, "extract", reason, detail, document.content_sha256)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood of one document, in spans: mentions, statements with what they resolve to, links."""

    mentions: list[Mention]
    statements: list[Statement]
    resolved: list[Resolved]
    links: list[Link]


def understand(document: Document, doc: Doc, knowledge: Knowledge) -> Reading:
    """Return the mentions, statements and links of one parsed document."""
    mentions = find_mentions(doc, knowledge.reference)
    judged = find_denials(doc, find_statements(doc, knowledge.lexicon), knowledge.denying, knowledge.kinds)
    resolved = resolve(document, doc, mentions, [j.statement for j in judged], knowledge.reference)
    linked = link_within(doc, judged, mentions, resolved, knowledge.linker)
    published = document.metadata.published_at
    kept = [
        measured(doc, s, resolved[i], published)
        for s, i in zip(linked.statements, linked.origin, strict=True)
    ]
    return Reading(mentions, linked.statements, kept, linked.links)


def extract_document(document: Document, doc: Doc, knowledge: Knowledge) -> dict[str, list[Row]]:
    """Return the rows of one parsed document, by table, but for what :func:`with_language` adds."""
    reading = understand(document, doc, knowledge)
    ids = [statement_id(document, s) for s in reading.statements]
    places, shared = Places(doc), common(document, knowledge.version)
    read = zip(reading.statements, reading.resolved, strict=True)
    rows = [shared | statement_row(document.text, i, s, r, ids, places) for i, (s, r) in enumerate(read)]
    return {
        "documents": [document_row(document, len(doc), knowledge.version)],
        "mentions": [shared | mention_row(document.doc_id, m) for m in reading.mentions],
        "claims": [row for row in rows if "claim_id" in row],
        "denials": [row for row in rows if "denial_id" in row],
        "denial_links": link_rows(reading.links, rows),
    }


class Places:
    """Where a character stands: its paragraph and sentence, counted from 0."""

    def __init__(self, doc: Doc) -> None:
        """Number the paragraphs and sentences of a document."""
        self.doc = doc
        self.paragraph = [0] * (len(doc) + 1)
        for number, (start, end) in enumerate(doc.paragraphs):
            self.paragraph[start:end] = [number] * (end - start)
        spoken = (s for s in doc.sents if not (len(s) == 1 and s[0].is_space))
        self.sentence = [0] * (len(doc) + 1)
        for number, sentence in enumerate(spoken):
            self.sentence[sentence.start : sentence.end] = [number] * len(sentence)

    def of(self, statement: Statement) -> tuple[int, int]:
        """Return the paragraph and sentence of a statement's cue, or of its content where it has none."""
        start = statement.cue[0] if statement.cue else statement.content[0][0]
        span = self.doc.char_span(start, start + 1)
        token = span.start if span is not None else 0
        return self.paragraph[token], self.sentence[token]


def common(document: Document, version: str) -> Row:
    """Return the columns that every extracted row begins with."""
    return {
        "doc_id": document.doc_id,
        "published_month": document.published_month,
        "extractor_version": version,
    }


def document_row(document: Document, n_tokens: int, version: str) -> Row:
    """Return the row of a document, but for what :func:`with_language` adds."""
    meta = document.metadata
    return common(document, version) | {
        "source_uri": document.source_uri,
        "publisher": meta.publisher,
        "url": meta.url,
        "title": meta.title,
        "author": meta.author,
        "published_at": meta.published_at,
        "encoding": document.encoding,
        "content_sha256": document.content_sha256,
        "text": document.text,
        "n_chars": len(document.text),
        "n_tokens": n_tokens,
        "duplicate_of": None,
        "near_keys": near_keys(document.text),
    }


def mention_row(doc_id: str, mention: Mention) -> Row:
    """Return the row of a mention, but for what it shares with others."""
    start, end = mention.span
    return {
        "mention_id": content_id("men", doc_id, start, end),
        "start": start,
        "end": end,
        "text": mention.text,
        "label": mention.label,
        "entity_id": mention.entity_id,
        "local_entity_id": mention.entity_id,
        "resolution": mention.resolution,
        "confidence": mention.confidence,
        "pronoun": mention.pronoun,
    }


def statement_id(document: Document, statement: Statement) -> str:
    """Return the id of a statement: the hash of its document and all its spans."""
    prefix = "den" if statement.kind in DENIALS else "clm"
    return content_id(prefix, document.doc_id, statement.source, statement.cue, statement.content)


def statement_row(
    text: str, i: int, statement: Statement, resolved: Resolved, ids: Sequence[str], places: Places
) -> Row:
    """Return the row of the i-th statement, with the key and kind of its table, but for what it shares."""
    denied = statement.kind in DENIALS
    paragraph, sentence = places.of(statement)
    return {
        "denial_id" if denied else "claim_id": ids[i],
        "denial_type" if denied else "claim_type": statement.kind,
        **({} if denied else {"polarity": statement.polarity, "no_comment": statement.no_comment}),
        **edges("source", statement.source, text),
        "source_type": statement.source_type,
        "speaker_id": resolved.speaker_id,
        "speaker_ids": resolved.speaker_ids,
        "speaker_resolution": resolved.speaker_resolution,
        "speaker_confidence": resolved.speaker_confidence,
        "speaker_role": resolved.speaker_role,
        "speaker_affiliation_id": resolved.speaker_affiliation_id,
        **edges("cue", statement.cue, text),
        "cue_lemma": statement.cue_lemma,
        "content_spans": [{"start": a, "end": b} for a, b in statement.content],
        "content_text": CONTENT_SEPARATOR.join(text[a:b] for a, b in statement.content),
        "manner": statement.manner,
        "target_ids": list(resolved.target_ids),
        "addressee_id": resolved.addressee_id,
        "negated": statement.negated,
        "hedged": statement.hedged,
        "evidence_text": text[slice(*statement.evidence)] if statement.evidence else None,
        "event_start": resolved.event_start,
        "event_end": resolved.event_end,
        "event_grain": resolved.event_grain,
        "event_phrase": resolved.event_phrase,
        "event_timex": resolved.event_timex,
        "event_resolution": resolved.event_resolution,
        "said_on": resolved.said_on,
        "quantities": list(resolved.quantities),
        "parent_id": ids[statement.parent] if statement.parent is not None else None,
        "paragraph": paragraph,
        "sentence": sentence,
        "rule": statement.rule,
        "confidence": statement.confidence,
    }


def link_rows(links: Sequence[Link], rows: Sequence[Row]) -> list[Row]:
    """Return the rows of the links, ranked within each denial; one without a claim says what is denied."""
    ranks: Counter[int] = Counter()
    result = []
    for link in links:
        ranks[link.denial] += 1
        denial = rows[link.denial]
        result.append(
            {name: denial[name] for name in SHARED}
            | {
                "denial_id": denial["denial_id"],
                "rank": ranks[link.denial],
                "claim_id": rows[link.claim]["claim_id"] if link.claim is not None else None,
                "score": link.score,
                "method": link.method,
                "same_document": True,
                "implicit_claim_text": None if link.claim is not None else denial["content_text"],
            }
        )
    return result


def edges(name: str, span: Span | None, text: str) -> Row:
    """Return the three columns of a span: start, end and the text between; null where there is none."""
    start, end = span or (None, None)
    return {f"{name}_start": start, f"{name}_end": end, f"{name}_text": text[start:end] if span else None}
